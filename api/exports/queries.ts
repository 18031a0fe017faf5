import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import type { IncidentSource } from '../incidents/contract.ts';
import type { Bbox } from '../positions/contract.ts';
import type { ExportFilter } from './contract.ts';

/** A filter with what it is applied to: one station, in its own time. */
export interface IncidentMatch {
  stationId: string;
  timeZone: string;
  filter: ExportFilter;
  bbox: Bbox | undefined;
}

/** In which time zone does the station live? null: none in the scope. By the primary key. */
export async function findTimeZone(transaction: Transaction, stationId: string): Promise<string | null> {
  const [row] = await transaction.query<{ timeZone: string }>(
    sql`SELECT time_zone AS "timeZone" FROM stations WHERE id = ${stationId}`,
  );
  return row?.timeZone ?? null;
}

/** The same test that the map's filter makes; `i` is the incident. A weekday and an hour only where some are left out. */
function matching({ stationId, timeZone, filter, bbox }: IncidentMatch): Statement {
  const { from, to, hours, weekdays, hiddenCategories, hiddenSources } = filter;
  const local = sql`(i.occurred_at AT TIME ZONE ${timeZone}::text)`;
  const parts = [
    from === undefined ? sql`` : sql` AND i.occurred_at >= ${new Date(from).toISOString()}::timestamptz`,
    to === undefined ? sql`` : sql` AND i.occurred_at < ${new Date(to).toISOString()}::timestamptz`,
    bbox ? sql` AND i.point && ST_MakeEnvelope(${bbox[0]}, ${bbox[1]}, ${bbox[2]}, ${bbox[3]}, 4326)` : sql``,
    hours === 0xff_ffff ? sql`` : sql` AND (${hours}::integer >> extract(hour FROM ${local})::integer) & 1 = 1`,
    weekdays === 0x7f
      ? sql``
      : sql` AND (${weekdays}::integer >> (extract(isodow FROM ${local})::integer - 1)) & 1 = 1`,
    hiddenCategories.length === 0 ? sql`` : sql` AND NOT i.category = ANY(${hiddenCategories}::text[])`,
    hiddenSources.length === 0 ? sql`` : sql` AND NOT i.source = ANY(${hiddenSources}::text[])`,
  ];
  return parts.reduce((all, part) => sql`${all}${part}`, sql`i.station_id = ${stationId}`);
}

/** How many incidents match, and which is the last by number? By incidents_time_idx, a box by incidents_point_idx. */
export async function countIncidents(
  transaction: Transaction,
  match: IncidentMatch,
): Promise<{ count: number; lastNumber: number }> {
  const [row] = await transaction.query<{ count: number; lastNumber: number | null }>(sql`
    SELECT count(*) AS count, max(i.number) AS "lastNumber" FROM incidents i WHERE ${matching(match)}`);
  return { count: row!.count, lastNumber: row!.lastNumber ?? 0 };
}

export interface ExportedIncident {
  number: number;
  category: string;
  source: IncidentSource;
  at: Date;
  lng: number;
  lat: number;
  state: string;
  text: string | null;
}

/** The next matching incidents by number. By the unique key of station and number, where the last page ended. */
export async function findIncidentPage(
  transaction: Transaction,
  match: IncidentMatch,
  { after, last, limit, hasTexts }: { after: number; last: number; limit: number; hasTexts: boolean },
): Promise<ExportedIncident[]> {
  return transaction.query<ExportedIncident>(sql`
    SELECT i.number, i.category, i.source, i.occurred_at AS at, round(ST_X(i.point)::numeric, 7)::float8 AS lng,
      round(ST_Y(i.point)::numeric, 7)::float8 AS lat, i.state, CASE WHEN ${hasTexts}::boolean THEN i.description END AS text
    FROM incidents i
    WHERE ${matching(match)} AND i.number > ${after}::bigint AND i.number <= ${last}::bigint
    ORDER BY i.number LIMIT ${limit}`);
}

/**
 * How many matching incidents lie in each grid, and how large is it? An incident on a border counts for one grid.
 * By incidents_time_idx, then grids_area_idx for each incident.
 */
export async function countByGrid(
  transaction: Transaction,
  match: IncidentMatch,
): Promise<{ gridId: string; count: number; areaKm2: number }[]> {
  return transaction.query(sql`
    WITH counted AS (
      SELECT g.id, count(*) AS count
      FROM incidents i
      CROSS JOIN LATERAL (
        SELECT g.id FROM grids g
        WHERE g.station_id = i.station_id AND g.area && i.point AND ST_Intersects(g.area, i.point)
        ORDER BY length(g.number), g.number LIMIT 1
      ) AS g
      WHERE ${matching({ ...match, bbox: undefined })}
      GROUP BY g.id
    )
    SELECT g.id AS "gridId", coalesce(c.count, 0) AS count, ST_Area(g.area::geography) / 1e6 AS "areaKm2"
    FROM grids g LEFT JOIN counted c ON c.id = g.id WHERE g.station_id = ${match.stationId}`);
}
