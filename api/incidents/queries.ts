import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import type { IncidentSource } from './contract.ts';

/** An incident to be written. */
export interface IncidentBody {
  sourceId: string;
  source: IncidentSource;
  category: string;
  occurredAtMs: number;
  lng: number;
  lat: number;
  description: string | null;
}

/** Lets this transaction see what imports have staged and not published, and what was withdrawn: their ids are taken. */
export async function seeStaged(transaction: Transaction): Promise<void> {
  await transaction.query(
    sql`SELECT set_config('shaodian.staging', 'on', true), set_config('shaodian.withdrawn', 'on', true)`,
  );
}

/** Rows as parameters: one array a column. */
const bodies = (incidents: readonly IncidentBody[]): Statement => sql`
  unnest(${incidents.map(({ source }) => source)}::text[], ${incidents.map(({ sourceId }) => sourceId)}::text[],
    ${incidents.map(({ category }) => category)}::text[],
    ${incidents.map(({ occurredAtMs }) => new Date(occurredAtMs).toISOString())}::timestamptz[],
    ${incidents.map(({ lng }) => lng)}::float8[], ${incidents.map(({ lat }) => lat)}::float8[],
    ${incidents.map(({ description }) => description)}::text[])
  WITH ORDINALITY AS incoming (source, source_id, category, occurred_at, lng, lat, description, ordinal)`;

/**
 * Which of these are there, and is each as it comes? One row for each that is there, `ordinal` counting from 1 in the
 * order given. By the unique key of station, source and source_id: one look-up each.
 */
export async function compareIncidents(
  transaction: Transaction,
  stationId: string,
  incidents: readonly IncidentBody[],
): Promise<{ ordinal: number; id: string; isSame: boolean }[]> {
  return transaction.query(sql`
    SELECT incoming.ordinal, known.id,
      (known.category, known.occurred_at, ST_X(known.point), ST_Y(known.point), known.description) IS NOT DISTINCT FROM
      (incoming.category, incoming.occurred_at, incoming.lng, incoming.lat, incoming.description) AS "isSame"
    FROM ${bodies(incidents)}
    CROSS JOIN LATERAL (
      SELECT i.id, i.category, i.occurred_at, i.point, i.description FROM incidents i
      WHERE i.station_id = ${stationId} AND i.source = incoming.source AND i.source_id = incoming.source_id LIMIT 1
    ) AS known`);
}

/**
 * Tells the planner how many incidents there are. The embedded engine never does so by itself, PostGIS not in the middle
 * of an import, and unaware of it the comparison reads the whole station for each row. As the owner of the table.
 */
export async function analyzeIncidentKeys(transaction: Transaction): Promise<void> {
  await transaction.execute(sql`ANALYZE incidents (station_id, source, source_id)`);
}

/** Takes this many station-local incident numbers; the station's row is held until the transaction ends. @returns the first. */
export async function takeIncidentNumbers(transaction: Transaction, stationId: string, count: number): Promise<number> {
  const [row] = await transaction.query<{ first: number }>(sql`
    UPDATE stations SET next_incident_number = next_incident_number + ${count}::integer WHERE id = ${stationId}
    RETURNING next_incident_number - ${count}::integer AS first`);
  if (!row) throw new Error(`station ${stationId} is gone`);
  return row.first;
}

/** Writes new incidents, unseen until the import is published. */
export async function stageIncidents(
  transaction: Transaction,
  { stationId, importId, firstNumber }: { stationId: string; importId: string; firstNumber: number },
  incidents: readonly (IncidentBody & { id: string })[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO incidents (id, station_id, number, category, source, source_id, occurred_at, point, description, import_id)
    SELECT (${incidents.map(({ id }) => id)}::uuid[])[incoming.ordinal], ${stationId}, ${firstNumber}::integer + incoming.ordinal - 1,
      incoming.category, incoming.source, incoming.source_id, incoming.occurred_at,
      ST_SetSRID(ST_MakePoint(incoming.lng, incoming.lat), 4326), incoming.description, ${importId}
    FROM ${bodies(incidents)}`);
}

/** Incidents that are there take what the file says; id, number and what points at them stay. */
export async function updateIncidents(
  transaction: Transaction,
  stationId: string,
  incidents: readonly (IncidentBody & { id: string })[],
): Promise<void> {
  await transaction.execute(sql`
    UPDATE incidents i SET category = incoming.category, occurred_at = incoming.occurred_at, description = incoming.description,
      point = ST_SetSRID(ST_MakePoint(incoming.lng, incoming.lat), 4326)
    FROM ${bodies(incidents)}
    WHERE i.id = (${incidents.map(({ id }) => id)}::uuid[])[incoming.ordinal] AND i.station_id = ${stationId}`);
}

/**
 * Takes away some of what an import staged. Its incidents' ids were made after its own, and ids are in the order of
 * their making (UUIDv7), so that the primary key finds them. @returns how many; 0: none left.
 */
export async function deleteStagedIncidents(
  transaction: Transaction,
  { id, stationId }: { id: string; stationId: string },
  limit: number,
): Promise<number> {
  return transaction.execute(sql`
    DELETE FROM incidents WHERE id IN (
      SELECT id FROM incidents WHERE id >= ${id} AND import_id = ${id} AND station_id = ${stationId} ORDER BY id LIMIT ${limit})`);
}
