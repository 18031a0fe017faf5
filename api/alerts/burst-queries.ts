import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';

/** What a rule compares; patrols find more where they are sent, so what they recorded says nothing about a place. */
const isTold = sql`i.source <> 'patrol'`;

/** Why a station can be judged or not: its grids, its zone, and since when it has incidents. */
export interface BurstStation {
  timeZone: string;
  grids: number;
  /** null: no incident at all. */
  firstAtMs: number | null;
}

/** By incidents_time_idx. null: no such station. */
export async function findBurstStation(transaction: Transaction, stationId: string): Promise<BurstStation | null> {
  const [row] = await transaction.query<BurstStation>(sql`
    SELECT s.time_zone AS "timeZone", (SELECT count(*) FROM grids g WHERE g.station_id = s.id) AS grids,
      (SELECT (extract(epoch FROM min(i.occurred_at)) * 1000)::float8 FROM incidents i WHERE i.station_id = s.id) AS "firstAtMs"
    FROM stations s WHERE s.id = ${stationId}`);
  return row ?? null;
}

/** A grid where something happens now, with the middle of it. */
export interface GridCount {
  gridId: string;
  gridNumber: string;
  count: number;
  lng: number;
  lat: number;
}

/** In which grids were there incidents from … to, and how many? By incidents_time_idx, then grids_area_idx. */
export function countByGridNow(
  transaction: Transaction,
  stationId: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<GridCount[]> {
  return transaction.query<GridCount>(sql`
    SELECT g.id AS "gridId", g.number AS "gridNumber", count(*) AS count,
      ST_X(ST_Centroid(ST_Collect(i.point))) AS lng, ST_Y(ST_Centroid(ST_Collect(i.point))) AS lat
    FROM incidents i JOIN grids g ON g.station_id = i.station_id AND ST_Intersects(g.area, i.point)
    WHERE i.station_id = ${stationId} AND ${isTold}
      AND i.occurred_at >= ${new Date(fromMs).toISOString()}::timestamptz AND i.occurred_at < ${new Date(toMs).toISOString()}::timestamptz
    GROUP BY g.id, g.number`);
}

/**
 * How many incidents were there in this grid in the same hours of each of the weeks before, by the station's clock (an
 * hour is the same hour in summer and winter)? The week before first. By incidents_time_idx, window by window.
 */
export async function countWeeksBefore(
  transaction: Transaction,
  { stationId, gridId }: { stationId: string; gridId: string },
  { fromMs, toMs }: { fromMs: number; toMs: number },
  { timeZone, weeks }: { timeZone: string; weeks: number },
): Promise<number[]> {
  const rows = await transaction.query<{ count: number }>(sql`
    SELECT (
      SELECT count(*) FROM incidents i JOIN grids g ON g.id = ${gridId} AND g.station_id = i.station_id AND ST_Intersects(g.area, i.point)
      WHERE i.station_id = ${stationId} AND ${isTold} AND i.occurred_at >= past.from_at AND i.occurred_at < past.to_at
    ) AS count
    FROM (
      SELECT week,
        ((${new Date(fromMs).toISOString()}::timestamptz AT TIME ZONE ${timeZone}) - week * interval '7 days') AT TIME ZONE ${timeZone} AS from_at,
        ((${new Date(toMs).toISOString()}::timestamptz AT TIME ZONE ${timeZone}) - week * interval '7 days') AT TIME ZONE ${timeZone} AS to_at
      FROM generate_series(1, ${weeks}::integer) AS week
    ) AS past ORDER BY past.week`);
  return rows.map(({ count }) => count);
}
