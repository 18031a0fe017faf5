import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import type { Bbox } from '../positions/contract.ts';
import type { GridProperties } from './contract.ts';

export interface GridRow extends GridProperties {
  id: string;
  geometry: string;
}

/**
 * Which grids touch this box (all without one)? By grids_area_idx, else the unique key of station and number.
 * Rings are wound as RFC 7946 says; seven decimals are a centimetre.
 */
export async function findGrids(
  transaction: Transaction,
  stationIds: readonly string[],
  bbox: Bbox | undefined,
): Promise<GridRow[]> {
  return transaction.query<GridRow>(sql`
    SELECT g.id, g.station_id AS "stationId", g.number, g.name, o.display_name AS officer,
      ST_AsGeoJSON(ST_ForcePolygonCCW(g.area), 7, 0) AS geometry
    FROM grids g LEFT JOIN members o ON o.id = g.officer_id
    WHERE g.station_id = ANY(${stationIds}::uuid[]) ${bbox ? inBox(bbox) : sql``}
    ORDER BY g.station_id, length(g.number), g.number`);
}

const inBox = (bbox: Bbox) => {
  const envelope = sql`ST_MakeEnvelope(${bbox[0]}, ${bbox[1]}, ${bbox[2]}, ${bbox[3]}, 4326)`;
  return sql`AND g.area && ${envelope} AND ST_Intersects(g.area, ${envelope})`;
};

/** A grid to be written; `area` is GeoJSON text of a MultiPolygon. */
export interface GridBody {
  id: string;
  number: string;
  name: string | null;
  officer: string | null;
  area: string;
}

/** Columns that a file has; what it has not, an update leaves as it is. */
export interface GridColumns {
  name: boolean;
  officer: boolean;
}

const incoming = (grids: readonly GridBody[]): Statement => sql`
  (SELECT id, number, name, officer, ST_ForcePolygonCCW(ST_GeomFromGeoJSON(area)) AS area
   FROM unnest(${grids.map(({ id }) => id)}::uuid[], ${grids.map(({ number }) => number)}::text[],
     ${grids.map(({ name }) => name)}::text[], ${grids.map(({ officer }) => officer)}::text[],
     ${grids.map(({ area }) => area)}::text[]) AS given (id, number, name, officer, area)) AS incoming`;

/** Which of these areas are no valid polygons, why and where? Reads no table. */
export async function findInvalidAreas(
  transaction: Transaction,
  grids: readonly GridBody[],
): Promise<{ number: string; reason: string; lng: number | null; lat: number | null }[]> {
  return transaction.query(sql`
    SELECT number, (detail).reason, ST_X((detail).location) AS lng, ST_Y((detail).location) AS lat
    FROM (SELECT number, ST_IsValidDetail(area) AS detail FROM ${incoming(grids)}) AS checked
    WHERE NOT (detail).valid`);
}

/** Which of these are there, and is each as it comes? By the unique key of station and number. */
export async function compareGrids(
  transaction: Transaction,
  stationId: string,
  grids: readonly GridBody[],
  columns: GridColumns,
): Promise<{ number: string; isSame: boolean }[]> {
  return transaction.query(sql`
    SELECT g.number, ST_OrderingEquals(g.area, incoming.area)
      AND (NOT ${columns.name}::boolean OR g.name IS NOT DISTINCT FROM incoming.name)
      AND (NOT ${columns.officer}::boolean OR o.display_name IS NOT DISTINCT FROM incoming.officer) AS "isSame"
    FROM ${incoming(grids)}
    JOIN grids g ON g.station_id = ${stationId} AND g.number = incoming.number
    LEFT JOIN members o ON o.id = g.officer_id`);
}

/** Officers whom grids name become members of the station; those who are, stay as they are. */
export async function insertMissingOfficers(
  transaction: Transaction,
  stationId: string,
  officers: readonly { id: string; displayName: string }[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO members (id, station_id, display_name, role)
    SELECT id, ${stationId}, display_name, 'officer'
    FROM unnest(${officers.map(({ id }) => id)}::uuid[], ${officers.map(({ displayName }) => displayName)}::text[]) AS named (id, display_name)
    ON CONFLICT (station_id, display_name) WHERE role = 'officer' DO NOTHING`);
}

/** New grids, and known ones as the file has them. */
export async function upsertGrids(
  transaction: Transaction,
  stationId: string,
  grids: readonly GridBody[],
  columns: GridColumns,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO grids AS g (id, station_id, number, name, officer_id, area)
    SELECT incoming.id, ${stationId}, incoming.number, incoming.name, o.id, incoming.area
    FROM ${incoming(grids)}
    LEFT JOIN members o ON o.station_id = ${stationId} AND o.role = 'officer' AND o.display_name = incoming.officer
    ON CONFLICT (station_id, number) DO UPDATE SET area = excluded.area,
      name = CASE WHEN ${columns.name}::boolean THEN excluded.name ELSE g.name END,
      officer_id = CASE WHEN ${columns.officer}::boolean THEN excluded.officer_id ELSE g.officer_id END`);
}

/** A place where grids do not fit together. */
export interface GridMisfit {
  numbers: string[];
  areaM2: number;
  lng: number;
  lat: number;
}

/** Less than this is how maps are drawn, not a mistake. */
const minMisfitM2 = 1;

/** Which of the station's grids overlap with one of these, where and by how much? By grids_area_idx. */
export async function findOverlaps(
  transaction: Transaction,
  stationId: string,
  numbers: readonly string[],
): Promise<GridMisfit[]> {
  return transaction.query<GridMisfit>(sql`
    SELECT ARRAY[a.number, b.number] AS numbers, ST_Area(common::geography) AS "areaM2",
      ST_X(ST_PointOnSurface(common)) AS lng, ST_Y(ST_PointOnSurface(common)) AS lat
    FROM grids a
    JOIN grids b ON b.station_id = a.station_id AND b.area && a.area AND b.id <> a.id
      AND (b.number > a.number OR NOT b.number = ANY(${numbers}::text[]))
    CROSS JOIN LATERAL ST_CollectionExtract(ST_Intersection(a.area, b.area), 3) AS common
    WHERE a.station_id = ${stationId} AND a.number = ANY(${numbers}::text[]) AND NOT ST_IsEmpty(common)
      AND ST_Area(common::geography) > ${minMisfitM2}
    ORDER BY 2 DESC`);
}

/** Degrees; slits of up to twice this width (20 cm) are how maps are drawn, and would open a hole to the outside. */
const slitDeg = 1e-6;

/** Where do the station's grids leave a hole between them, how large, and which grids stand around it? Reads all its grids. */
export async function findGaps(transaction: Transaction, stationId: string): Promise<GridMisfit[]> {
  return transaction.query<GridMisfit>(sql`
    WITH holes AS (
      SELECT ST_Buffer((ring).geom, ${slitDeg}::float8, 'join=mitre') AS hole, (ring).path[1] AS place
      FROM (
        SELECT ST_DumpRings((ST_Dump(ST_Union(ST_Buffer(area, ${slitDeg}::float8, 'join=mitre')))).geom) AS ring
        FROM grids WHERE station_id = ${stationId}
      ) AS rings
    )
    SELECT ARRAY(SELECT g.number FROM grids g WHERE g.station_id = ${stationId} AND g.area && hole AND ST_Intersects(g.area, hole)
        ORDER BY length(g.number), g.number) AS numbers,
      ST_Area(hole::geography) AS "areaM2", ST_X(ST_PointOnSurface(hole)) AS lng, ST_Y(ST_PointOnSurface(hole)) AS lat
    FROM holes WHERE place > 0 AND ST_Area(hole::geography) > ${minMisfitM2}
    ORDER BY 2 DESC`);
}

/** Metres to a degree of latitude; the queries below squeeze longitudes so that it holds along both axes. */
const degreeM = 111_320;

/**
 * A bay counts as a gap when its mouth is at most 1.2 times as wide as a usual grid and grids stand along 7/10 of its
 * rim: a slit between two neighbours or a missing grid on the edge, and not the corner of a station that is no square.
 */
const gapReach = 0.6;
const gapRimShare = 0.7;
/** Below this a bay is how outlines are drawn. */
const minBayM2 = 10;

/**
 * Where do the station's grids leave a gap that is open to the outside, how large, and which grids stand around it? A
 * station with a boundary is measured against that (`isInside`), one without against its own outline closed by half a
 * grid's width. Reads all its grids.
 */
export async function findOpenGaps(
  transaction: Transaction,
  stationId: string,
): Promise<(GridMisfit & { isInside: boolean })[]> {
  return transaction.query<GridMisfit & { isInside: boolean }>(sql`
    WITH squeezed AS (
      SELECT cos(radians((ST_YMin(extent) + ST_YMax(extent)) / 2)) AS by
      FROM (SELECT ST_Extent(area) AS extent FROM grids WHERE station_id = ${stationId}) AS box
    ), flat AS MATERIALIZED (
      SELECT number, ST_Scale(area, by, 1) AS area FROM grids, squeezed WHERE station_id = ${stationId}
    ), outline AS MATERIALIZED (
      -- Without its holes, which findGaps tells.
      SELECT ST_Union(ST_MakePolygon(ST_ExteriorRing(part.geom))) AS area,
        (SELECT ${gapReach}::float8 * sqrt(percentile_cont(0.5) WITHIN GROUP (ORDER BY ST_Area(flat.area))) FROM flat) AS reach
      FROM ST_Dump((SELECT ST_Union(ST_Buffer(flat.area, ${slitDeg}::float8, 'join=mitre')) FROM flat)) AS part
    ), bays AS (
      SELECT (ST_Dump(CASE WHEN s.boundary IS NULL
          THEN ST_Difference(ST_Buffer(ST_Buffer(o.area, o.reach), -o.reach), o.area)
          ELSE ST_Difference(ST_Buffer(ST_Scale(s.boundary, by, 1), -${slitDeg}::float8, 'join=mitre'), o.area) END)).geom AS bay,
        s.boundary IS NOT NULL AS "isInside", o.area AS outline, by
      FROM outline o, squeezed, stations s WHERE s.id = ${stationId}
    )
    SELECT ARRAY(SELECT f.number FROM flat f WHERE ST_DWithin(f.area, bay, ${3 * slitDeg}::float8)
        ORDER BY length(f.number), f.number) AS numbers,
      ST_Area(bay) * ${degreeM ** 2}::float8 AS "areaM2", ST_X(ST_PointOnSurface(bay)) / by AS lng,
      ST_Y(ST_PointOnSurface(bay)) AS lat, "isInside"
    FROM bays
    WHERE ST_Area(bay) * ${degreeM ** 2}::float8 > ${minBayM2} AND ("isInside" OR
      ST_Length(ST_Intersection(ST_Boundary(bay), ST_Buffer(ST_Boundary(outline), ${slitDeg}::float8)))
        >= ${gapRimShare}::float8 * ST_Perimeter(bay))
    ORDER BY 2 DESC`);
}
