import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';
import type { DutyState } from './contract.ts';

export interface UnitBody {
  id: string;
  number: number;
  callSign: string;
  kind: UnitKind;
  dutyState: DutyState;
}

export interface KnownUnit extends UnitBody {
  equipment: { kind: string; quantity: number }[];
}

/** All units of the station as an import compares them. By the unique key of station and number. */
export async function findKnownUnits(transaction: Transaction, stationId: string): Promise<KnownUnit[]> {
  return transaction.query<KnownUnit>(sql`
    SELECT u.id, u.number, u.call_sign AS "callSign", u.kind, u.duty_state AS "dutyState",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'quantity', e.quantity)), '[]')
        FROM unit_equipment e WHERE e.unit_id = u.id) AS equipment
    FROM units u WHERE u.station_id = ${stationId}`);
}

export interface DeviceBody {
  id: string;
  name: string;
  unitId: string;
  /** SHA-256 of the credential in hex. */
  tokenHash: string;
}

export interface KnownDevice {
  id: string;
  name: string;
  unitId: string | null;
  tokenHash: string | null;
}

/** All devices of the station. By the unique key of station and name. */
export async function findKnownDevices(transaction: Transaction, stationId: string): Promise<KnownDevice[]> {
  return transaction.query<KnownDevice>(sql`
    SELECT id, name, unit_id AS "unitId", encode(token_hash, 'hex') AS "tokenHash"
    FROM devices WHERE station_id = ${stationId}`);
}

/** Which of these credentials are in use in any station? By the look-up of credentials, which tells nothing else of them. */
export async function findUsedTokens(transaction: Transaction, tokenHashes: readonly string[]): Promise<string[]> {
  const rows = await transaction.query<{ tokenHash: string }>(sql`
    SELECT given.hash AS "tokenHash" FROM unnest(${tokenHashes}::text[]) AS given (hash)
    WHERE EXISTS (SELECT 1 FROM find_credential(decode(given.hash, 'hex')))`);
  return rows.map(({ tokenHash }) => tokenHash);
}

/** The next unit number of the station. */
export async function findNextUnitNumber(transaction: Transaction, stationId: string): Promise<number> {
  const [row] = await transaction.query<{ next: number }>(
    sql`SELECT next_unit_number AS next FROM stations WHERE id = ${stationId}`,
  );
  if (!row) throw new Error(`station ${stationId} is gone`);
  return row.next;
}

/** Numbers below this one are given. */
export async function raiseNextUnitNumber(transaction: Transaction, stationId: string, next: number): Promise<void> {
  await transaction.execute(
    sql`UPDATE stations SET next_unit_number = greatest(next_unit_number, ${next}::integer) WHERE id = ${stationId}`,
  );
}

/** New units, and known ones (same id) as given; a unit keeps its number for ever. */
export async function upsertUnits(
  transaction: Transaction,
  stationId: string,
  units: readonly UnitBody[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO units (id, station_id, number, call_sign, kind, duty_state)
    SELECT id, ${stationId}, number, call_sign, kind, duty_state
    FROM unnest(${units.map(({ id }) => id)}::uuid[], ${units.map(({ number }) => number)}::integer[],
      ${units.map(({ callSign }) => callSign)}::text[], ${units.map(({ kind }) => kind)}::text[],
      ${units.map(({ dutyState }) => dutyState)}::text[]) AS incoming (id, number, call_sign, kind, duty_state)
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, duty_state = excluded.duty_state`);
}

/** What these units carry becomes exactly this. */
export async function replaceEquipment(
  transaction: Transaction,
  stationId: string,
  unitIds: readonly string[],
  equipment: readonly { unitId: string; kind: string; quantity: number }[],
): Promise<void> {
  await transaction.execute(
    sql`DELETE FROM unit_equipment WHERE station_id = ${stationId} AND unit_id = ANY(${unitIds}::uuid[])`,
  );
  await transaction.execute(sql`
    INSERT INTO unit_equipment (unit_id, station_id, kind, quantity)
    SELECT unit_id, ${stationId}, kind, quantity
    FROM unnest(${equipment.map(({ unitId }) => unitId)}::uuid[], ${equipment.map(({ kind }) => kind)}::text[],
      ${equipment.map(({ quantity }) => quantity)}::integer[]) AS incoming (unit_id, kind, quantity)`);
}

/** New devices, and known ones (same id) with the unit and credential given. */
export async function upsertDevices(
  transaction: Transaction,
  stationId: string,
  devices: readonly DeviceBody[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO devices (id, station_id, name, unit_id, token_hash)
    SELECT id, ${stationId}, name, unit_id, decode(token_hash, 'hex')
    FROM unnest(${devices.map(({ id }) => id)}::uuid[], ${devices.map(({ name }) => name)}::text[],
      ${devices.map(({ unitId }) => unitId)}::uuid[], ${devices.map(({ tokenHash }) => tokenHash)}::text[])
      AS incoming (id, name, unit_id, token_hash)
    ON CONFLICT (id) DO UPDATE SET unit_id = excluded.unit_id, token_hash = excluded.token_hash`);
}
