import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { IncidentSource, IncidentState } from './contract.ts';

/** What is recorded of an incident, in our words. */
export interface IncidentFacts {
  category: string;
  source: IncidentSource;
  sentinelId: string | null;
  lngLat: [number, number];
  /** ISO 8601, UTC */
  occurredAt: string;
  text: string | null;
}

export interface StoredIncident extends IncidentFacts {
  id: string;
  stationId: string;
  number: number;
  state: IncidentState;
  isWithdrawn: boolean;
  version: number;
  /** Hex; null: not recorded by request, or its text has gone. */
  bodyHash: string | null;
}

/** Lets this transaction see what was withdrawn. */
export async function seeWithdrawn(transaction: Transaction): Promise<void> {
  await transaction.query(sql`SELECT set_config('shaodian.withdrawn', 'on', true)`);
}

/** An incident, locked until the transaction ends; undefined: none of these stations. By the primary key. */
export async function lockIncident(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<StoredIncident | undefined> {
  const [row] = await transaction.query<
    Omit<StoredIncident, 'lngLat' | 'occurredAt'> & { lng: number; lat: number; occurredAt: Date }
  >(sql`
    SELECT i.id, i.station_id AS "stationId", i.number, i.category, i.source, i.sentinel_id AS "sentinelId",
      ST_X(i.point) AS lng, ST_Y(i.point) AS lat, i.occurred_at AS "occurredAt", i.description AS text, i.state,
      i.withdrawn_at IS NOT NULL AS "isWithdrawn", i.version, encode(i.body_hash, 'hex') AS "bodyHash"
    FROM incidents i WHERE i.id = ${id} AND i.station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`);
  if (!row) return undefined;
  const { lng, lat, occurredAt, ...stored } = row;
  return { ...stored, lngLat: [lng, lat], occurredAt: occurredAt.toISOString() };
}

/** Holds what numbers a station's incidents until the transaction ends. By the primary key. */
export async function lockIncidentNumbers(transaction: Transaction, stationId: string): Promise<void> {
  await transaction.query(sql`SELECT FROM stations WHERE id = ${stationId} FOR NO KEY UPDATE`);
}

/** Writes a new incident; false: its id, or its source's id, is another's. */
export async function insertIncident(
  transaction: Transaction,
  incident: IncidentFacts & {
    id: string;
    stationId: string;
    number: number;
    sourceId: string | null;
    state: IncidentState;
    bodyHash: string;
  },
): Promise<boolean> {
  const { id, stationId, number, category, source, sourceId, sentinelId, occurredAt, lngLat, text, state, bodyHash } =
    incident;
  const written = await transaction.execute(sql`
    INSERT INTO incidents (id, station_id, number, category, source, source_id, sentinel_id, occurred_at, point, description, state, body_hash)
    VALUES (${id}, ${stationId}, ${number}, ${category}, ${source}, ${sourceId}, ${sentinelId}, ${occurredAt}::timestamptz,
      ST_SetSRID(ST_MakePoint(${lngLat[0]}::float8, ${lngLat[1]}::float8), 4326), ${text}, ${state}, decode(${bodyHash}, 'hex'))
    ON CONFLICT DO NOTHING`);
  return written > 0;
}

/** Gives an incident other facts. By the primary key. */
export async function updateIncident(
  transaction: Transaction,
  { id, stationId }: Pick<StoredIncident, 'id' | 'stationId'>,
  { category, source, sentinelId, occurredAt, lngLat, text }: IncidentFacts,
): Promise<void> {
  await transaction.execute(sql`
    UPDATE incidents SET category = ${category}, source = ${source}, sentinel_id = ${sentinelId}, occurred_at = ${occurredAt}::timestamptz,
      point = ST_SetSRID(ST_MakePoint(${lngLat[0]}::float8, ${lngLat[1]}::float8), 4326), description = ${text}
    WHERE id = ${id} AND station_id = ${stationId}`);
}

/** Opens, closes, withdraws an incident or brings it back. By the primary key. */
export async function updateIncidentState(
  transaction: Transaction,
  { id, stationId }: Pick<StoredIncident, 'id' | 'stationId'>,
  { state, isWithdrawn }: Pick<StoredIncident, 'state' | 'isWithdrawn'>,
): Promise<void> {
  await transaction.execute(sql`
    UPDATE incidents SET state = ${state}, withdrawn_at = CASE WHEN ${isWithdrawn}::boolean THEN coalesce(withdrawn_at, now()) END
    WHERE id = ${id} AND station_id = ${stationId}`);
}

/** Which incident of the station has this id at its source? By the unique key. */
export async function findBySourceId(
  transaction: Transaction,
  stationId: string,
  source: IncidentSource,
  sourceId: string,
): Promise<string | undefined> {
  const [row] = await transaction.query<{ id: string }>(sql`
    SELECT id FROM incidents WHERE station_id = ${stationId} AND source = ${source} AND source_id = ${sourceId}`);
  return row?.id;
}

/** Is this a sentinel point of the station? By the primary key. */
export async function isSentinelOf(transaction: Transaction, stationId: string, sentinelId: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`SELECT FROM sentinels WHERE id = ${sentinelId} AND station_id = ${stationId} FOR KEY SHARE`,
  );
  return rows.length > 0;
}

/** The name of a gateway; undefined: it is gone. By the primary key. */
export async function findGatewayName(
  transaction: Transaction,
  stationId: string,
  id: string,
): Promise<string | undefined> {
  const [row] = await transaction.query<{ name: string }>(
    sql`SELECT name FROM gateways WHERE id = ${id} AND station_id = ${stationId}`,
  );
  return row?.name;
}
