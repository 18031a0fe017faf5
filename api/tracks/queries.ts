import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import type { TrackedUnit } from './contract.ts';
import type { TrackPart } from './plan-batches.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Which units are there, by number (all, or those with these numbers)? By the unique key of station and number. */
export async function findTrackedUnits(
  transaction: Transaction,
  stationId: string,
  numbers?: readonly number[],
): Promise<Omit<TrackedUnit, 'fixes'>[]> {
  return transaction.query<Omit<TrackedUnit, 'fixes'>>(sql`
    SELECT id, number, call_sign AS "callSign", kind FROM units
    WHERE station_id = ${stationId} ${numbers ? sql`AND number = ANY(${numbers}::integer[])` : sql``}
    ORDER BY number`);
}

/** Which devices ever reported for these units, by unit? By the primary key of device_units. */
export async function findDevicesOf(
  transaction: Transaction,
  stationId: string,
  unitNumbers: readonly number[],
): Promise<{ unitNumber: number; deviceNumber: number }[]> {
  return transaction.query(sql`
    SELECT unit_number AS "unitNumber", device_number AS "deviceNumber" FROM device_units
    WHERE station_id = ${stationId} AND unit_number = ANY(${unitNumbers}::integer[])
    ORDER BY unit_number, device_number`);
}

export async function findStationName(transaction: Transaction, stationId: string): Promise<string | null> {
  const [row] = await transaction.query<{ name: string }>(sql`SELECT name FROM stations WHERE id = ${stationId}`);
  return row?.name ?? null;
}

/** The parts as rows; and the time around them all, so that only the partitions of those days are looked at. */
const partRows = (parts: readonly TrackPart[]): Statement => sql`
  unnest(
    ${parts.map(({ deviceNumber }) => deviceNumber)}::integer[], ${parts.map(({ unitNumber }) => unitNumber)}::integer[],
    ${parts.map(({ from }) => iso(from))}::timestamptz[], ${parts.map(({ to }) => iso(to))}::timestamptz[]
  ) WITH ORDINALITY AS part(device_number, unit_number, starts_at, ends_at, place)`;
const ofPart = (stationId: string, parts: readonly TrackPart[]): Statement => sql`
  f.device_number = part.device_number AND f.unit_number = part.unit_number AND f.station_id = ${stationId}
    AND f.observed_at >= part.starts_at AND f.observed_at < part.ends_at
    AND f.observed_at >= ${iso(Math.min(...parts.map(({ from }) => from)))}::timestamptz
    AND f.observed_at < ${iso(Math.max(...parts.map(({ to }) => to)))}::timestamptz`;

/** How many fixes has each part, counted up to `most`? By the key of fixes (device, time). */
export async function countFixes(
  transaction: Transaction,
  stationId: string,
  parts: readonly TrackPart[],
  most: number,
): Promise<number[]> {
  const rows = await transaction.query<{ count: number }>(sql`
    SELECT (
      SELECT count(*)::integer FROM (SELECT 1 FROM fixes f WHERE ${ofPart(stationId, parts)} LIMIT ${most}) AS counted
    ) AS count
    FROM ${partRows(parts)} ORDER BY part.place`);
  return rows.map(({ count }) => count);
}

/** Bytes of one fix of `packed`: milliseconds since `base`, lng, lat (big-endian i32), heading, speed (i16). */
export const packedFixBytes = 16;

export interface PackedFixes {
  count: number;
  /** Null: none. */
  packed: Buffer | null;
}

/**
 * The first `limit` fixes of each part by time, packed by the database: a value a fix would cost the server an object
 * each. By the key of fixes (device, time), in the days' partitions only.
 * @param baseMs what times are counted from, at most 24 days before them
 */
export async function findPackedFixes(
  transaction: Transaction,
  stationId: string,
  parts: readonly TrackPart[],
  { baseMs, limit }: { baseMs: number; limit: number },
): Promise<PackedFixes[]> {
  return transaction.query<PackedFixes>(sql`
    SELECT fixes_of_part.count, fixes_of_part.packed
    FROM ${partRows(parts)}
    CROSS JOIN LATERAL (
      SELECT count(*)::integer AS count, string_agg(
        int4send(floor(extract(epoch FROM fix.observed_at - ${iso(baseMs)}::timestamptz) * 1000)::integer)
        || int4send(round(ST_X(fix.point) * 1e5)::integer)
        || int4send(round(ST_Y(fix.point) * 1e5)::integer)
        || int2send(coalesce(round(fix.heading_deg)::integer % 360, -1)::smallint)
        || int2send(coalesce(round(least(fix.speed_mps, 3276) * 10), -1)::smallint),
        ''::bytea ORDER BY fix.observed_at) AS packed
      FROM (
        SELECT f.observed_at, f.point, f.heading_deg, f.speed_mps FROM fixes f WHERE ${ofPart(stationId, parts)}
        ORDER BY f.observed_at LIMIT ${limit}
      ) AS fix
    ) AS fixes_of_part
    ORDER BY part.place`);
}
