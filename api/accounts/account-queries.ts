import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';

export interface OwnAccountRow {
  username: string;
  displayName: string;
  passwordHash: string | null;
  passwordChangedAt: Date | null;
}

/** One's own account. null: it was deleted meanwhile. By the primary key. */
export async function findOwnAccount(
  transaction: Transaction,
  stationId: string,
  accountId: string,
): Promise<OwnAccountRow | null> {
  const [row] = await transaction.query<OwnAccountRow>(sql`
    SELECT username, display_name AS "displayName", password_hash AS "passwordHash", password_changed_at AS "passwordChangedAt"
    FROM accounts WHERE station_id = ${stationId} AND id = ${accountId}`);
  return row ?? null;
}

/** What its owner is called from now on. */
export async function setOwnName(
  transaction: Transaction,
  stationId: string,
  accountId: string,
  displayName: string,
): Promise<void> {
  await transaction.execute(
    sql`UPDATE accounts SET display_name = ${displayName} WHERE station_id = ${stationId} AND id = ${accountId}`,
  );
}

/** Sets the password that its owner chose. */
export async function setOwnPassword(
  transaction: Transaction,
  stationId: string,
  accountId: string,
  passwordHash: string,
): Promise<void> {
  await transaction.execute(sql`
    UPDATE accounts SET password_hash = ${passwordHash}, password_changed_at = now(), must_change_password = false,
      issued_password_until = NULL
    WHERE station_id = ${stationId} AND id = ${accountId}`);
}

export interface OwnSessionRow {
  id: string;
  kind: 'person' | 'wall';
  methods: string[];
  userAgent: string | null;
  address: string | null;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** The sessions of an account that hold now, newest use first. By sessions_account_idx. */
export async function listOwnSessions(
  transaction: Transaction,
  stationId: string,
  accountId: string,
): Promise<OwnSessionRow[]> {
  return transaction.query<OwnSessionRow>(sql`
    SELECT id, kind, methods, user_agent AS "userAgent", address, created_at AS "createdAt", last_seen_at AS "lastSeenAt",
      expires_at AS "expiresAt"
    FROM sessions
    WHERE station_id = ${stationId} AND account_id = ${accountId} AND ended_at IS NULL AND expires_at > now()
      AND (idle_seconds IS NULL OR last_seen_at + make_interval(secs => idle_seconds) > now())
    ORDER BY last_seen_at DESC, id DESC LIMIT 200`);
}
