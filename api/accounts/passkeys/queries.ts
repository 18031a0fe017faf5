import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Passkey } from '../contract.ts';

interface AccountKey {
  stationId: string;
  accountId: string;
}

/** The passkeys of an account, oldest first. By passkeys_account_idx. */
export async function listPasskeys(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
): Promise<(Passkey & { credentialId: string; transports: string[] })[]> {
  const rows = await transaction.query<{
    id: string;
    credentialId: Buffer;
    transports: string[];
    name: string;
    isBackedUp: boolean;
    createdAt: Date;
    lastUsedAt: Date | null;
  }>(sql`
    SELECT id, credential_id AS "credentialId", transports, name, is_backed_up AS "isBackedUp", created_at AS "createdAt",
      last_used_at AS "lastUsedAt"
    FROM passkeys WHERE station_id = ${stationId} AND account_id = ${accountId} ORDER BY created_at, id`);
  return rows.map(({ createdAt, lastUsedAt, credentialId, ...row }) => ({
    ...row,
    credentialId: credentialId.toString('base64url'),
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}

export interface NewPasskey extends AccountKey {
  id: string;
  credentialId: Uint8Array;
  publicKey: Uint8Array;
  counter: number;
  transports: readonly string[];
  name: string;
  isBackedUp: boolean;
}

/** @returns false: this passkey is known already */
export async function insertPasskey(transaction: Transaction, passkey: NewPasskey): Promise<boolean> {
  const inserted = await transaction.execute(sql`
    INSERT INTO passkeys (id, station_id, account_id, credential_id, public_key, counter, transports, name, is_backed_up)
    VALUES (${passkey.id}, ${passkey.stationId}, ${passkey.accountId}, ${Buffer.from(passkey.credentialId)},
      ${Buffer.from(passkey.publicKey)}, ${passkey.counter}, ${passkey.transports}::text[], ${passkey.name}, ${passkey.isBackedUp})
    ON CONFLICT (credential_id) DO NOTHING`);
  return inserted === 1;
}

export interface PasskeyRow extends AccountKey {
  id: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  isDisabled: boolean;
}

/** Whose passkey is this? null: nobody's. Before there is a scope. By passkeys_credential_id_key. */
export async function findPasskey(transaction: Transaction, credentialId: Buffer): Promise<PasskeyRow | null> {
  const [row] = await transaction.query<PasskeyRow>(sql`
    SELECT id, account_id AS "accountId", station_id AS "stationId", public_key AS "publicKey", counter, transports,
      is_disabled AS "isDisabled"
    FROM find_passkey(${credentialId})`);
  return row ?? null;
}

/** Notes a use. @returns false: the passkey was removed, or the counter had moved on meanwhile (a copy, or the same answer twice) */
export async function usePasskey(
  transaction: Transaction,
  { stationId, id, counter }: Pick<PasskeyRow, 'stationId' | 'id' | 'counter'>,
  newCounter: number,
): Promise<boolean> {
  const touched = await transaction.execute(sql`
    UPDATE passkeys SET counter = ${newCounter}, last_used_at = now()
    WHERE station_id = ${stationId} AND id = ${id} AND counter = ${counter}`);
  return touched === 1;
}

/** @returns whether the account has it */
export async function renamePasskey(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
  id: string,
  name: string,
): Promise<boolean> {
  const touched = await transaction.execute(sql`
    UPDATE passkeys SET name = ${name} WHERE station_id = ${stationId} AND account_id = ${accountId} AND id = ${id}`);
  return touched === 1;
}

/** @returns whether the account had it */
export async function deletePasskey(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
  id: string,
): Promise<boolean> {
  const deleted = await transaction.execute(
    sql`DELETE FROM passkeys WHERE station_id = ${stationId} AND account_id = ${accountId} AND id = ${id}`,
  );
  return deleted === 1;
}
