import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import { issuedPasswordHours, type Account, type AccountSession, type Grant } from './contract.ts';

/**
 * The accounts of these stations with their roles there (all, or the one with this id). By accounts_station_idx or the
 * primary key, account_roles' primary key and sessions_account_idx.
 */
export async function findAccounts(
  transaction: Transaction,
  stationIds: readonly string[],
  { station, id }: { station?: string | undefined; id?: string } = {},
): Promise<Account[]> {
  return transaction.query<Account>(sql`
    SELECT a.id, a.station_id AS "stationId", a.username, a.display_name AS "displayName", a.member_id AS "memberId",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('stationId', r.station_id, 'role', r.role) ORDER BY r.station_id, r.role), '[]')
        FROM account_roles r WHERE r.account_id = a.id AND r.station_id = ANY(${stationIds}::uuid[])) AS roles,
      EXISTS (SELECT FROM find_granted_stations(ARRAY[a.id]) g WHERE NOT g.station_id = ANY(${stationIds}::uuid[])) AS "isBeyondReach",
      a.disabled_at IS NOT NULL AS "isDisabled", a.is_demo AS "isDemo", a.password_hash IS NOT NULL AS "hasPassword",
      a.must_change_password AS "mustChangePassword",
      to_json(a.issued_password_until) #>> '{}' AS "issuedPasswordUntil",
      (SELECT f.has_totp OR f.has_passkey FROM find_second_factors(ARRAY[a.id]) f) AS "hasSecondFactor",
      coalesce(open.count, 0) AS "sessionCount", to_json(seen.at) #>> '{}' AS "lastSeenAt",
      to_json(a.created_at) #>> '{}' AS "createdAt", a.version
    FROM accounts a
    LEFT JOIN LATERAL (
      SELECT count(*) FROM sessions s WHERE s.account_id = a.id AND s.ended_at IS NULL AND s.expires_at > now()
        AND (s.idle_seconds IS NULL OR s.last_seen_at + make_interval(secs => s.idle_seconds) > now())
    ) AS open ON true
    LEFT JOIN LATERAL (SELECT max(s.last_seen_at) AS at FROM sessions s WHERE s.account_id = a.id) AS seen ON true
    WHERE a.station_id = ANY(${stationIds}::uuid[])
      ${station === undefined ? sql`` : sql`AND a.station_id = ${station}`}
      ${id === undefined ? sql`` : sql`AND a.id = ${id}`}
    ORDER BY a.station_id, a.username`);
}

/** Locks an account until the transaction ends. False: there is none in these stations. By the primary key. */
export async function lockAccount(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<boolean> {
  const rows = await transaction.query(
    sql`SELECT FROM accounts WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`,
  );
  return rows.length > 0;
}

/** Is this a member of the station? By the primary key. */
export async function isMemberOf(transaction: Transaction, stationId: string, memberId: string): Promise<boolean> {
  const rows = await transaction.query(sql`SELECT FROM members WHERE id = ${memberId} AND station_id = ${stationId}`);
  return rows.length > 0;
}

type AccountBody = Pick<Account, 'id' | 'stationId' | 'username' | 'displayName' | 'memberId'>;

export async function insertAccount(
  transaction: Transaction,
  account: AccountBody,
  passwordHash: string | null,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO accounts (id, station_id, username, display_name, member_id, password_hash, password_changed_at, must_change_password,
      issued_password_until)
    VALUES (${account.id}, ${account.stationId}, ${account.username}, ${account.displayName}, ${account.memberId},
      ${passwordHash}, CASE WHEN ${passwordHash}::text IS NULL THEN NULL ELSE now() END, ${passwordHash !== null},
      CASE WHEN ${passwordHash}::text IS NULL THEN NULL ELSE now() + make_interval(hours => ${issuedPasswordHours}) END)`);
}

export async function updateAccount(
  transaction: Transaction,
  account: AccountBody & Pick<Account, 'isDisabled'>,
): Promise<void> {
  await transaction.execute(sql`
    UPDATE accounts SET station_id = ${account.stationId}, username = ${account.username}, display_name = ${account.displayName},
      member_id = ${account.memberId},
      disabled_at = CASE WHEN ${account.isDisabled}::boolean THEN coalesce(disabled_at, now()) END
    WHERE id = ${account.id}`);
}

/** What the account is at these stations becomes exactly this. */
export async function replaceGrants(
  transaction: Transaction,
  stationIds: readonly string[],
  accountId: string,
  grants: readonly Grant[],
): Promise<void> {
  const given = sql`unnest(${grants.map(({ stationId }) => stationId)}::uuid[], ${grants.map(({ role }) => role)}::text[]) AS given (station_id, role)`;
  await transaction.execute(sql`
    DELETE FROM account_roles r WHERE r.account_id = ${accountId} AND r.station_id = ANY(${stationIds}::uuid[])
      AND NOT EXISTS (SELECT FROM ${given} WHERE given.station_id = r.station_id AND given.role = r.role)`);
  await transaction.execute(sql`
    INSERT INTO account_roles (account_id, station_id, role) SELECT ${accountId}, station_id, role FROM ${given}
    ON CONFLICT DO NOTHING`);
}

/** A password that its owner has to change, within its time. */
export async function setIssuedPassword(transaction: Transaction, accountId: string, hash: string): Promise<void> {
  await transaction.execute(sql`
    UPDATE accounts SET password_hash = ${hash}, password_changed_at = now(), must_change_password = true,
      issued_password_until = now() + make_interval(hours => ${issuedPasswordHours})
    WHERE id = ${accountId}`);
}

/** Authenticator, recovery codes and passkeys of an account go. */
export async function deleteSecondFactors(transaction: Transaction, accountId: string): Promise<void> {
  await transaction.execute(sql`DELETE FROM second_factors WHERE account_id = ${accountId}`);
  await transaction.execute(sql`DELETE FROM recovery_codes WHERE account_id = ${accountId}`);
  await transaction.execute(sql`DELETE FROM passkeys WHERE account_id = ${accountId}`);
}

/** The sessions of an account that hold now, newest use first. By sessions_account_idx. */
export async function findOpenSessions(
  transaction: Transaction,
  stationIds: readonly string[],
  accountId: string,
): Promise<AccountSession[]> {
  return transaction.query<AccountSession>(sql`
    SELECT id, kind, methods, user_agent AS "userAgent", address, to_json(created_at) #>> '{}' AS "createdAt",
      to_json(last_seen_at) #>> '{}' AS "lastSeenAt", to_json(expires_at) #>> '{}' AS "expiresAt"
    FROM sessions WHERE account_id = ${accountId} AND station_id = ANY(${stationIds}::uuid[]) AND ended_at IS NULL
      AND expires_at > now() AND (idle_seconds IS NULL OR last_seen_at + make_interval(secs => idle_seconds) > now())
    ORDER BY last_seen_at DESC`);
}

/** The one link of a wall account; an older one is worth nothing from then on. */
export async function putWallLink(
  transaction: Transaction,
  link: { accountId: string; stationId: string; tokenHash: Buffer; expiresAt: Date },
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO wall_links (account_id, station_id, token_hash, expires_at)
    VALUES (${link.accountId}, ${link.stationId}, ${link.tokenHash}, ${link.expiresAt.toISOString()}::timestamptz)
    ON CONFLICT (account_id) DO UPDATE SET station_id = excluded.station_id, token_hash = excluded.token_hash, expires_at = excluded.expires_at`);
}

/** Whose screen is this link for? null: unknown, used or expired. Before there is a scope. By wall_links_token_hash_key. */
export async function findWallLink(
  transaction: Transaction,
  tokenHash: Buffer,
): Promise<{ accountId: string; stationId: string } | null> {
  const [row] = await transaction.query<{ accountId: string; stationId: string }>(
    sql`SELECT account_id AS "accountId", station_id AS "stationId" FROM find_wall_link(${tokenHash})`,
  );
  return row ?? null;
}

/** Uses a link up. False: somebody was faster. */
export async function takeWallLink(transaction: Transaction, stationId: string, tokenHash: Buffer): Promise<boolean> {
  return (
    (await transaction.execute(
      sql`DELETE FROM wall_links WHERE token_hash = ${tokenHash} AND station_id = ${stationId} AND expires_at > now()`,
    )) > 0
  );
}
