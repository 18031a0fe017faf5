import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Bbox } from '../positions/contract.ts';
import type { MemberRole, Sentinel, SentinelKind, SentinelProperties } from './contract.ts';

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

/**
 * Who keeps this sentinel point? null: there is none in the scope. Members are named where the viewer may see them, and to
 * each other. By the primary key and members_sentinel_idx.
 */
export async function findSentinel(
  transaction: Transaction,
  {
    stationIds,
    memberStationIds,
    ownStationIds,
    ownMemberId,
  }: {
    stationIds: readonly string[];
    memberStationIds: readonly string[];
    ownStationIds: readonly string[];
    ownMemberId: string | null;
  },
  id: string,
): Promise<Sentinel | null> {
  const [row] = await transaction.query<Omit<Sentinel, 'lngLat'> & { lng: number; lat: number }>(sql`
    SELECT s.id, s.station_id AS "stationId", s.number, s.name, s.kind, s.address, s.version,
      round(ST_X(s.point)::numeric, 7)::float8 AS lng, round(ST_Y(s.point)::numeric, 7)::float8 AS lat,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('displayName', m.display_name, 'role', m.role, 'skills', m.skills)
          ORDER BY m.id), '[]')
        FROM members m WHERE m.sentinel_id = s.id AND m.station_id = s.station_id
          AND (m.station_id = ANY(${memberStationIds}::uuid[])
            OR m.station_id = ANY(${ownStationIds}::uuid[]) AND EXISTS (SELECT FROM members own WHERE own.id = ${ownMemberId}::uuid AND own.sentinel_id = s.id))) AS members,
      (SELECT count(*) FROM members m WHERE m.sentinel_id = s.id AND m.station_id = s.station_id) AS "memberCount"
    FROM sentinels s WHERE s.id = ${id} AND s.station_id = ANY(${stationIds}::uuid[])`);
  if (!row) return null;
  const { lng, lat, ...sentinel } = row;
  return { ...sentinel, lngLat: [lng, lat] };
}

/** A sentinel point to be written; what is null is kept where the point is known. */
export interface SentinelBody {
  id: string;
  number: string;
  name: string;
  kind: SentinelKind;
  address: string | null;
  lng: number;
  lat: number;
  qrCode: string | null;
}

/** A known sentinel point as an import compares it. */
export interface KnownSentinel extends SentinelBody {
  qrCode: string;
  members: { id: string; displayName: string; role: MemberRole; skills: string[]; phone: string | null }[];
}

/** What is known of these numbers, telephone numbers included? For imports only. By the unique key of station and number. */
export async function findSentinelsByNumber(
  transaction: Transaction,
  stationId: string,
  numbers: readonly string[],
): Promise<KnownSentinel[]> {
  return transaction.query<KnownSentinel>(sql`
    SELECT s.id, s.number, s.name, s.kind, s.address, ST_X(s.point) AS lng, ST_Y(s.point) AS lat, s.qr_code AS "qrCode",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'displayName', m.display_name, 'role', m.role,
          'skills', m.skills, 'phone', m.phone) ORDER BY m.id), '[]')
        FROM members m WHERE m.sentinel_id = s.id) AS members
    FROM sentinels s WHERE s.station_id = ${stationId} AND s.number = ANY(${numbers}::text[])`);
}

/** Which points of the station have these QR codes? By the unique key of station and code. */
export async function findQrCodes(
  transaction: Transaction,
  stationId: string,
  qrCodes: readonly string[],
): Promise<{ number: string; qrCode: string }[]> {
  return transaction.query(sql`
    SELECT number, qr_code AS "qrCode" FROM sentinels WHERE station_id = ${stationId} AND qr_code = ANY(${qrCodes}::text[])`);
}

/** New sentinel points, and known ones (same id) as given. */
export async function upsertSentinels(
  transaction: Transaction,
  stationId: string,
  sentinels: readonly (SentinelBody & { qrCode: string })[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO sentinels (id, station_id, number, name, kind, address, point, qr_code)
    SELECT id, ${stationId}, number, name, kind, address, ST_SetSRID(ST_MakePoint(lng, lat), 4326), qr_code
    FROM unnest(${sentinels.map(({ id }) => id)}::uuid[], ${sentinels.map(({ number }) => number)}::text[],
      ${sentinels.map(({ name }) => name)}::text[], ${sentinels.map(({ kind }) => kind)}::text[],
      ${sentinels.map(({ address }) => address)}::text[], ${sentinels.map(({ lng }) => lng)}::float8[],
      ${sentinels.map(({ lat }) => lat)}::float8[], ${sentinels.map(({ qrCode }) => qrCode)}::text[])
      AS incoming (id, number, name, kind, address, lng, lat, qr_code)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, address = excluded.address,
      point = excluded.point, qr_code = excluded.qr_code`);
}

/** A member of a sentinel point to be written. Skills are one JSON text: an array of arrays must be a rectangle. */
export interface MemberBody {
  id: string;
  sentinelId: string;
  displayName: string;
  role: MemberRole;
  skills: string[];
  phone: string | null;
}

export async function upsertMembers(
  transaction: Transaction,
  stationId: string,
  members: readonly MemberBody[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO members (id, station_id, sentinel_id, display_name, role, skills, phone)
    SELECT id, ${stationId}, sentinel_id, display_name, role, ARRAY(SELECT jsonb_array_elements_text(skills::jsonb)), phone
    FROM unnest(${members.map(({ id }) => id)}::uuid[], ${members.map(({ sentinelId }) => sentinelId)}::uuid[],
      ${members.map(({ displayName }) => displayName)}::text[], ${members.map(({ role }) => role)}::text[],
      ${members.map(({ skills }) => JSON.stringify(skills))}::text[], ${members.map(({ phone }) => phone)}::text[])
      AS incoming (id, sentinel_id, display_name, role, skills, phone)
    ON CONFLICT (id) DO UPDATE SET skills = excluded.skills, phone = excluded.phone`);
}

export async function deleteMembers(
  transaction: Transaction,
  stationId: string,
  ids: readonly string[],
): Promise<void> {
  await transaction.execute(sql`DELETE FROM members WHERE station_id = ${stationId} AND id = ANY(${ids}::uuid[])`);
}
