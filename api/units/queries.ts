import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';
import type { UnitScope } from './unit-scope.ts';
import type { Unit } from './contract.ts';
import type { TrackFix } from './split-track.ts';

/** A unit with its newest fix, whose age the reader judges. */
export interface UnitRow extends Omit<Unit, 'lngLat' | 'at' | 'stale'> {
  lng: number | null;
  lat: number | null;
  observedAtMs: number | null;
}

/**
 * Which units are there, where were they last, who is on them now (all, or the one with this id)? By the primary keys of
 * units, latest_fixes and unit_equipment, and crews_unit_idx. Off duty, or where the viewer may not see exactly, there is
 * no place; a viewer of only their own units finds those.
 */
export async function findUnits(
  transaction: Transaction,
  { stationIds, wholeStationIds, placeStationIds, ownUnitIds, crewStationIds }: UnitScope,
  id?: string,
): Promise<UnitRow[]> {
  return transaction.query<UnitRow>(sql`
    SELECT u.id, u.station_id AS "stationId", u.number, u.call_sign AS "callSign", u.kind, u.duty_state AS "dutyState", u.version,
      round(ST_X(f.point)::numeric, 7)::float8 AS lng, round(ST_Y(f.point)::numeric, 7)::float8 AS lat,
      (extract(epoch FROM f.observed_at) * 1000)::float8 AS "observedAtMs",
      f.speed_mps AS "speedMps", f.heading_deg AS "headingDeg", f.accuracy_m AS "accuracyM", f.battery_pct AS "batteryPct",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('displayName', m.display_name, 'role', m.role) ORDER BY m.id), '[]')
        FROM crews c JOIN crew_members cm ON cm.crew_id = c.id JOIN members m ON m.id = cm.member_id
        WHERE c.unit_id = u.id AND c.station_id = ANY(${crewStationIds}::uuid[]) AND c.shift_starts_at <= now() AND c.shift_ends_at > now()) AS crew,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'quantity', e.quantity) ORDER BY e.kind), '[]')
        FROM unit_equipment e WHERE e.unit_id = u.id) AS equipment
    FROM units u
    LEFT JOIN latest_fixes f ON f.station_id = u.station_id AND f.unit_number = u.number
      AND u.duty_state = 'on' AND (u.station_id = ANY(${placeStationIds}::uuid[]) OR u.id = ANY(${ownUnitIds}::uuid[]))
    WHERE u.station_id = ANY(${stationIds}::uuid[])
      AND (u.station_id = ANY(${wholeStationIds}::uuid[]) OR u.id = ANY(${ownUnitIds}::uuid[]))
      ${id === undefined ? sql`` : sql`AND u.id = ${id}`}
    ORDER BY u.station_id, u.number`);
}

/** Whose track is asked for? null: no such unit in the scope. By the primary key. */
export async function findTrackedUnit(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<{ stationId: string; number: number; callSign: string; kind: UnitKind } | null> {
  const [row] = await transaction.query<{ stationId: string; number: number; callSign: string; kind: UnitKind }>(sql`
    SELECT station_id AS "stationId", number, call_sign AS "callSign", kind
    FROM units WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[])`);
  return row ?? null;
}

/** A span of time, in milliseconds since 1970: from ≤ time < to. */
export interface TimeSpan {
  from: number;
  to: number;
}

/** When was this member on this unit's crew, within the span? Empty: never. By crew_members_member_idx. */
export async function findShiftsOf(
  transaction: Transaction,
  unit: { id: string; stationId: string },
  memberId: string,
  { from, to }: TimeSpan,
): Promise<TimeSpan[]> {
  return transaction.query<TimeSpan>(sql`
    SELECT (extract(epoch FROM c.shift_starts_at) * 1000)::float8 AS "from", (extract(epoch FROM c.shift_ends_at) * 1000)::float8 AS "to"
    FROM crew_members cm JOIN crews c ON c.id = cm.crew_id
    WHERE cm.member_id = ${memberId} AND cm.station_id = ${unit.stationId} AND c.unit_id = ${unit.id}
      AND c.shift_starts_at < ${new Date(to).toISOString()}::timestamptz AND c.shift_ends_at > ${new Date(from).toISOString()}::timestamptz
    ORDER BY 1`);
}

/**
 * Where was this unit from … to (exclusive), by device and then time? By the key of fixes (device, time) for each device
 * that ever reported for the unit, in the days' partitions only.
 * @param within only fixes of these spans; undefined: all
 */
export async function findTrack(
  transaction: Transaction,
  unit: { stationId: string; number: number },
  { from, to }: TimeSpan,
  limit: number,
  within?: readonly TimeSpan[],
): Promise<TrackFix[]> {
  const iso = (ms: number) => new Date(ms).toISOString();
  return transaction.query<TrackFix>(sql`
    SELECT coalesce(d.name, f.device_number::text) AS device,
      round(ST_X(f.point)::numeric, 7)::float8 AS lng, round(ST_Y(f.point)::numeric, 7)::float8 AS lat,
      (extract(epoch FROM f.observed_at) * 1000)::float8 AS "observedAtMs"
    FROM device_units du
    JOIN fixes f ON f.device_number = du.device_number
    LEFT JOIN devices d ON d.number = du.device_number
    WHERE du.station_id = ${unit.stationId} AND du.unit_number = ${unit.number}
      AND f.station_id = ${unit.stationId} AND f.unit_number = ${unit.number}
      AND f.observed_at >= ${iso(from)}::timestamptz AND f.observed_at < ${iso(to)}::timestamptz
      ${
        within === undefined
          ? sql``
          : sql`AND EXISTS (SELECT 1 FROM unnest(${within.map((span) => iso(span.from))}::timestamptz[], ${within.map((span) => iso(span.to))}::timestamptz[])
              AS span(starts_at, ends_at) WHERE f.observed_at >= span.starts_at AND f.observed_at < span.ends_at)`
      }
    ORDER BY f.device_number, f.observed_at
    LIMIT ${limit}`);
}
