import type { Transaction } from '../database/database.ts';
import { OperatorError } from '../environment.ts';
import { sql, type Statement } from '../database/sql.ts';
import {
  layerNames,
  simplifyToleranceM,
  tileBoundsM,
  tileBuffer,
  tileExtent,
  tileSchema,
  tileUnitM,
  type LayerName,
  type OsmType,
  type TileAttribute,
} from '../../tiles/schema.ts';
import type { ExtractDescription } from './feature.ts';
import type { Bbox } from '../positions/contract.ts';

export interface ShownExtract {
  id: number;
  name: string;
  source: 'osm' | 'demo';
  attribution: string;
  sha256: Buffer;
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Which extracts are shown, newest content first (that one's copy of a shared feature is shown)? A handful of rows. */
export const listShownExtracts = (transaction: Transaction): Promise<ShownExtract[]> =>
  transaction.query(sql`
    SELECT id, name, source, attribution, sha256,
           ST_XMin(bbox) AS west, ST_YMin(bbox) AS south, ST_XMax(bbox) AS east, ST_YMax(bbox) AS north
    FROM basemap_extracts
    WHERE published_at IS NOT NULL AND retired_at IS NULL
    ORDER BY observed_at DESC NULLS LAST, id DESC`);

/** Which state is the base map in? One row by its key. */
export async function readRevision(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ revision: number }>(sql`SELECT revision FROM basemap_revision`);
  return row?.revision ?? 0;
}

/** A feature of a tile as the embedded engine reads it; geometry is WKB in web mercator metres. */
export interface TileRow {
  layer: LayerName;
  osm_type: OsmType;
  osm_id: number;
  class: string;
  name: string | null;
  name_en: string | null;
  name_zh: string | null;
  rank: number;
  oneway: number;
  bridge: boolean;
  tunnel: boolean;
  height_m: number | null;
  wkb: Buffer;
}

/**
 * What a tile shows, for the encoder in Node? basemap_features_geom_idx, up to zoom 12 basemap_features_overview_idx.
 * An empty list is an empty tile.
 */
export const listTileRows = (
  transaction: Transaction,
  extractIds: readonly number[],
  zoom: number,
  x: number,
  y: number,
): Promise<TileRow[]> =>
  transaction.query(sql`
    SELECT layer, osm_type, osm_id, class, name, name_en, name_zh, rank, oneway, bridge, tunnel, height_m, ST_AsBinary(geom, 'NDR') AS wkb
    FROM (${featuresOfTile(extractIds, zoom, x, y)}) f
    ORDER BY rank, ${tileIdSql}`);

/** The same, encoded by PostGIS in one statement, with the revision it was read at. Empty bytes are an empty tile. */
export async function encodeTileInDatabase(
  transaction: Transaction,
  extractIds: readonly number[],
  zoom: number,
  x: number,
  y: number,
): Promise<{ bytes: Buffer; revision: number }> {
  const [row] = await transaction.query<{ mvt: Buffer; revision: number }>(tileStatement(extractIds, zoom, x, y));
  if (!row) throw new Error('a tile statement gives one row always');
  return { bytes: row.mvt, revision: row.revision };
}

/** Text written in this file or in the schema, never by a client. */
const own = (text: string): Statement => sql(Object.assign([text], { raw: [text] }));

/** `tileFeatureId` in SQL. */
const tileIdSql = own(
  `abs(osm_id) * 8 + CASE osm_type WHEN 'node' THEN 0 WHEN 'way' THEN 2 ELSE 4 END + (osm_id < 0)::int`,
);

/** What stands for nothing is left out of a tile: ST_AsMVT leaves out nulls. */
const attributeSql: Partial<Record<TileAttribute, string>> = {
  bridge: 'nullif(bridge, false) AS bridge',
  tunnel: 'nullif(tunnel, false) AS tunnel',
  oneway: 'nullif(oneway, 0) AS oneway',
  height_m: 'floor(height_m + 0.5)::int AS height_m',
};

const layerSql = new Map(
  layerNames.map((layer) => [
    layer,
    own(`(SELECT coalesce(ST_AsMVT(t.*, '${layer}', ${tileExtent}, 'geom', 'id'), '') FROM (
      SELECT id, ${tileSchema[layer].attributes.map((name) => attributeSql[name] ?? name).join(', ')}, geom
      FROM f WHERE layer = '${layer}' AND geom IS NOT NULL ORDER BY rank, id) t)`),
  ]),
);

/** The statement of a tile, for `encodeTileInDatabase` and for the benchmark that runs it without us. */
export function tileStatement(extractIds: readonly number[], zoom: number, x: number, y: number): Statement {
  const [west, south, east, north] = tileBoundsM(zoom, x, y);
  const tolerance = layerNames.reduce(
    (cases, layer) => sql`${cases} WHEN ${own(`'${layer}'`)} THEN ${simplifyToleranceM(layer, zoom)}::float8`,
    sql`CASE layer`,
  );
  const isFullDetail = layerNames.every((layer) => simplifyToleranceM(layer, zoom) === 0);
  const shape = isFullDetail ? sql`geom` : sql`ST_Simplify(geom, ${tolerance} END)`;
  return sql`
    WITH f AS MATERIALIZED (
      SELECT layer, class, name, name_en, name_zh, rank, oneway, bridge, tunnel, height_m, ${tileIdSql} AS id,
        ST_AsMVTGeom(${shape}, ST_MakeBox2D(ST_MakePoint(${west}, ${south}), ST_MakePoint(${east}, ${north})), ${tileExtent}, ${tileBuffer}, true) AS geom
      FROM (${featuresOfTile(extractIds, zoom, x, y)}) g
    )
    SELECT ${layerNames.reduce((all, layer) => sql`${all} || ${layerSql.get(layer)}`, sql`''::bytea`)} AS mvt,
      (SELECT revision FROM basemap_revision) AS revision`;
}

/**
 * Features of the shown extracts within a tile and its buffer. Zooms up to 12 are written out as a constant, which is
 * how the planner sees that the partial index fits. Where extracts overlap, the first one's copy is taken.
 */
function featuresOfTile(extractIds: readonly number[], zoom: number, x: number, y: number): Statement {
  const [west, south, east, north] = tileBoundsM(zoom, x, y);
  const bufferM = tileBuffer * tileUnitM(zoom);
  const overview = zoom <= 12 ? sql`AND min_zoom <= 12` : sql``;
  const where = sql`FROM basemap_features
    WHERE geom && ST_MakeEnvelope(${west - bufferM}, ${south - bufferM}, ${east + bufferM}, ${north + bufferM}, 3857)
      AND extract_id = ANY(${extractIds}::int[]) AND min_zoom <= ${zoom} ${overview}`;
  return extractIds.length < 2
    ? sql`SELECT * ${where}`
    : sql`SELECT DISTINCT ON (layer, osm_type, osm_id) * ${where}
          ORDER BY layer, osm_type, osm_id, array_position(${extractIds}::int[], extract_id)`;
}

/** Starts an extract that nobody sees yet; its id. */
export async function insertExtract(transaction: Transaction, extract: ExtractDescription): Promise<number> {
  const [row] = await transaction.query<{ id: number }>(sql`
    INSERT INTO basemap_extracts (name, source, attribution, sha256, observed_at)
    VALUES (${extract.name}, ${extract.source}, ${extract.attribution}, ${extract.sha256}, ${extract.observedAt})
    RETURNING id`);
  if (!row) throw new Error('INSERT … RETURNING gave no row');
  return row.id;
}

export interface FeatureRow {
  layer: LayerName;
  osmType: OsmType;
  osmId: number;
  minZoom: number;
  rank: number;
  oneway: number;
  bridge: boolean;
  tunnel: boolean;
  heightM: number | null;
  class: string;
  name: string | null;
  nameEn: string | null;
  nameZh: string | null;
  wkb: Buffer;
}

/**
 * Adds features to an unpublished extract. A polygon that crosses itself is made valid; one that has no area left, and a
 * feature that is already there, are left out. Rows added.
 */
export const insertFeatures = (
  transaction: Transaction,
  extractId: number,
  rows: readonly FeatureRow[],
): Promise<number> =>
  transaction.execute(sql`
    INSERT INTO basemap_features (extract_id, layer, osm_type, osm_id, min_zoom, rank, oneway, bridge, tunnel, height_m, class, name, name_en, name_zh, geom)
    SELECT ${extractId}, layer, osm_type, osm_id, min_zoom, rank, oneway, bridge, tunnel, height_m, class, name, name_en, name_zh, valid.geom
    FROM unnest(
      ${rows.map((row) => row.layer)}::text[], ${rows.map((row) => row.osmType)}::text[], ${rows.map((row) => row.osmId)}::bigint[],
      ${rows.map((row) => row.minZoom)}::smallint[], ${rows.map((row) => row.rank)}::smallint[], ${rows.map((row) => row.oneway)}::smallint[],
      ${rows.map((row) => row.bridge)}::boolean[], ${rows.map((row) => row.tunnel)}::boolean[], ${rows.map((row) => row.heightM)}::real[],
      ${rows.map((row) => row.class)}::text[], ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.nameEn)}::text[],
      ${rows.map((row) => row.nameZh)}::text[], ${rows.map((row) => row.wkb)}::bytea[]
    ) AS f (layer, osm_type, osm_id, min_zoom, rank, oneway, bridge, tunnel, height_m, class, name, name_en, name_zh, wkb)
    CROSS JOIN LATERAL (SELECT ST_GeomFromWKB(wkb, 3857) AS geom OFFSET 0) given
    CROSS JOIN LATERAL (
      SELECT CASE WHEN ST_Dimension(given.geom) < 2 OR ST_IsValid(given.geom) THEN given.geom
                  ELSE ST_CollectionExtract(ST_MakeValid(given.geom), 3) END AS geom OFFSET 0) valid
    WHERE NOT ST_IsEmpty(valid.geom)
    ON CONFLICT DO NOTHING`);

export interface StreetNodeRow {
  osmId: number;
  component: number;
  lng: number;
  lat: number;
}

/** Adds nodes of the street graph to an unpublished extract. */
export const insertStreetNodes = (
  transaction: Transaction,
  extractId: number,
  rows: readonly StreetNodeRow[],
): Promise<number> =>
  transaction.execute(sql`
    INSERT INTO street_nodes (extract_id, osm_id, component, point)
    SELECT ${extractId}, osm_id, component, ST_SetSRID(ST_MakePoint(lng, lat), 4326)
    FROM unnest(${rows.map((row) => row.osmId)}::bigint[], ${rows.map((row) => row.component)}::int[],
      ${rows.map((row) => row.lng)}::float8[], ${rows.map((row) => row.lat)}::float8[]) AS n (osm_id, component, lng, lat)
    ON CONFLICT DO NOTHING`);

export interface StreetEdgeRow {
  wayId: number;
  segment: number;
  fromNode: number;
  toNode: number;
  component: number;
  lengthM: number;
  oneway: number;
  class: string;
  name: string | null;
  wkb: Buffer;
}

/** Adds streets of the graph to an unpublished extract. */
export const insertStreetEdges = (
  transaction: Transaction,
  extractId: number,
  rows: readonly StreetEdgeRow[],
): Promise<number> =>
  transaction.execute(sql`
    INSERT INTO street_edges (extract_id, way_id, segment, from_node, to_node, component, length_m, oneway, class, name, geom)
    SELECT ${extractId}, way_id, segment, from_node, to_node, component, length_m, oneway, class, name, ST_GeomFromWKB(wkb, 4326)
    FROM unnest(${rows.map((row) => row.wayId)}::bigint[], ${rows.map((row) => row.segment)}::int[],
      ${rows.map((row) => row.fromNode)}::bigint[], ${rows.map((row) => row.toNode)}::bigint[], ${rows.map((row) => row.component)}::int[],
      ${rows.map((row) => row.lengthM)}::real[], ${rows.map((row) => row.oneway)}::smallint[], ${rows.map((row) => row.class)}::text[],
      ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.wkb)}::bytea[]
    ) AS e (way_id, segment, from_node, to_node, component, length_m, oneway, class, name, wkb)
    ON CONFLICT DO NOTHING`);

/** The switch: retires the shown extract of the same name, shows this one, raises the revision. Three rows by key. */
export async function publishExtract(
  transaction: Transaction,
  id: number,
  [west, south, east, north]: Bbox,
): Promise<void> {
  // Two imports of one name that end together take turns here.
  await transaction.execute(sql`UPDATE basemap_revision SET revision = revision + 1`);
  await transaction.execute(sql`
    UPDATE basemap_extracts SET retired_at = now()
    WHERE name = (SELECT name FROM basemap_extracts WHERE id = ${id}) AND published_at IS NOT NULL AND retired_at IS NULL`);
  const shown = await transaction.execute(sql`
    UPDATE basemap_extracts SET published_at = now(), bbox = ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326)
    WHERE id = ${id} AND published_at IS NULL AND written_at > '-infinity'`);
  // Thrown inside the transaction: the extract that is shown stays shown.
  if (shown !== 1)
    throw new OperatorError('This import stood still for so long that another one swept it away: start it again.');
}

/**
 * Marks an extract as one to be deleted, so that nobody publishes it any more. @returns false: it is shown, or gone.
 */
export const condemnExtract = async (transaction: Transaction, id: number): Promise<boolean> =>
  (await transaction.execute(
    sql`UPDATE basemap_extracts SET written_at = '-infinity' WHERE id = ${id} AND (published_at IS NULL OR retired_at IS NOT NULL)`,
  )) === 1;

/**
 * Extracts whose rows nobody will see again: retired, or left unpublished by an import that died.
 * Every batch touches its extract's row, so that an import that runs elsewhere is not taken for dead.
 */
export const listDeadExtracts = (transaction: Transaction): Promise<{ id: number }[]> =>
  transaction.query(sql`
    SELECT id FROM basemap_extracts
    WHERE retired_at IS NOT NULL OR (published_at IS NULL AND written_at < now() - interval '2 minutes')`);

/** Says that an unpublished import still runs. One row by key. */
export const touchExtract = (transaction: Transaction, id: number): Promise<number> =>
  transaction.execute(
    sql`UPDATE basemap_extracts SET written_at = now() WHERE id = ${id} AND written_at > '-infinity'`,
  );

/** Deletes up to `limit` rows of one table of a dead extract, found by its primary key; rows deleted. */
export function deleteSomeRows(
  transaction: Transaction,
  table: 'basemap_features' | 'street_edges' | 'street_nodes',
  extractId: number,
  limit: number,
): Promise<number> {
  switch (table) {
    case 'basemap_features':
      return transaction.execute(
        sql`DELETE FROM basemap_features WHERE ctid = ANY(ARRAY(SELECT ctid FROM basemap_features WHERE extract_id = ${extractId} LIMIT ${limit}))`,
      );
    case 'street_edges':
      return transaction.execute(
        sql`DELETE FROM street_edges WHERE ctid = ANY(ARRAY(SELECT ctid FROM street_edges WHERE extract_id = ${extractId} LIMIT ${limit}))`,
      );
    case 'street_nodes':
      return transaction.execute(
        sql`DELETE FROM street_nodes WHERE ctid = ANY(ARRAY(SELECT ctid FROM street_nodes WHERE extract_id = ${extractId} LIMIT ${limit}))`,
      );
  }
}

/** Removes an extract whose rows are gone. */
export const deleteExtract = (transaction: Transaction, id: number): Promise<number> =>
  transaction.execute(sql`DELETE FROM basemap_extracts WHERE id = ${id}`);

/** Gives a station without boundary the box of its extract, so that the map flies there; a row by its key. */
export const setMissingBoundary = (
  transaction: Transaction,
  stationId: string,
  [west, south, east, north]: Bbox,
): Promise<number> =>
  transaction.execute(sql`
    UPDATE stations SET boundary = ST_Multi(ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326))
    WHERE id = ${stationId} AND boundary IS NULL`);
