import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Area, Grid } from './contract.ts';

/** One grid as its editor needs it; null: there is none in these stations. By the primary key. */
export async function findGrid(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<Grid | null> {
  const [row] = await transaction.query<Omit<Grid, 'area'> & { area: string }>(sql`
    SELECT g.id, g.station_id AS "stationId", g.number, g.name, g.officer_id AS "officerId", o.display_name AS officer, g.version,
      ST_AsGeoJSON(ST_ForcePolygonCCW(CASE WHEN ST_NumGeometries(g.area) = 1 THEN ST_GeometryN(g.area, 1) ELSE g.area END), 7, 0) AS area
    FROM grids g LEFT JOIN members o ON o.id = g.officer_id
    WHERE g.id = ${id} AND g.station_id = ANY(${stationIds}::uuid[])`);
  return row ? { ...row, area: JSON.parse(row.area) as Area } : null;
}

/** Locks a grid until the transaction ends. By the primary key. */
export async function lockGrid(transaction: Transaction, stationIds: readonly string[], id: string): Promise<void> {
  await transaction.query(
    sql`SELECT FROM grids WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`,
  );
}

/** Is this an officer of the station? By the primary key. */
export async function isOfficerOf(transaction: Transaction, stationId: string, memberId: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`SELECT FROM members WHERE id = ${memberId} AND station_id = ${stationId} AND role = 'officer'`,
  );
  return rows.length > 0;
}

type StoredGrid = Pick<Grid, 'id' | 'stationId' | 'number' | 'name' | 'officerId' | 'area'>;

const areaOf = (area: Area) =>
  sql`ST_Multi(ST_ForcePolygonCCW(ST_SetSRID(ST_GeomFromGeoJSON(${JSON.stringify(area)}), 4326)))`;

/** Why is this no valid polygon, and where? null: it is one. Reads no table. */
export async function findFault(
  transaction: Transaction,
  area: Area,
): Promise<{ reason: string; lng: number | null; lat: number | null } | null> {
  const [row] = await transaction.query<{ reason: string; lng: number | null; lat: number | null }>(sql`
    SELECT (detail).reason, ST_X((detail).location) AS lng, ST_Y((detail).location) AS lat
    FROM (SELECT ST_IsValidDetail(${areaOf(area)}) AS detail) AS checked WHERE NOT (detail).valid`);
  return row ?? null;
}

export async function insertGrid(transaction: Transaction, grid: StoredGrid): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO grids (id, station_id, number, name, officer_id, area)
    VALUES (${grid.id}, ${grid.stationId}, ${grid.number}, ${grid.name}, ${grid.officerId}, ${areaOf(grid.area)})`);
}

export async function updateGrid(transaction: Transaction, grid: StoredGrid): Promise<void> {
  await transaction.execute(sql`
    UPDATE grids SET number = ${grid.number}, name = ${grid.name}, officer_id = ${grid.officerId}, area = ${areaOf(grid.area)}
    WHERE id = ${grid.id} AND station_id = ${grid.stationId}`);
}

export async function deleteGrid(transaction: Transaction, stationId: string, id: string): Promise<void> {
  await transaction.execute(sql`DELETE FROM grids WHERE id = ${id} AND station_id = ${stationId}`);
}

/**
 * PostGIS' functions are dear in the planner's eyes, so that PostgreSQL compiles the queries of a fit first, which takes
 * longer than they do. For this transaction only.
 */
export async function avoidCompiling(transaction: Transaction): Promise<void> {
  await transaction.query(sql`SELECT set_config('jit', 'off', true)`);
}
