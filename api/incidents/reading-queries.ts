import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import { columnDegrees, columnEpochMs, incidentSources, type IncidentColumnsQuery } from './contract.ts';
import type { Incident, IncidentsQuery } from './contract.ts';
import type { IncidentScope } from './incident-scope.ts';
import type { WithdrawnIncident } from './record-contract.ts';

type Filter = Pick<IncidentColumnsQuery, 'from' | 'to' | 'bbox' | 'categories' | 'sources'>;

/** The conditions that a request names; `i` is the incident. Nothing for what it does not name. */
function matching({ from, to, bbox, categories, sources }: Filter): Statement {
  const parts = [
    from === undefined ? sql`` : sql` AND i.occurred_at >= ${new Date(from)}::timestamptz`,
    to === undefined ? sql`` : sql` AND i.occurred_at < ${new Date(to)}::timestamptz`,
    bbox ? sql` AND i.point && ST_MakeEnvelope(${bbox[0]}, ${bbox[1]}, ${bbox[2]}, ${bbox[3]}, 4326)` : sql``,
    categories ? sql` AND i.category = ANY(${categories}::text[])` : sql``,
    sources ? sql` AND i.source = ANY(${sources}::text[])` : sql``,
  ];
  return parts.reduce((all, part) => sql`${all}${part}`);
}

type IncidentRow = Omit<Incident, 'at' | 'lngLat'> & { at: Date; lng: number; lat: number };

/** An incident as it is told; `i` is it. */
const incidentColumns = (textStationIds: readonly string[]): Statement => sql`
  i.id, i.station_id AS "stationId", i.number, i.category, i.source, i.occurred_at AS at, ST_X(i.point) AS lng, ST_Y(i.point) AS lat,
  CASE WHEN i.station_id = ANY(${textStationIds}::uuid[]) THEN i.description END AS text, i.state, i.sentinel_id AS "sentinelId", i.version`;

const incidentOf = <Row extends IncidentRow>({ at, lng, lat, ...row }: Row) => ({
  ...row,
  at: at.toISOString(),
  lngLat: [lng, lat] as [number, number],
});

/**
 * Which incidents match, newest first? Texts only of the stations whose texts are the viewer's. By incidents_time_idx,
 * open ones by incidents_open_idx, a box by incidents_point_idx, numbers by their unique key.
 */
export async function findIncidents(
  transaction: Transaction,
  { stationIds, textStationIds }: IncidentScope,
  { numbers, state, limit, ...filter }: IncidentsQuery,
): Promise<Incident[]> {
  const rows = await transaction.query<IncidentRow>(sql`
    SELECT ${incidentColumns(textStationIds)}
    FROM incidents i
    WHERE i.station_id = ANY(${stationIds}::uuid[])${matching(filter)}
      ${numbers ? sql`AND i.number = ANY(${numbers}::bigint[])` : sql``}
      ${state === undefined ? sql`` : state === 'open' ? sql`AND i.state = 'open'` : sql`AND i.state = 'closed'`}
    ORDER BY i.occurred_at DESC, i.number DESC LIMIT ${limit}`);
  return rows.map(incidentOf);
}

/** One incident, withdrawn ones where the transaction sees them; undefined: none of these stations. By the primary key. */
export async function findIncident(
  transaction: Transaction,
  { stationIds, textStationIds }: IncidentScope,
  id: string,
): Promise<(Incident & { isWithdrawn: boolean }) | undefined> {
  const [row] = await transaction.query<IncidentRow & { isWithdrawn: boolean }>(sql`
    SELECT ${incidentColumns(textStationIds)}, i.withdrawn_at IS NOT NULL AS "isWithdrawn"
    FROM incidents i WHERE i.id = ${id} AND i.station_id = ANY(${stationIds}::uuid[])`);
  return row && incidentOf(row);
}

/**
 * Which incidents of these stations were withdrawn, the latest first, and by whom where names are the viewer's? Seen in a
 * transaction that sees what was withdrawn. By incidents_withdrawn_idx, then incident_events_incident_idx for each.
 */
export async function findWithdrawn(
  transaction: Transaction,
  { stationIds, textStationIds }: IncidentScope,
  { actorStationIds, limit }: { actorStationIds: readonly string[]; limit: number },
): Promise<WithdrawnIncident[]> {
  const rows = await transaction.query<IncidentRow & { withdrawnAt: Date; withdrawnBy: string | null }>(sql`
    SELECT ${incidentColumns(textStationIds)}, i.withdrawn_at AS "withdrawnAt",
      CASE WHEN i.station_id = ANY(${actorStationIds}::uuid[]) THEN (
        SELECT e.actor_name FROM incident_events e
        WHERE e.incident_id = i.id AND e.station_id = i.station_id AND e.kind = 'withdrawn'
        ORDER BY e.at DESC LIMIT 1
      ) END AS "withdrawnBy"
    FROM incidents i
    WHERE i.station_id = ANY(${stationIds}::uuid[]) AND i.withdrawn_at IS NOT NULL
    ORDER BY i.withdrawn_at DESC, i.number DESC LIMIT ${limit}`);
  return rows.map(({ withdrawnAt, ...row }) => ({ ...incidentOf(row), withdrawnAt: withdrawnAt.toISOString() }));
}

/** Bytes of one row of `packed`: number, lng, lat, minutes (big-endian i32), then category and source in a u16. */
export const packedRowBytes = 18;

export interface PackedIncidents {
  count: number;
  /** The categories in this batch; rows name them by their place in it. */
  categories: string[];
  /** Null: none. */
  packed: Buffer | null;
}

/**
 * The next incidents of one station by number, packed by the database: a value a row would cost the server an object
 * each. By the unique key of station and number, where the last batch ended, or by each of `numbers`.
 */
export async function findPackedIncidents(
  transaction: Transaction,
  stationId: string,
  { after, limit, numbers, ...filter }: Filter & { after: number; limit: number; numbers?: readonly number[] },
): Promise<PackedIncidents> {
  const [row] = await transaction.query<PackedIncidents>(sql`
    WITH batch AS MATERIALIZED (
      SELECT i.number, i.point, i.occurred_at, i.category, i.source FROM incidents i
      WHERE i.station_id = ${stationId} AND i.number > ${after}::bigint${matching(filter)}
        ${numbers ? sql`AND i.number = ANY(${numbers}::bigint[])` : sql``}
      ORDER BY i.number LIMIT ${limit}
    ), named AS MATERIALIZED (
      SELECT array_agg(DISTINCT category) AS categories FROM batch
    )
    SELECT count(*) AS count, coalesce((SELECT categories FROM named), '{}') AS categories,
      string_agg(
        int4send(b.number)
        || int4send(round(ST_X(b.point) / ${columnDegrees}::float8)::integer)
        || int4send(round(ST_Y(b.point) / ${columnDegrees}::float8)::integer)
        || int4send(floor(extract(epoch FROM b.occurred_at - ${new Date(columnEpochMs)}::timestamptz) / 60)::integer)
        || int2send((4 * least(array_position((SELECT categories FROM named), b.category) - 1, 8191)
            + array_position(${[...incidentSources]}::text[], b.source) - 1)::smallint),
        ''::bytea ORDER BY b.number) AS packed
    FROM batch b`);
  return row!;
}

/**
 * How often have known incidents of this station changed or gone (0: never), how many of these rewrites after that one are
 * in the log, and which incidents changed at them?
 * In one look, so that count and log are of one moment. By the primary keys of revisions and incident_rewrites.
 */
export async function findRewritten(
  transaction: Transaction,
  stationId: string,
  since: number,
): Promise<{ rewrites: number; logged: number; numbers: number[] }> {
  const [row] = await transaction.query<{ rewrites: number; logged: number; numbers: number[] }>(sql`
    SELECT r.revision AS rewrites, count(DISTINCT l.revision) AS logged,
      coalesce(array_agg(DISTINCT l.number) FILTER (WHERE l.number IS NOT NULL), '{}') AS numbers
    FROM revisions r
    LEFT JOIN incident_rewrites l ON l.station_id = r.station_id AND l.revision > ${since}::bigint AND l.revision <= r.revision
    WHERE r.station_id = ${stationId} AND r.noun = 'incident-rewrites'
    GROUP BY r.revision`);
  return row ?? { rewrites: 0, logged: 0, numbers: [] };
}

/** Tells viewers to fetch all incidents of a station again; belongs in the transaction that makes it so. */
export async function raiseRewrites(transaction: Transaction, stationId: string): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO revisions (station_id, noun) VALUES (${stationId}, 'incident-rewrites')
    ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1`);
}

export interface GridCountRow {
  stationId: string;
  gridId: string | null;
  category: string;
  count: number;
}

/**
 * How many incidents of each category had each grid in this time? An incident on a border counts for one grid.
 * By incidents_time_idx, then grids_area_idx for each incident.
 */
export async function countByGrid(
  transaction: Transaction,
  stationIds: readonly string[],
  { from, to }: { from: Date; to: Date },
): Promise<GridCountRow[]> {
  return transaction.query<GridCountRow>(sql`
    SELECT i.station_id AS "stationId", g.id AS "gridId", i.category, count(*) AS count
    FROM incidents i
    LEFT JOIN LATERAL (
      SELECT g.id FROM grids g
      WHERE g.station_id = i.station_id AND g.area && i.point AND ST_Intersects(g.area, i.point)
      ORDER BY length(g.number), g.number LIMIT 1
    ) AS g ON true
    WHERE i.station_id = ANY(${stationIds}::uuid[])
      AND i.occurred_at >= ${from}::timestamptz AND i.occurred_at < ${to}::timestamptz
    GROUP BY i.station_id, g.id, i.category
    ORDER BY i.station_id, g.id, count(*) DESC, i.category`);
}
