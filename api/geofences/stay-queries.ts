import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';

/** On which side of a geofence a unit is known to be. */
export interface Stay {
  stationId: string;
  geofenceId: string;
  unitId: string;
  unitNumber: number;
  isInside: boolean;
  sinceMs: number;
  isDwellTold: boolean;
}

/** Where are the units on duty, as it was known last? By geofence_stays_station_idx. */
export function findStays(transaction: Transaction, stationIds: readonly string[]): Promise<Stay[]> {
  return transaction.query<Stay>(sql`
    SELECT t.station_id AS "stationId", t.geofence_id AS "geofenceId", t.unit_id AS "unitId", u.number AS "unitNumber",
      t.is_inside AS "isInside", (extract(epoch FROM t.since) * 1000)::float8 AS "sinceMs", t.dwell_raised_at IS NOT NULL AS "isDwellTold"
    FROM geofence_stays t JOIN units u ON u.id = t.unit_id
    WHERE t.station_id = ANY(${stationIds}::uuid[]) AND u.duty_state = 'on'`);
}

/** A side was decided. @returns false: the unit or the geofence is gone. By the primary key. */
export async function putStay(
  transaction: Transaction,
  stay: { stationId: string; geofenceId: string; unitId: string; isInside: boolean; sinceMs: number },
): Promise<boolean> {
  const written = await transaction.execute(sql`
    INSERT INTO geofence_stays (geofence_id, unit_id, station_id, is_inside, since)
    SELECT f.id, u.id, f.station_id, ${stay.isInside}, ${new Date(stay.sinceMs).toISOString()}::timestamptz
    FROM geofences f JOIN units u ON u.station_id = f.station_id
    WHERE f.id = ${stay.geofenceId} AND u.id = ${stay.unitId} AND f.station_id = ${stay.stationId}
    ON CONFLICT (geofence_id, unit_id) DO UPDATE SET is_inside = excluded.is_inside, since = excluded.since, dwell_raised_at = NULL`);
  return written > 0;
}

/** The stay has raised its alert. @returns false: the unit has left, or the geofence is gone. By the primary key. */
export async function noteDwell(
  transaction: Transaction,
  { stationId, geofenceId, unitId }: { stationId: string; geofenceId: string; unitId: string },
): Promise<boolean> {
  const noted = await transaction.execute(sql`
    UPDATE geofence_stays SET dwell_raised_at = clock_timestamp()
    WHERE geofence_id = ${geofenceId} AND unit_id = ${unitId} AND station_id = ${stationId} AND is_inside`);
  return noted > 0;
}

/**
 * Off duty is off the record: where the units were is forgotten, and what their whereabouts had raised is over. By
 * geofence_stays_unit_idx and alerts_open_cause_key.
 * @param unitId null: all units that are off duty or gone
 */
export async function forgetOffDuty(
  transaction: Transaction,
  stationIds: readonly string[],
  unitId: string | null,
): Promise<number> {
  const isIt = (unit: ReturnType<typeof sql>) =>
    unitId === null
      ? sql`NOT EXISTS (SELECT FROM units u WHERE u.id::text = ${unit} AND u.duty_state = 'on')`
      : sql`${unit} = ${unitId}`;
  await transaction.execute(
    sql`DELETE FROM geofence_stays WHERE station_id = ANY(${stationIds}::uuid[]) AND ${isIt(sql`unit_id::text`)}`,
  );
  // The cause names the unit also when its row, and with it unit_id, is gone.
  return transaction.execute(sql`
    UPDATE alerts SET resolved_at = clock_timestamp()
    WHERE station_id = ANY(${stationIds}::uuid[]) AND resolved_at IS NULL
      AND kind IN ('unitStale', 'geofenceEnter', 'geofenceLeave', 'geofenceDwell')
      AND ${isIt(sql`right(cause, 36)`)}`);
}
