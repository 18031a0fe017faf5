import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Bbox } from '../positions/contract.ts';

export interface StreetRow {
  extractId: number;
  wayId: number;
  segment: number;
  fromNode: number;
  toNode: number;
  component: number;
  lengthM: number;
  oneway: number;
  class: string;
  /** A LineString as WKB. */
  line: Buffer;
}

/** The shown extracts, newest content first: where two hold the same street, the first one's is taken. A handful of rows. */
export const listShownExtracts = async (transaction: Transaction): Promise<number[]> =>
  (
    await transaction.query<{ id: number }>(sql`
      SELECT id FROM basemap_extracts WHERE published_at IS NOT NULL AND retired_at IS NULL
      ORDER BY observed_at DESC NULLS LAST, id DESC`)
  ).map(({ id }) => id);

/** The streets of these extracts that touch the box. By street_edges_geom_idx. */
export const findStreets = (
  transaction: Transaction,
  extractIds: readonly number[],
  [west, south, east, north]: Bbox,
): Promise<StreetRow[]> =>
  transaction.query<StreetRow>(sql`
    SELECT extract_id AS "extractId", way_id AS "wayId", segment, from_node AS "fromNode", to_node AS "toNode", component,
      length_m AS "lengthM", oneway, class, ST_AsBinary(geom, 'NDR') AS line
    FROM street_edges
    WHERE geom && ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326) AND extract_id = ANY(${extractIds}::int[])`);
