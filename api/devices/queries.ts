import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import type { Device, Gateway } from './contract.ts';

/** What devices and gateways have alike. */
const credentialState = sql`to_json(revoked_at) #>> '{}' AS "revokedAt",
  CASE WHEN previous_valid_until > now() THEN to_json(previous_valid_until) #>> '{}' END AS "previousTokenUntil", version`;

/** The devices of these stations (all, or the one with this id). By devices_station_id_name_key or the primary key. */
export async function findDevices(
  transaction: Transaction,
  stationIds: readonly string[],
  id?: string,
): Promise<Device[]> {
  return transaction.query<Device>(sql`
    SELECT d.id, d.station_id AS "stationId", d.name, d.unit_id AS "unitId", d.token_hash IS NOT NULL AS "hasToken",
      (SELECT to_json(max(f.received_at)) #>> '{}' FROM latest_fixes f
        WHERE f.station_id = d.station_id AND f.device_number = d.number) AS "lastHeardAt", ${credentialState}
    FROM devices d WHERE d.station_id = ANY(${stationIds}::uuid[]) ${id === undefined ? sql`` : sql`AND d.id = ${id}`}
    ORDER BY d.station_id, d.name`);
}

/** The gateways of these stations (all, or the one with this id). By gateways_station_id_name_key or the primary key. */
export async function findGateways(
  transaction: Transaction,
  stationIds: readonly string[],
  id?: string,
): Promise<Gateway[]> {
  return transaction.query<Gateway>(sql`
    SELECT id, station_id AS "stationId", name, ${credentialState}
    FROM gateways WHERE station_id = ANY(${stationIds}::uuid[]) ${id === undefined ? sql`` : sql`AND id = ${id}`}
    ORDER BY station_id, name`);
}

/** Locks one of them until the transaction ends. By the primary key. */
export async function lockSender(
  transaction: Transaction,
  kind: 'device' | 'gateway',
  stationIds: readonly string[],
  id: string,
): Promise<void> {
  const one = sql`id = ${id} AND station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`;
  await transaction.query(
    kind === 'device' ? sql`SELECT FROM devices WHERE ${one}` : sql`SELECT FROM gateways WHERE ${one}`,
  );
}

/** Is this a unit of the station? By the primary key. */
export async function isUnitOf(transaction: Transaction, stationId: string, unitId: string): Promise<boolean> {
  const rows = await transaction.query(sql`SELECT FROM units WHERE id = ${unitId} AND station_id = ${stationId}`);
  return rows.length > 0;
}

/** @param tokenHash in hex; null: it reports through a gateway only */
export async function insertDevice(
  transaction: Transaction,
  device: Pick<Device, 'id' | 'stationId' | 'name' | 'unitId'>,
  tokenHash: string | null,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO devices (id, station_id, name, unit_id, token_hash)
    VALUES (${device.id}, ${device.stationId}, ${device.name}, ${device.unitId}, decode(${tokenHash}, 'hex'))`);
}

export async function insertGateway(
  transaction: Transaction,
  gateway: Pick<Gateway, 'id' | 'stationId' | 'name'>,
  tokenHash: string,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO gateways (id, station_id, name, token_hash)
    VALUES (${gateway.id}, ${gateway.stationId}, ${gateway.name}, decode(${tokenHash}, 'hex'))`);
}

export async function updateDevice(
  transaction: Transaction,
  device: Pick<Device, 'id' | 'stationId' | 'name' | 'unitId'>,
): Promise<void> {
  await transaction.execute(sql`
    UPDATE devices SET name = ${device.name}, unit_id = ${device.unitId} WHERE id = ${device.id} AND station_id = ${device.stationId}`);
}

export async function updateGateway(
  transaction: Transaction,
  gateway: Pick<Gateway, 'id' | 'stationId' | 'name'>,
): Promise<void> {
  await transaction.execute(
    sql`UPDATE gateways SET name = ${gateway.name} WHERE id = ${gateway.id} AND station_id = ${gateway.stationId}`,
  );
}

type Sender = { kind: 'device' | 'gateway'; id: string; stationId: string };

const change = ({ kind, id, stationId }: Sender, set: Statement): Statement =>
  kind === 'device'
    ? sql`UPDATE devices SET ${set} WHERE id = ${id} AND station_id = ${stationId}`
    : sql`UPDATE gateways SET ${set} WHERE id = ${id} AND station_id = ${stationId}`;

/** Another credential from now on; the present one holds so many seconds longer, unless it was revoked. A revoked sender reports again. */
export async function replaceToken(
  transaction: Transaction,
  sender: Sender,
  tokenHash: string,
  graceSeconds: number,
): Promise<void> {
  const isGraced = sql`${graceSeconds}::integer > 0 AND revoked_at IS NULL AND token_hash IS NOT NULL`;
  await transaction.execute(
    change(
      sender,
      sql`previous_token_hash = CASE WHEN ${isGraced} THEN token_hash END,
        previous_valid_until = CASE WHEN ${isGraced} THEN now() + make_interval(secs => ${graceSeconds}::integer) END,
        token_hash = decode(${tokenHash}, 'hex'), revoked_at = NULL`,
    ),
  );
}

/** Neither its credential nor the one before is honoured from now on. */
export async function revokeSender(transaction: Transaction, sender: Sender): Promise<void> {
  await transaction.execute(
    change(
      sender,
      sql`revoked_at = coalesce(revoked_at, now()), previous_token_hash = NULL, previous_valid_until = NULL`,
    ),
  );
}
