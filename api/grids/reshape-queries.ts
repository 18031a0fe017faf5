import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { LngLat } from '../positions/contract.ts';

/**
 * The pieces of a grid's area on both sides of a line, largest first, as GeoJSON in full precision, so that they meet
 * without a gap. One: the line does not cross it. By the primary key.
 */
export async function cutArea(transaction: Transaction, gridId: string, line: readonly LngLat[]): Promise<string[]> {
  const drawn = JSON.stringify({ type: 'LineString', coordinates: line });
  const rows = await transaction.query<{ area: string }>(sql`
    SELECT ST_AsGeoJSON(piece, 15, 0) AS area
    FROM grids g, LATERAL (
      SELECT (ST_Dump(ST_CollectionExtract(ST_Split(g.area, ST_SetSRID(ST_GeomFromGeoJSON(${drawn}), 4326)), 3))).geom AS piece
    ) AS cut
    WHERE g.id = ${gridId} ORDER BY ST_Area(piece) DESC`);
  return rows.map(({ area }) => area);
}

/** Two grids as one area (GeoJSON in full precision), and how many parts it has and they had. By the primary key. */
export async function joinAreas(
  transaction: Transaction,
  gridId: string,
  otherId: string,
): Promise<{ area: string; parts: number; partsBefore: number }> {
  const [row] = await transaction.query<{ area: string; parts: number; partsBefore: number }>(sql`
    SELECT ST_AsGeoJSON(whole, 15, 0) AS area, ST_NumGeometries(whole) AS parts, before AS "partsBefore"
    FROM (
      SELECT ST_Multi(ST_UnaryUnion(ST_Collect(area))) AS whole, sum(ST_NumGeometries(area))::integer AS before
      FROM grids WHERE id IN (${gridId}, ${otherId})
    ) AS joined`);
  return row!;
}

/** A grid as an edit keeps it. */
export interface KeptGrid {
  id: string;
  number: string;
  name: string | null;
  officerId: string | null;
  area: unknown;
}
export interface LeftGrid {
  id: string;
  number: string;
  version: number;
}
export interface GridEdit {
  id: string;
  kind: 'create' | 'change' | 'delete' | 'split' | 'merge';
  madeAt: Date;
  madeBy: string;
  before: KeptGrid[];
  after: LeftGrid[];
}

/** Grids as they stand, to be kept. By the primary key. */
export async function keepGrids(transaction: Transaction, ids: readonly string[]): Promise<KeptGrid[]> {
  return transaction.query<KeptGrid>(sql`
    SELECT id, number, name, officer_id AS "officerId", ST_AsGeoJSON(area, 15, 0)::jsonb AS area
    FROM grids WHERE id = ANY(${ids}::uuid[]) ORDER BY number`);
}

const keptEdits = 50;

/** Keeps an edit, and forgets those long before it. By grid_edits_station_idx. */
export async function insertGridEdit(
  transaction: Transaction,
  stationId: string,
  edit: Omit<GridEdit, 'madeAt' | 'after'> & { afterIds: readonly string[] },
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO grid_edits (id, station_id, kind, made_by, before, after)
    VALUES (${edit.id}, ${stationId}, ${edit.kind}, ${edit.madeBy}, ${JSON.stringify(edit.before)}::jsonb,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'number', number, 'version', version) ORDER BY number), '[]')
       FROM grids WHERE id = ANY(${edit.afterIds}::uuid[])))`);
  await transaction.execute(sql`
    DELETE FROM grid_edits WHERE station_id = ${stationId} AND id IN (
      SELECT id FROM grid_edits WHERE station_id = ${stationId} ORDER BY id DESC OFFSET ${keptEdits})`);
}

/** The newest edit of a station; null: there is none to take back. By grid_edits_station_idx. */
export async function findLastEdit(transaction: Transaction, stationId: string): Promise<GridEdit | null> {
  const [row] = await transaction.query<GridEdit>(sql`
    SELECT id, kind, made_at AS "madeAt", made_by AS "madeBy", before, after
    FROM grid_edits WHERE station_id = ${stationId} ORDER BY id DESC LIMIT 1 FOR UPDATE`);
  return row ?? null;
}

/** Whether the grids are as the edit left them. By the primary key. */
export async function isAsLeft(
  transaction: Transaction,
  stationId: string,
  after: readonly LeftGrid[],
): Promise<boolean> {
  const rows = await transaction.query<{ id: string; version: number }>(sql`
    SELECT id, version FROM grids WHERE station_id = ${stationId} AND id = ANY(${after.map(({ id }) => id)}::uuid[]) FOR UPDATE`);
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  return after.every(({ id, version }) => versions.get(id) === version);
}

/** Puts grids back as they were; who is no longer an officer of the station is not named again. */
export async function putGridsBack(
  transaction: Transaction,
  stationId: string,
  { id: editId, before, after }: Pick<GridEdit, 'id' | 'before' | 'after'>,
): Promise<void> {
  const kept = before.map(({ id }) => id);
  const gone = after.map(({ id }) => id).filter((id) => !kept.includes(id));
  await transaction.execute(sql`DELETE FROM grids WHERE station_id = ${stationId} AND id = ANY(${gone}::uuid[])`);
  for (const grid of before)
    await transaction.execute(sql`
      INSERT INTO grids (id, station_id, number, name, officer_id, area)
      VALUES (${grid.id}, ${stationId}, ${grid.number}, ${grid.name},
        (SELECT id FROM members WHERE id = ${grid.officerId}::uuid AND station_id = ${stationId} AND role = 'officer'),
        ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(${JSON.stringify(grid.area)}), 4326)))
      ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name, officer_id = excluded.officer_id,
        area = excluded.area`);
  await transaction.execute(sql`DELETE FROM grid_edits WHERE station_id = ${stationId} AND id = ${editId}`);
}
