import type { Database, Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { RegistryUnit } from '../units/registry.ts';
import { neighbourWindowMs } from './fix-limits.ts';
import type { LatestFix } from './latest-fixes.ts';

/** Arrays of equal length, one element a fix: Buffers of `encodeColumn`, except the stations. */
export interface FixColumns {
  stationIds: readonly string[];
  /** int2: index into stationIds, from 1. */
  station: Buffer;
  /** int4 */
  deviceNumber: Buffer;
  unitNumber: Buffer;
  /** timestamptz */
  observedAt: Buffer;
  receivedAt: Buffer;
  /** float8 */
  lng: Buffer;
  lat: Buffer;
  /** float4 */
  speedMps: Buffer;
  headingDeg: Buffer;
  accuracyM: Buffer;
  altitudeM: Buffer;
  /** int2 */
  batteryPct: Buffer;
}

const unnestFixes = (columns: FixColumns) => sql`
  SELECT (${columns.stationIds}::uuid[])[station] AS station_id, unit_number, device_number, observed_at, received_at,
    ST_Point(lng, lat, 4326) AS point, speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct
  FROM unnest(${columns.station}::int2[], ${columns.unitNumber}::int4[], ${columns.deviceNumber}::int4[],
    ${columns.observedAt}::timestamptz[], ${columns.receivedAt}::timestamptz[], ${columns.lng}::float8[], ${columns.lat}::float8[],
    ${columns.speedMps}::float4[], ${columns.headingDeg}::float4[], ${columns.accuracyM}::float4[], ${columns.altitudeM}::float4[],
    ${columns.batteryPct}::int2[])
    AS fix(station, unit_number, device_number, observed_at, received_at, lng, lat, speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct)`;

/**
 * Stores fixes; the rows that were new. By the key of fixes.
 * @param onConflict `fail`: a unique violation when one is there already, which is what memory rules out, and saves the
 * two fifths of the time that each row's speculative insertion takes; `skip`: it is left out, and the count tells.
 */
export function insertFixes(
  transaction: Transaction,
  columns: FixColumns,
  onConflict: 'fail' | 'skip',
): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO fixes (station_id, unit_number, device_number, observed_at, received_at, point, speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct)
    ${unnestFixes(columns)}
    ${onConflict === 'skip' ? sql`ON CONFLICT DO NOTHING` : sql``}`);
}

/** Stores each unit's newest fix where it is newer than what stands. At most one a unit. By the primary key. */
export function upsertLatestFixes(transaction: Transaction, columns: FixColumns): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO latest_fixes AS l (station_id, unit_number, device_number, observed_at, received_at, point, speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct)
    ${unnestFixes(columns)}
    ON CONFLICT (station_id, unit_number) DO UPDATE SET
      device_number = excluded.device_number, observed_at = excluded.observed_at, received_at = excluded.received_at,
      point = excluded.point, speed_mps = excluded.speed_mps, heading_deg = excluded.heading_deg,
      accuracy_m = excluded.accuracy_m, altitude_m = excluded.altitude_m, battery_pct = excluded.battery_pct
    WHERE excluded.observed_at > l.observed_at`);
}

/** Remembers which devices reported for which units. */
export async function insertDeviceUnits(
  transaction: Transaction,
  served: readonly { stationId: string; unitNumber: number; deviceNumber: number }[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO device_units (station_id, unit_number, device_number)
    SELECT * FROM unnest(${served.map(({ stationId }) => stationId)}::uuid[], ${served.map(({ unitNumber }) => unitNumber)}::int4[],
      ${served.map(({ deviceNumber }) => deviceNumber)}::int4[])
    ON CONFLICT DO NOTHING`);
}

/** The newest stored fix of a device. */
export interface TrackEnd {
  deviceNumber: number;
  atMs: number;
  lng: number;
  lat: number;
  accuracyM: number | null;
  speedMps: number | null;
}

/**
 * Where does each of these devices' track end? No row: the device never reported. Devices that ever did are told by
 * device_units, so that a new one is not looked for in every partition; then by the key of fixes, newest day first.
 */
export function findTrackEnds(
  transaction: Transaction,
  stationIds: readonly string[],
  deviceNumbers: readonly number[],
): Promise<TrackEnd[]> {
  return transaction.query<TrackEnd>(sql`
    SELECT d.device_number AS "deviceNumber", (extract(epoch FROM f.observed_at) * 1000)::float8 AS "atMs",
      ST_X(f.point) AS lng, ST_Y(f.point) AS lat, f.accuracy_m AS "accuracyM", f.speed_mps AS "speedMps"
    FROM (SELECT DISTINCT device_number FROM device_units
      WHERE station_id = ANY(${stationIds}::uuid[]) AND device_number = ANY(${deviceNumbers}::int4[])) AS d
    CROSS JOIN LATERAL (SELECT observed_at, point, accuracy_m, speed_mps FROM fixes
      WHERE device_number = d.device_number AND station_id = ANY(${stationIds}::uuid[])
      ORDER BY observed_at DESC LIMIT 1) AS f`);
}

/** What is stored around the time of a late fix; null where nothing is. `same…` is the fix of exactly that time. */
export interface Neighbours {
  beforeAtMs: number | null;
  beforeLng: number;
  beforeLat: number;
  beforeAccuracyM: number | null;
  beforeSpeedMps: number | null;
  afterAtMs: number | null;
  afterLng: number;
  afterLat: number;
  afterAccuracyM: number | null;
  sameLng: number | null;
  sameLat: number;
  sameSpeedMps: number | null;
  sameHeadingDeg: number | null;
  sameAccuracyM: number | null;
  sameAltitudeM: number | null;
  sameBatteryPct: number | null;
}

/**
 * What stands right before, right after and at these devices' times, one row each in the given order? By the key of
 * fixes; the outer bounds let the planner leave out all days but theirs.
 */
export function findNeighbours(
  transaction: Transaction,
  stationIds: readonly string[],
  late: { deviceNumber: Buffer; observedAt: Buffer; minAtMs: number; maxAtMs: number },
): Promise<Neighbours[]> {
  const from = new Date(late.minAtMs - neighbourWindowMs).toISOString();
  const to = new Date(late.maxAtMs + neighbourWindowMs).toISOString();
  const ofDevice = sql`f.device_number = late.device_number AND f.station_id = ANY(${stationIds}::uuid[])
    AND f.observed_at >= ${from}::timestamptz AND f.observed_at <= ${to}::timestamptz`;
  return transaction.query<Neighbours>(sql`
    SELECT (extract(epoch FROM before.observed_at) * 1000)::float8 AS "beforeAtMs", ST_X(before.point) AS "beforeLng", ST_Y(before.point) AS "beforeLat",
      before.accuracy_m AS "beforeAccuracyM", before.speed_mps AS "beforeSpeedMps",
      (extract(epoch FROM after.observed_at) * 1000)::float8 AS "afterAtMs", ST_X(after.point) AS "afterLng", ST_Y(after.point) AS "afterLat",
      after.accuracy_m AS "afterAccuracyM",
      ST_X(same.point) AS "sameLng", ST_Y(same.point) AS "sameLat", same.speed_mps AS "sameSpeedMps", same.heading_deg AS "sameHeadingDeg",
      same.accuracy_m AS "sameAccuracyM", same.altitude_m AS "sameAltitudeM", same.battery_pct AS "sameBatteryPct"
    FROM unnest(${late.deviceNumber}::int4[], ${late.observedAt}::timestamptz[]) WITH ORDINALITY AS late(device_number, at, place)
    LEFT JOIN LATERAL (SELECT f.* FROM fixes f WHERE ${ofDevice} AND f.observed_at < late.at
      AND f.observed_at >= late.at - ${neighbourWindowMs}::float8 * interval '1 millisecond' ORDER BY f.observed_at DESC LIMIT 1) AS before ON true
    LEFT JOIN LATERAL (SELECT f.* FROM fixes f WHERE ${ofDevice} AND f.observed_at > late.at
      AND f.observed_at <= late.at + ${neighbourWindowMs}::float8 * interval '1 millisecond' ORDER BY f.observed_at LIMIT 1) AS after ON true
    LEFT JOIN LATERAL (SELECT f.* FROM fixes f WHERE ${ofDevice} AND f.observed_at = late.at LIMIT 1) AS same ON true
    ORDER BY late.place`);
}

/** Counts fixes of off-duty units, per device and day of receipt; of the fixes themselves nothing is kept. */
export async function countOffDuty(
  transaction: Transaction,
  day: string,
  counts: readonly { stationId: string; deviceNumber: number; count: number }[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO device_days AS d (station_id, device_number, day, off_duty_count)
    SELECT station_id, device_number, ${day}::date, off_duty_count
    FROM unnest(${counts.map(({ stationId }) => stationId)}::uuid[], ${counts.map(({ deviceNumber }) => deviceNumber)}::int4[],
      ${counts.map(({ count }) => count)}::int4[]) AS c(station_id, device_number, off_duty_count)
    ON CONFLICT (device_number, day) DO UPDATE SET off_duty_count = d.off_duty_count + excluded.off_duty_count`);
}

export interface QuarantinedFix {
  stationId: string;
  deviceNumber: number;
  reason: string;
  /** null when the report gave no readable time. */
  observedAt: string | null;
  receivedAt: string;
  bodyHash: Buffer;
  body: string;
}

/**
 * Puts refused fixes in quarantine, at most `cap` a device and day of receipt; what is beyond is counted only, and a
 * repeat of what is there already changes nothing. By the primary keys of quarantined_fixes and device_days.
 */
export async function quarantineFixes(
  transaction: Transaction,
  day: string,
  cap: number,
  fixes: readonly QuarantinedFix[],
): Promise<void> {
  await transaction.execute(sql`
    WITH reported AS (
      SELECT DISTINCT ON (device_number, body_hash) *
      FROM unnest(${fixes.map(({ stationId }) => stationId)}::uuid[], ${fixes.map(({ deviceNumber }) => deviceNumber)}::int4[],
        ${fixes.map(({ reason }) => reason)}::text[], ${fixes.map(({ observedAt }) => observedAt)}::timestamptz[],
        ${fixes.map(({ receivedAt }) => receivedAt)}::timestamptz[], ${fixes.map(({ bodyHash }) => bodyHash)}::bytea[],
        ${fixes.map(({ body }) => body)}::text[])
        AS r(station_id, device_number, reason, observed_at, received_at, body_hash, body)
    ), unseen AS (
      SELECT r.*, coalesce(d.quarantined_count, 0) + row_number() OVER (PARTITION BY r.device_number ORDER BY r.received_at, r.body_hash) AS place
      FROM reported r
      LEFT JOIN device_days d ON d.device_number = r.device_number AND d.day = ${day}::date
      WHERE NOT EXISTS (SELECT 1 FROM quarantined_fixes q
        WHERE q.device_number = r.device_number AND q.day = ${day}::date AND q.body_hash = r.body_hash)
    ), stored AS (
      INSERT INTO quarantined_fixes (station_id, device_number, day, body_hash, reason, observed_at, received_at, body)
      SELECT station_id, device_number, ${day}::date, body_hash, reason, observed_at, received_at, body::jsonb FROM unseen WHERE place <= ${cap}
      ON CONFLICT DO NOTHING
    )
    INSERT INTO device_days AS d (station_id, device_number, day, quarantined_count, over_cap_count)
    SELECT station_id, device_number, ${day}::date, count(*) FILTER (WHERE place <= ${cap}), count(*) FILTER (WHERE place > ${cap})
    FROM unseen GROUP BY station_id, device_number ORDER BY device_number
    ON CONFLICT (device_number, day) DO UPDATE SET
      quarantined_count = d.quarantined_count + excluded.quarantined_count, over_cap_count = d.over_cap_count + excluded.over_cap_count`);
}

/** Makes the partitions of these UTC days (YYYY-MM-DD) where they are missing. */
export async function makeFixPartitions(transaction: Transaction, days: readonly string[]): Promise<void> {
  await transaction.execute(sql`SELECT make_fix_partition(day) FROM unnest(${days}::date[]) AS day ORDER BY day`);
}

/** The newest fix of every unit of these stations that is on duty; none where nothing was reported. By the primary key. */
export function loadLatestFixes(database: Database, stationIds: readonly string[]): Promise<LatestFix[]> {
  return database.inScope(stationIds, async (transaction) => {
    const rows = await transaction.query<
      Pick<RegistryUnit, 'stationId' | 'unitNumber' | 'kind'> & {
        lng: number;
        lat: number;
        speedMps: number | null;
        headingDeg: number | null;
        accuracyM: number | null;
        batteryPct: number | null;
        observedAtMs: number;
        receivedAtMs: number;
      }
    >(sql`
      SELECT u.station_id AS "stationId", u.number AS "unitNumber", u.kind, ST_X(l.point) AS lng, ST_Y(l.point) AS lat,
        l.speed_mps AS "speedMps", l.heading_deg AS "headingDeg", l.accuracy_m AS "accuracyM", l.battery_pct AS "batteryPct",
        (extract(epoch FROM l.observed_at) * 1000)::float8 AS "observedAtMs", (extract(epoch FROM l.received_at) * 1000)::float8 AS "receivedAtMs"
      FROM latest_fixes l JOIN units u ON u.station_id = l.station_id AND u.number = l.unit_number
      WHERE l.station_id = ANY(${stationIds}::uuid[]) AND u.duty_state = 'on'`);
    return rows.map(({ kind, speedMps, headingDeg, accuracyM, batteryPct, ...row }) => ({
      ...row,
      unitKind: kind,
      speedMps: speedMps ?? NaN,
      headingDeg: headingDeg ?? NaN,
      accuracyM: accuracyM ?? NaN,
      batteryPct: batteryPct ?? NaN,
    }));
  });
}
