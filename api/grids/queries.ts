import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
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
