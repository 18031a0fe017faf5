import type { Database, Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Station } from './contract.ts';

/** Which stations exist and how they hang together? Before there is a scope, so ids only. */
export async function listStationTree(database: Database): Promise<{ id: string; parentId: string | null }[]> {
  return database.inScope([], listTreeIn);
}

/** The same, as a transaction sees it. */
export async function listTreeIn(transaction: Transaction): Promise<{ id: string; parentId: string | null }[]> {
  return transaction.query<{ id: string; parentId: string | null }>(
    sql`SELECT id, parent_id AS "parentId" FROM list_station_tree()`,
  );
}

/** The stations of a scope with the box to fly to: boundary, else grids, else sentinel points. Reads whole small tables. */
export async function findStations(transaction: Transaction, stationIds: readonly string[]): Promise<Station[]> {
  const rows = await transaction.query<
    Omit<Station, 'bbox'> & { west: number | null; south: number; east: number; north: number }
  >(sql`
    SELECT s.id, s.parent_id AS "parentId", s.kind, s.name, s.time_zone AS "timeZone", s.is_demo AS "isDemo", s.version,
      ST_XMin(box) AS west, ST_YMin(box) AS south, ST_XMax(box) AS east, ST_YMax(box) AS north
    FROM stations s
    CROSS JOIN LATERAL (
      SELECT coalesce(
        Box2D(s.boundary),
        (SELECT ST_Extent(g.area) FROM grids g WHERE g.station_id = s.id),
        (SELECT ST_Extent(p.point) FROM sentinels p WHERE p.station_id = s.id)
      ) AS box
    ) AS extent
    WHERE s.id = ANY(${stationIds}::uuid[])
    ORDER BY s.kind = 'station' DESC, s.created_at, s.id`);
  return rows.map(({ west, south, east, north, ...station }) => ({
    ...station,
    bbox: west === null ? null : [west, south, east, north],
  }));
}

/** Is there a station with this name in the scope? null: no. */
export async function findStationByName(
  transaction: Transaction,
  name: string,
  stationIds: readonly string[],
): Promise<string | null> {
  const [row] = await transaction.query<{ id: string }>(
    sql`SELECT id FROM stations WHERE name = ${name} AND id = ANY(${stationIds}::uuid[]) ORDER BY created_at LIMIT 1`,
  );
  return row?.id ?? null;
}

export async function insertStation(
  transaction: Transaction,
  station: {
    id: string;
    parentId?: string | null;
    kind?: Station['kind'];
    name: string;
    timeZone: string;
    isDemo?: boolean;
  },
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO stations (id, parent_id, kind, name, time_zone, is_demo)
    VALUES (${station.id}, ${station.parentId ?? null}, ${station.kind ?? 'station'}, ${station.name}, ${station.timeZone}, ${station.isDemo ?? false})`);
}
