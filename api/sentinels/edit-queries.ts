import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { SentinelKind } from './contract.ts';

export interface EditedSentinel {
  id: string;
  stationId: string;
  number: string;
  name: string;
  kind: SentinelKind;
  address: string | null;
  lngLat: [number, number];
  qrCode: string;
  version: number;
}

/** A sentinel point as it stands, locked until the transaction ends; null: there is none in these stations. By the primary key. */
export async function lockSentinel(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<EditedSentinel | null> {
  const [row] = await transaction.query<Omit<EditedSentinel, 'lngLat'> & { lng: number; lat: number }>(sql`
    SELECT id, station_id AS "stationId", number, name, kind, address, ST_X(point) AS lng, ST_Y(point) AS lat,
      qr_code AS "qrCode", version
    FROM sentinels WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`);
  if (!row) return null;
  const { lng, lat, ...sentinel } = row;
  return { ...sentinel, lngLat: [lng, lat] };
}

export async function insertSentinel(
  transaction: Transaction,
  sentinel: Omit<EditedSentinel, 'version'>,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO sentinels (id, station_id, number, name, kind, address, point, qr_code)
    VALUES (${sentinel.id}, ${sentinel.stationId}, ${sentinel.number}, ${sentinel.name}, ${sentinel.kind}, ${sentinel.address},
      ST_SetSRID(ST_MakePoint(${sentinel.lngLat[0]}, ${sentinel.lngLat[1]}), 4326), ${sentinel.qrCode})`);
}

export async function updateSentinel(transaction: Transaction, sentinel: EditedSentinel): Promise<void> {
  await transaction.execute(sql`
    UPDATE sentinels SET number = ${sentinel.number}, name = ${sentinel.name}, kind = ${sentinel.kind}, address = ${sentinel.address},
      point = ST_SetSRID(ST_MakePoint(${sentinel.lngLat[0]}, ${sentinel.lngLat[1]}), 4326), qr_code = ${sentinel.qrCode}
    WHERE id = ${sentinel.id} AND station_id = ${sentinel.stationId}`);
}

/** Who goes with a sentinel point: its members, and of them those who are on shifts or have an account. By members_sentinel_idx. */
export async function countSentinelMembers(
  transaction: Transaction,
  stationId: string,
  id: string,
): Promise<Record<string, number>> {
  const [row] = await transaction.query<Record<string, number>>(sql`
    SELECT count(*) AS members,
      (SELECT count(*) FROM crew_members cm JOIN members m ON m.id = cm.member_id WHERE m.sentinel_id = ${id}) AS shifts,
      (SELECT count(*) FROM accounts a JOIN members m ON m.id = a.member_id WHERE m.sentinel_id = ${id}) AS accounts
    FROM members WHERE sentinel_id = ${id} AND station_id = ${stationId}`);
  return row ?? {};
}

export async function deleteSentinel(transaction: Transaction, stationId: string, id: string): Promise<void> {
  await transaction.execute(sql`DELETE FROM sentinels WHERE id = ${id} AND station_id = ${stationId}`);
}
