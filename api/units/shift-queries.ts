import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';

export interface ShiftUnit {
  id: string;
  stationId: string;
  callSign: string;
  dutyState: 'on' | 'off';
}

/** The unit, locked until the transaction ends, so that two orders do not cross; null: none in the scope. By the primary key. */
export async function lockUnit(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<ShiftUnit | null> {
  const [row] = await transaction.query<ShiftUnit>(sql`
    SELECT id, station_id AS "stationId", call_sign AS "callSign", duty_state AS "dutyState"
    FROM units WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`);
  return row ?? null;
}

export interface CrewShift {
  id: string;
  startsAt: Date;
  endsAt: Date;
}

/**
 * The crew whose shift it is to start now: the one that runs, else the one that begins within `earlyMs` or ended within
 * `againMs`; of several the one whose middle is nearest. @param memberId only a crew that this member is in. By crews_unit_idx.
 */
export async function findCrewToStart(
  transaction: Transaction,
  unit: ShiftUnit,
  { earlyMs, againMs, memberId }: { earlyMs: number; againMs: number; memberId?: string | undefined },
): Promise<CrewShift | null> {
  const [row] = await transaction.query<CrewShift>(sql`
    SELECT c.id, c.shift_starts_at AS "startsAt", c.shift_ends_at AS "endsAt" FROM crews c
    WHERE c.unit_id = ${unit.id} AND c.station_id = ${unit.stationId}
      AND c.shift_starts_at <= now() + ${earlyMs}::float8 * interval '1 millisecond'
      AND c.shift_ends_at > now() - ${againMs}::float8 * interval '1 millisecond'
      AND (${memberId ?? null}::uuid IS NULL
        OR EXISTS (SELECT 1 FROM crew_members cm WHERE cm.crew_id = c.id AND cm.member_id = ${memberId ?? null}::uuid))
    ORDER BY (c.shift_starts_at <= now() AND c.shift_ends_at > now()) DESC,
      abs(extract(epoch FROM now() - (c.shift_starts_at + (c.shift_ends_at - c.shift_starts_at) / 2)))
    LIMIT 1`);
  return row ?? null;
}

/**
 * Puts the unit on duty until then, and the crew with it. A trigger keeps duty_periods.
 * @returns since when; null: since it was made
 */
export async function startShift(
  transaction: Transaction,
  unit: ShiftUnit,
  crew: CrewShift | null,
  endsAt: Date,
): Promise<{ startedAt: Date | null }> {
  await transaction.execute(sql`
    UPDATE units SET duty_state = 'on' WHERE id = ${unit.id} AND station_id = ${unit.stationId} AND duty_state = 'off'`);
  // One that was on duty since it was made has no period yet.
  const [period] = await transaction.query<{ startedAt: Date | null }>(sql`
    WITH open AS (
      UPDATE duty_periods SET planned_ends_at = ${endsAt.toISOString()}::timestamptz
      WHERE unit_id = ${unit.id} AND station_id = ${unit.stationId} AND ends_at IS NULL RETURNING starts_at
    ), made AS (
      INSERT INTO duty_periods (unit_id, station_id, starts_at, planned_ends_at)
      SELECT ${unit.id}, ${unit.stationId}, '-infinity', ${endsAt.toISOString()}::timestamptz WHERE NOT EXISTS (SELECT 1 FROM open)
      RETURNING starts_at
    )
    SELECT CASE WHEN isfinite(starts_at) THEN starts_at END AS "startedAt" FROM (SELECT * FROM open UNION ALL SELECT * FROM made) AS period`);
  if (crew)
    await transaction.execute(sql`
      UPDATE crews SET shift_starts_at = least(shift_starts_at, now()), shift_ends_at = ${endsAt.toISOString()}::timestamptz
      WHERE id = ${crew.id} AND station_id = ${unit.stationId}`);
  return { startedAt: period!.startedAt };
}

/** Takes the unit off duty now, and ends the shift of the crews on it. */
export async function endShift(transaction: Transaction, unit: Pick<ShiftUnit, 'id' | 'stationId'>): Promise<void> {
  await transaction.execute(
    sql`UPDATE units SET duty_state = 'off' WHERE id = ${unit.id} AND station_id = ${unit.stationId}`,
  );
  // A shift that began this very moment has to have a length.
  await transaction.execute(sql`
    UPDATE crews SET shift_ends_at = greatest(now(), shift_starts_at + interval '1 millisecond')
    WHERE unit_id = ${unit.id} AND station_id = ${unit.stationId} AND shift_starts_at <= now() AND shift_ends_at > now()`);
}

/**
 * Which units are on duty although their shift was to end hours ago (each station's own number)? Told by the planned end
 * of the duty period; where nobody said one, by the last shift of the unit's roster. A unit without either is one that no
 * roster puts people on. The demo's units are nobody. By duty_periods_overdue_idx and crews_unit_idx.
 */
export function findOverdueUnits(transaction: Transaction, stationIds: readonly string[]): Promise<ShiftUnit[]> {
  return transaction.query<ShiftUnit>(sql`
    SELECT u.id, u.station_id AS "stationId", u.call_sign AS "callSign", u.duty_state AS "dutyState"
    FROM units u
    JOIN stations s ON s.id = u.station_id AND NOT s.is_demo
    LEFT JOIN retention_settings r ON r.station_id = u.station_id
    LEFT JOIN duty_periods p ON p.unit_id = u.id AND p.ends_at IS NULL
    CROSS JOIN LATERAL (
      SELECT coalesce(p.planned_ends_at, (SELECT max(c.shift_ends_at) FROM crews c WHERE c.unit_id = u.id AND c.shift_starts_at <= now())) AS ends_at
    ) AS planned
    WHERE u.station_id = ANY(${stationIds}::uuid[]) AND u.duty_state = 'on'
      AND planned.ends_at < now() - make_interval(hours => coalesce(r.overdue_shift_hours, 2))
      -- Put on duty again after the roster's last shift: that shift says nothing of this one.
      AND (p.planned_ends_at IS NOT NULL OR p.starts_at IS NULL OR p.starts_at < planned.ends_at)
    ORDER BY u.station_id, u.number`);
}
