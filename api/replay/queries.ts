import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';

/** Which units have this call sign, and in which stations? By the unique key of station and call sign. */
export async function findUnitsByCallSign(
  transaction: Transaction,
  stationIds: readonly string[],
  callSign: string,
): Promise<{ unitId: string; stationId: string; station: string; dutyState: 'on' | 'off' }[]> {
  return transaction.query(sql`
    SELECT u.id AS "unitId", u.station_id AS "stationId", s.name AS station, u.duty_state AS "dutyState"
    FROM units u JOIN stations s ON s.id = u.station_id
    WHERE u.call_sign = ${callSign} AND u.station_id = ANY(${stationIds}::uuid[])`);
}

/** The unit's replay device is valid with this credential; there is one a unit, so that replays leave no heap of them. */
export async function openReplayDevice(
  transaction: Transaction,
  device: { id: string; stationId: string; unitId: string; name: string; tokenHash: string },
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO devices (id, station_id, name, unit_id, token_hash)
    VALUES (${device.id}, ${device.stationId}, ${device.name}, ${device.unitId}, decode(${device.tokenHash}, 'hex'))
    ON CONFLICT (station_id, name) DO UPDATE
      SET unit_id = excluded.unit_id, token_hash = excluded.token_hash, revoked_at = NULL`);
}

/** It is valid no more; its fixes and name stay in the track. */
export async function closeReplayDevice(
  transaction: Transaction,
  device: { stationId: string; name: string },
): Promise<void> {
  await transaction.execute(sql`
    UPDATE devices SET revoked_at = now(), token_hash = NULL WHERE station_id = ${device.stationId} AND name = ${device.name}`);
}
