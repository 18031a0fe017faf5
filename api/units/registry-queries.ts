import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';
import { knownDutyDays } from './is-on-duty.ts';

export interface RegistryUnitRow {
  unitId: string;
  stationId: string;
  unitNumber: number;
  callSign: string;
  kind: UnitKind;
  dutyState: 'on' | 'off';
  dutyPeriods: number[];
}

export interface RegistryDeviceRow {
  deviceNumber: number;
  stationId: string;
  name: string;
  unitId: string | null;
  tokenHash: string | null;
  /** The token before this one and until when it holds; null: it does not. */
  previousTokenHash: string | null;
  previousUntilMs: number | null;
}

export interface RegistryGatewayRow {
  gatewayId: string;
  stationId: string;
  tokenHash: string;
  previousTokenHash: string | null;
  previousUntilMs: number | null;
}

const previousToken = sql`encode(previous_token_hash, 'hex') AS "previousTokenHash",
      (extract(epoch FROM previous_valid_until) * 1000)::float8 AS "previousUntilMs"`;

/** How often has the base data of these stations changed, by noun? Reads one small table. */
export function findRevisions(
  transaction: Transaction,
  stationIds: readonly string[],
): Promise<{ stationId: string; noun: string; revision: number }[]> {
  return transaction.query(
    sql`SELECT station_id AS "stationId", noun, revision FROM revisions WHERE station_id = ANY(${stationIds}::uuid[])`,
  );
}

/** All units of these stations; none when a station has none. By units_station_id_number_key and the key of duty_periods. */
export function findRegistryUnits(transaction: Transaction, stationIds: readonly string[]): Promise<RegistryUnitRow[]> {
  return transaction.query(sql`
    SELECT u.id AS "unitId", u.station_id AS "stationId", u.number AS "unitNumber", u.call_sign AS "callSign", u.kind, u.duty_state AS "dutyState",
      ARRAY(SELECT ms FROM duty_periods p,
        unnest(ARRAY[extract(epoch FROM p.starts_at) * 1000, coalesce(extract(epoch FROM p.ends_at) * 1000, 'Infinity')]::float8[]) AS ms
        WHERE p.unit_id = u.id AND (p.ends_at IS NULL OR p.ends_at > now() - ${knownDutyDays}::integer * interval '1 day')
        ORDER BY ms) AS "dutyPeriods"
    FROM units u WHERE u.station_id = ANY(${stationIds}::uuid[])`);
}

/** The devices of these stations that are not revoked. By devices_station_id_name_key. */
export function findRegistryDevices(
  transaction: Transaction,
  stationIds: readonly string[],
): Promise<RegistryDeviceRow[]> {
  return transaction.query(sql`
    SELECT number AS "deviceNumber", station_id AS "stationId", name, unit_id AS "unitId", encode(token_hash, 'hex') AS "tokenHash", ${previousToken}
    FROM devices WHERE station_id = ANY(${stationIds}::uuid[]) AND revoked_at IS NULL`);
}

/** The gateways of these stations that are not revoked. By gateways_station_id_name_key. */
export function findRegistryGateways(
  transaction: Transaction,
  stationIds: readonly string[],
): Promise<RegistryGatewayRow[]> {
  return transaction.query(sql`
    SELECT id AS "gatewayId", station_id AS "stationId", encode(token_hash, 'hex') AS "tokenHash", ${previousToken}
    FROM gateways WHERE station_id = ANY(${stationIds}::uuid[]) AND revoked_at IS NULL`);
}
