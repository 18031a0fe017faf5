import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Noun } from '../contract.ts';
import type { Token } from './contract.ts';

export interface HeldTokenRow {
  tokenId: string;
  accountId: string;
  stationId: string;
  nouns: Noun[] | null;
  lastUsedAt: Date | null;
}

/** Whose token is this? null: unknown, revoked or expired. Before there is a scope. By personal_tokens_token_hash_key. */
export async function findHeldToken(transaction: Transaction, tokenHash: Buffer): Promise<HeldTokenRow | null> {
  const [row] = await transaction.query<HeldTokenRow>(sql`
    SELECT token_id AS "tokenId", account_id AS "accountId", station_id AS "stationId", nouns, last_used_at AS "lastUsedAt"
    FROM find_personal_tokens(ARRAY[${tokenHash}::bytea])`);
  return row ?? null;
}

export async function touchToken(transaction: Transaction, stationId: string, id: string): Promise<void> {
  await transaction.execute(
    sql`UPDATE personal_tokens SET last_used_at = now() WHERE id = ${id} AND station_id = ${stationId}`,
  );
}

/** The tokens of an account that hold, newest first. By personal_tokens_account_idx. */
export async function findTokens(transaction: Transaction, stationId: string, accountId: string): Promise<Token[]> {
  return transaction.query<Token>(sql`
    SELECT id, name, nouns, to_json(created_at) #>> '{}' AS "createdAt", to_json(expires_at) #>> '{}' AS "expiresAt",
      to_json(last_used_at) #>> '{}' AS "lastUsedAt"
    FROM personal_tokens WHERE account_id = ${accountId} AND station_id = ${stationId} AND expires_at > now()
    ORDER BY created_at DESC, id DESC`);
}

export async function insertToken(
  transaction: Transaction,
  token: {
    id: string;
    stationId: string;
    accountId: string;
    name: string;
    tokenHash: Buffer;
    nouns: readonly Noun[] | null;
    expiresAt: Date;
  },
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO personal_tokens (id, station_id, account_id, name, token_hash, nouns, expires_at)
    VALUES (${token.id}, ${token.stationId}, ${token.accountId}, ${token.name}, ${token.tokenHash}, ${token.nouns}::text[],
      ${token.expiresAt.toISOString()}::timestamptz)`);
}

/** Deletes one token of an account, and those of it that have expired. The name of the one; null: there is none such. */
export async function deleteToken(
  transaction: Transaction,
  owner: { stationId: string; accountId: string },
  id: string,
): Promise<string | null> {
  const rows = await transaction.query<{ id: string; name: string }>(sql`
    DELETE FROM personal_tokens WHERE account_id = ${owner.accountId} AND station_id = ${owner.stationId}
      AND (id = ${id} OR expires_at <= now()) RETURNING id, name`);
  return rows.find((row) => row.id === id)?.name ?? null;
}
