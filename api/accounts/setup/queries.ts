import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';

/** Whether any open account may administer. Before there is a scope. */
export async function hasAdministrator(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.query<{ has: boolean }>(sql`SELECT has_administrator() AS has`);
  return row?.has ?? false;
}

/** A new link instead of those not used yet. As the owner: the app role has no right to make one. */
export async function replaceSetupLink(transaction: Transaction, tokenHash: Buffer, expiresAt: Date): Promise<void> {
  await transaction.execute(sql`DELETE FROM setup_links WHERE used_at IS NULL`);
  await transaction.execute(
    sql`INSERT INTO setup_links (token_hash, expires_at) VALUES (${tokenHash}, ${expiresAt.toISOString()}::timestamptz)`,
  );
}

/** When does this link end? null: it is unknown, used or has ended. By the primary key. */
export async function findSetupLink(transaction: Transaction, tokenHash: Buffer): Promise<Date | null> {
  const [row] = await transaction.query<{ expiresAt: Date }>(
    sql`SELECT expires_at AS "expiresAt" FROM find_setup_link(${tokenHash})`,
  );
  return row?.expiresAt ?? null;
}

/** Uses the link up. @returns false: somebody did before, or it does not hold */
export async function takeSetupLink(transaction: Transaction, tokenHash: Buffer): Promise<boolean> {
  const [row] = await transaction.query<{ taken: boolean }>(sql`SELECT take_setup_link(${tokenHash}) AS taken`);
  return row?.taken ?? false;
}

/** The stations at the top, the oldest real one first and a demo's last. */
export async function listRoots(
  transaction: Transaction,
  stationIds: readonly string[],
): Promise<{ id: string; name: string }[]> {
  return transaction.query(sql`
    SELECT id, name FROM stations WHERE id = ANY(${stationIds}::uuid[]) AND parent_id IS NULL
    ORDER BY is_demo, created_at, id`);
}
