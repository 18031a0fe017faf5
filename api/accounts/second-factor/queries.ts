import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';

interface AccountKey {
  stationId: string;
  accountId: string;
}

export interface SecondFactorRow {
  sealedSecret: Buffer | null;
  confirmedAt: Date | null;
  pendingSecret: Buffer | null;
  pendingAt: Date | null;
  lastStep: number;
}

/** The authenticator of an account. null: never offered one. By the primary key. */
export async function findSecondFactor(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
): Promise<SecondFactorRow | null> {
  const [row] = await transaction.query<SecondFactorRow>(sql`
    SELECT sealed_secret AS "sealedSecret", confirmed_at AS "confirmedAt", pending_secret AS "pendingSecret",
      pending_at AS "pendingAt", last_step AS "lastStep"
    FROM second_factors WHERE station_id = ${stationId} AND account_id = ${accountId}`);
  return row ?? null;
}

export async function offerSecondFactor(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
  pendingSecret: Buffer,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO second_factors (account_id, station_id, pending_secret, pending_at)
    VALUES (${accountId}, ${stationId}, ${pendingSecret}, now())
    ON CONFLICT (account_id) DO UPDATE SET pending_secret = excluded.pending_secret, pending_at = excluded.pending_at`);
}

/** The offered authenticator becomes the account's. @returns whether there was this offer */
export async function confirmSecondFactor(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
  step: number,
  pendingSecret: Buffer,
): Promise<boolean> {
  const touched = await transaction.execute(sql`
    UPDATE second_factors SET sealed_secret = pending_secret, confirmed_at = now(), last_step = ${step},
      pending_secret = NULL, pending_at = NULL
    WHERE station_id = ${stationId} AND account_id = ${accountId} AND pending_secret = ${pendingSecret}`);
  return touched === 1;
}

/** Takes the step's code; of two at the same time one. @returns false: it, or a later one, was taken before */
export async function takeStep(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
  step: number,
): Promise<boolean> {
  const touched = await transaction.execute(sql`
    UPDATE second_factors SET last_step = ${step}
    WHERE station_id = ${stationId} AND account_id = ${accountId} AND last_step < ${step}`);
  return touched === 1;
}

/** @returns whether there was one */
export async function deleteSecondFactor(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
): Promise<boolean> {
  await transaction.execute(
    sql`DELETE FROM recovery_codes WHERE station_id = ${stationId} AND account_id = ${accountId}`,
  );
  return (
    (await transaction.execute(
      sql`DELETE FROM second_factors WHERE station_id = ${stationId} AND account_id = ${accountId}`,
    )) === 1
  );
}

/** These instead of those there were. */
export async function replaceRecoveryCodes(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
  hashes: readonly Buffer[],
): Promise<void> {
  await transaction.execute(
    sql`DELETE FROM recovery_codes WHERE station_id = ${stationId} AND account_id = ${accountId}`,
  );
  await transaction.execute(sql`
    INSERT INTO recovery_codes (account_id, station_id, code_hash)
    SELECT ${accountId}::uuid, ${stationId}::uuid, unnest(${hashes}::bytea[])`);
}

/** @returns false: there is no such code, or it was used before */
export async function takeRecoveryCode(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
  hash: Buffer,
): Promise<boolean> {
  const touched = await transaction.execute(sql`
    UPDATE recovery_codes SET used_at = now()
    WHERE station_id = ${stationId} AND account_id = ${accountId} AND code_hash = ${hash} AND used_at IS NULL`);
  return touched === 1;
}

export async function countRecoveryCodes(
  transaction: Transaction,
  { stationId, accountId }: AccountKey,
): Promise<number> {
  const [row] = await transaction.query<{ left: number }>(sql`
    SELECT count(*)::int AS "left" FROM recovery_codes
    WHERE station_id = ${stationId} AND account_id = ${accountId} AND used_at IS NULL`);
  return row?.left ?? 0;
}

/** Which second factors do these accounts have? Before there is a scope. By primary key and passkeys_account_idx. */
export async function findSecondFactorKinds(
  transaction: Transaction,
  accountIds: readonly string[],
): Promise<{ accountId: string; hasTotp: boolean; hasPasskey: boolean }[]> {
  return transaction.query(sql`
    SELECT account_id AS "accountId", has_totp AS "hasTotp", has_passkey AS "hasPasskey"
    FROM find_second_factors(${accountIds}::uuid[])`);
}
