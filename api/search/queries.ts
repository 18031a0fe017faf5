import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import type { Bbox } from '../positions/contract.ts';
import type { UnitScope } from '../units/unit-scope.ts';
import { maxSearchResults } from './contract.ts';
import { escapeLike, foldedCharacters } from './fold-text.ts';

/** How well a row fits: 0 the whole name, 1 its beginning, 2 a part of it. */
export type Match = 0 | 1 | 2;

export interface FoundRow {
  match: Match;
  id: string;
  name: string;
  detail: string | null;
  class: string | null;
  lng: number | null;
  lat: number | null;
}

/** `name` is a column, written here and never by a client; `text` is folded. */
const matchOf = (name: Statement, text: string): Statement => {
  const folded = sql`translate(lower(${name}), ${foldedCharacters.from}, ${foldedCharacters.to})`;
  return sql`CASE WHEN ${folded} = ${text} THEN 0 WHEN ${folded} LIKE ${`${escapeLike(text)}%`} THEN 1
    WHEN ${folded} LIKE ${`%${escapeLike(text)}%`} THEN 2 END`;
};

/** Which units have this call sign or number? Reads the units of the stations by their unique keys. */
export async function searchUnits(transaction: Transaction, scope: UnitScope, text: string): Promise<FoundRow[]> {
  return transaction.query<FoundRow>(sql`
    SELECT * FROM (
      SELECT least(${matchOf(sql`u.call_sign`, text)}, CASE WHEN u.number::text = ${text} THEN 0 END) AS match,
        u.id, u.call_sign AS name, NULL AS detail, u.kind AS class,
        round(ST_X(f.point)::numeric, 7)::float8 AS lng, round(ST_Y(f.point)::numeric, 7)::float8 AS lat
      FROM units u
      LEFT JOIN latest_fixes f ON f.station_id = u.station_id AND f.unit_number = u.number
        AND u.duty_state = 'on' AND (u.station_id = ANY(${scope.placeStationIds}::uuid[]) OR u.id = ANY(${scope.ownUnitIds}::uuid[]))
      WHERE u.station_id = ANY(${scope.stationIds}::uuid[])
        AND (u.station_id = ANY(${scope.wholeStationIds}::uuid[]) OR u.id = ANY(${scope.ownUnitIds}::uuid[]))
    ) AS found
    WHERE match IS NOT NULL ORDER BY match, length(name), name LIMIT ${maxSearchResults}`);
}

/** Which sentinel points have this name, number or address? Reads those of the stations by their unique key. */
export async function searchSentinels(
  transaction: Transaction,
  stationIds: readonly string[],
  text: string,
): Promise<FoundRow[]> {
  return transaction.query<FoundRow>(sql`
    SELECT * FROM (
      SELECT least(${matchOf(sql`s.name`, text)}, CASE WHEN lower(s.number) = ${text} THEN 0 END,
          CASE WHEN ${matchOf(sql`s.address`, text)} IS NOT NULL THEN 2 END) AS match,
        s.id, s.name, coalesce(s.address, s.number) AS detail, s.kind AS class,
        round(ST_X(s.point)::numeric, 7)::float8 AS lng, round(ST_Y(s.point)::numeric, 7)::float8 AS lat
      FROM sentinels s WHERE s.station_id = ANY(${stationIds}::uuid[])
    ) AS found
    WHERE match IS NOT NULL ORDER BY match, length(name), name LIMIT ${maxSearchResults}`);
}

export interface FoundArea extends FoundRow {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Which grids have this number, name or officer? Reads those of the stations by their unique key. */
export async function searchGrids(
  transaction: Transaction,
  stationIds: readonly string[],
  text: string,
): Promise<FoundArea[]> {
  return transaction.query<FoundArea>(sql`
    SELECT match, id, name, detail, NULL AS class, ST_X(inside) AS lng, ST_Y(inside) AS lat,
      ST_XMin(area) AS west, ST_YMin(area) AS south, ST_XMax(area) AS east, ST_YMax(area) AS north
    FROM (
      SELECT least(${matchOf(sql`g.number`, text)}, ${matchOf(sql`g.name`, text)}, ${matchOf(sql`o.display_name`, text)}) AS match,
        g.id, coalesce(g.name, g.number) AS name, o.display_name AS detail, g.area, ST_PointOnSurface(g.area) AS inside
      FROM grids g LEFT JOIN members o ON o.id = g.officer_id
      WHERE g.station_id = ANY(${stationIds}::uuid[])
    ) AS found
    WHERE match IS NOT NULL ORDER BY match, length(name), name LIMIT ${maxSearchResults}`);
}

/** A street or place of the base map. */
export interface FoundFeature extends FoundArea {
  kind: 'street' | 'place';
}

/**
 * Which streets and places of the base map have this name in any of its languages? Reads the named features of the shown
 * extracts by basemap_features_name_idx's predicate; public data, so no station. The ways of one street are one result,
 * so are copies of a feature in several extracts. With `near` the nearest of equally good ones come first.
 */
export async function searchBasemap(
  transaction: Transaction,
  text: string,
  language: 'zh' | 'en',
  near: Bbox | undefined,
): Promise<FoundFeature[]> {
  const own = language === 'zh' ? sql`f.name_zh` : sql`f.name_en`;
  const centre =
    near &&
    sql`ST_Transform(ST_SetSRID(ST_MakePoint(${(near[0] + near[2]) / 2}::float8, ${(near[1] + near[3]) / 2}::float8), 4326), 3857)`;
  return transaction.query<FoundFeature>(sql`
    WITH found AS (
      SELECT least(${matchOf(sql`f.name`, text)}, ${matchOf(sql`f.name_en`, text)}, ${matchOf(sql`f.name_zh`, text)}) AS match,
        CASE f.layer WHEN 'roads' THEN 'street' ELSE 'place' END AS kind, f.osm_type || '/' || f.osm_id AS id,
        f.name, coalesce(${own}, f.name) AS shown_name, f.class, f.rank, f.geom
      FROM basemap_features f
      JOIN basemap_extracts x ON x.id = f.extract_id AND x.published_at IS NOT NULL AND x.retired_at IS NULL
      WHERE f.name IS NOT NULL
    ), grouped AS (
      SELECT min(match) AS match, kind, min(id) AS id, shown_name AS name, nullif(name, shown_name) AS detail,
        (array_agg(class ORDER BY rank))[1] AS class, min(rank) AS rank, ST_Collect(geom) AS geom
      FROM found WHERE match IS NOT NULL
      GROUP BY kind, shown_name, name, CASE WHEN kind = 'place' THEN id END
    )
    SELECT match, kind, id, name, detail, class, ST_X(inside) AS lng, ST_Y(inside) AS lat,
      ST_XMin(degrees) AS west, ST_YMin(degrees) AS south, ST_XMax(degrees) AS east, ST_YMax(degrees) AS north
    FROM (
      SELECT *, ST_Transform(geom, 4326) AS degrees, ST_Transform(ST_ClosestPoint(geom, ST_Centroid(geom)), 4326) AS inside
      FROM (
        SELECT * FROM grouped
        ORDER BY match, ${centre ? sql`ST_Distance(geom, ${centre}),` : sql``} rank, length(name), name LIMIT ${maxSearchResults}
      ) AS best
    ) AS placed
    ORDER BY match, ${centre ? sql`ST_Distance(geom, ${centre}),` : sql``} rank, length(name), name`);
}
