import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Station } from './contract.ts';

export type EditedStation = Pick<Station, 'id' | 'parentId' | 'kind' | 'name' | 'timeZone' | 'version'>;

/**
 * These stations as they stand, locked until the transaction ends, so that two moves at a time make no circle. By the
 * primary key.
 */
export async function lockStations(transaction: Transaction, stationIds: readonly string[]): Promise<EditedStation[]> {
  return transaction.query<EditedStation>(sql`
    SELECT id, parent_id AS "parentId", kind, name, time_zone AS "timeZone", version
    FROM stations WHERE id = ANY(${stationIds}::uuid[]) ORDER BY id FOR UPDATE`);
}

export async function updateStation(transaction: Transaction, station: Omit<EditedStation, 'version'>): Promise<void> {
  await transaction.execute(sql`
    UPDATE stations SET parent_id = ${station.parentId}, kind = ${station.kind}, name = ${station.name}, time_zone = ${station.timeZone}
    WHERE id = ${station.id}`);
}

/** What belongs to this station, counted by noun; fixes of its units as 0 or 1. By the indexes that begin with the station. */
export async function countStationRows(transaction: Transaction, id: string): Promise<Record<string, number>> {
  const [row] = await transaction.query<Record<string, number>>(sql`
    SELECT (SELECT count(*) FROM stations WHERE parent_id = ${id}) AS stations,
      (SELECT count(*) FROM accounts WHERE station_id = ${id}) AS accounts,
      (SELECT count(*) FROM account_roles WHERE station_id = ${id}) AS roles,
      (SELECT count(*) FROM members WHERE station_id = ${id}) AS members,
      (SELECT count(*) FROM sentinels WHERE station_id = ${id}) AS sentinels,
      (SELECT count(*) FROM grids WHERE station_id = ${id}) AS grids,
      (SELECT count(*) FROM units WHERE station_id = ${id}) AS units,
      (SELECT count(*) FROM devices WHERE station_id = ${id}) AS devices,
      (SELECT count(*) FROM gateways WHERE station_id = ${id}) AS gateways,
      (SELECT count(*) FROM incidents WHERE station_id = ${id}) AS incidents,
      (SELECT count(DISTINCT unit_number) FROM device_units WHERE station_id = ${id}) AS tracks`);
  return row ?? {};
}

export async function deleteStation(transaction: Transaction, id: string): Promise<void> {
  await transaction.execute(sql`DELETE FROM stations WHERE id = ${id}`);
}
