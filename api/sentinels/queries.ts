import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Bbox } from '../positions/contract.ts';
import type { Sentinel, SentinelProperties } from './contract.ts';

export interface SentinelRow extends SentinelProperties {
  id: string;
  geometry: string;
}

/** Which sentinel points lie in this box, its border included (all without one)? By sentinels_point_idx, else the unique key of station and number. */
export async function findSentinels(
  transaction: Transaction,
  stationIds: readonly string[],
  bbox: Bbox | undefined,
): Promise<SentinelRow[]> {
  return transaction.query<SentinelRow>(sql`
    SELECT s.id, s.station_id AS "stationId", s.number, s.name, s.kind, s.address,
      coalesce(m.member_count, 0) AS "memberCount", ST_AsGeoJSON(s.point, 7, 0) AS geometry
    FROM sentinels s
    LEFT JOIN (
      SELECT sentinel_id, count(*) AS member_count FROM members
      WHERE station_id = ANY(${stationIds}::uuid[]) GROUP BY sentinel_id
    ) m ON m.sentinel_id = s.id
    WHERE s.station_id = ANY(${stationIds}::uuid[]) ${bbox ? inBox(bbox) : sql``}
    ORDER BY s.station_id, length(s.number), s.number`);
}

/** `&&` compares boxes in single precision and lets near misses in; ST_Intersects is exact. */
const inBox = (bbox: Bbox) => {
  const envelope = sql`ST_MakeEnvelope(${bbox[0]}, ${bbox[1]}, ${bbox[2]}, ${bbox[3]}, 4326)`;
  return sql`AND s.point && ${envelope} AND ST_Intersects(s.point, ${envelope})`;
};

/** Who keeps this sentinel point? null: there is none in the scope. By the primary key and members_sentinel_idx. */
export async function findSentinel(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<Sentinel | null> {
  const [row] = await transaction.query<Omit<Sentinel, 'lngLat' | 'memberCount'> & { lng: number; lat: number }>(sql`
    SELECT s.id, s.station_id AS "stationId", s.number, s.name, s.kind, s.address,
      round(ST_X(s.point)::numeric, 7)::float8 AS lng, round(ST_Y(s.point)::numeric, 7)::float8 AS lat,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('displayName', m.display_name, 'role', m.role, 'skills', m.skills)
          ORDER BY m.id), '[]')
        FROM members m WHERE m.sentinel_id = s.id AND m.station_id = s.station_id) AS members
    FROM sentinels s WHERE s.id = ${id} AND s.station_id = ANY(${stationIds}::uuid[])`);
  if (!row) return null;
  const { lng, lat, ...sentinel } = row;
  return { ...sentinel, lngLat: [lng, lat], memberCount: sentinel.members.length };
}
