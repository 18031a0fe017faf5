import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';

export interface EditedUnit {
  id: string;
  stationId: string;
  number: number;
  callSign: string;
  kind: UnitKind;
  version: number;
}

/** A unit as it stands, locked until the transaction ends; null: there is none in these stations. By the primary key. */
export async function lockUnit(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<EditedUnit | null> {
  const [row] = await transaction.query<EditedUnit>(sql`
    SELECT id, station_id AS "stationId", number, call_sign AS "callSign", kind, version
    FROM units WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`);
  return row ?? null;
}

/** A new unit, off duty, with the station's next number, which is never given again. */
export async function insertUnit(
  transaction: Transaction,
  unit: Pick<EditedUnit, 'id' | 'stationId' | 'callSign' | 'kind'>,
): Promise<void> {
  await transaction.execute(sql`
    WITH given AS (
      UPDATE stations SET next_unit_number = next_unit_number + 1 WHERE id = ${unit.stationId} RETURNING next_unit_number - 1 AS number
    )
    INSERT INTO units (id, station_id, number, call_sign, kind, duty_state)
    SELECT ${unit.id}, ${unit.stationId}, number, ${unit.callSign}, ${unit.kind}, 'off' FROM given`);
}

export async function updateUnit(transaction: Transaction, unit: EditedUnit): Promise<void> {
  await transaction.execute(sql`
    UPDATE units SET call_sign = ${unit.callSign}, kind = ${unit.kind} WHERE id = ${unit.id} AND station_id = ${unit.stationId}`);
}

/** What goes with a unit: its shifts; its devices lose it; its tracks are no longer found, and go after their time. */
export async function countUnitUses(transaction: Transaction, unit: EditedUnit): Promise<Record<string, number>> {
  const [row] = await transaction.query<Record<string, number>>(sql`
    SELECT (SELECT count(*) FROM crews WHERE unit_id = ${unit.id}) AS shifts,
      (SELECT count(*) FROM devices WHERE unit_id = ${unit.id}) AS devices,
      (SELECT count(*) FROM device_units WHERE station_id = ${unit.stationId} AND unit_number = ${unit.number}) AS tracks`);
  return row ?? {};
}

export async function deleteUnit(transaction: Transaction, unit: EditedUnit): Promise<void> {
  await transaction.execute(
    sql`DELETE FROM latest_fixes WHERE station_id = ${unit.stationId} AND unit_number = ${unit.number}`,
  );
  await transaction.execute(sql`DELETE FROM units WHERE id = ${unit.id} AND station_id = ${unit.stationId}`);
}
