import type { Role } from '../../accounts/contract.ts';
import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';

/** An officer who answers for a grid, the first by number. null: none. Reads the station's grids. */
export async function findGridOfficer(transaction: Transaction, stationId: string): Promise<string | null> {
  const [row] = await transaction.query<{ id: string }>(sql`
    SELECT officer_id AS id FROM grids WHERE station_id = ${stationId} AND officer_id IS NOT NULL
    ORDER BY length(number), number LIMIT 1`);
  return row?.id ?? null;
}

/** A member of a sentinel point who is on a foot patrol now, the patrol with the lowest number. null: none. By crews_unit_idx. */
export async function findCrewedMember(transaction: Transaction, stationId: string): Promise<string | null> {
  const [row] = await transaction.query<{ id: string }>(sql`
    SELECT m.id FROM units u
    JOIN crews c ON c.unit_id = u.id AND c.shift_starts_at <= now() AND c.shift_ends_at > now()
    JOIN crew_members cm ON cm.crew_id = c.id
    JOIN members m ON m.id = cm.member_id AND m.sentinel_id IS NOT NULL
    WHERE u.station_id = ${stationId} AND u.kind = 'foot' ORDER BY u.number, m.id LIMIT 1`);
  return row?.id ?? null;
}

export interface DemoAccountRow {
  id: string;
  stationId: string;
  username: string;
  displayName: string;
  role: Role;
  memberId: string | null;
  passwordHash: string;
}

/**
 * The account as it should be, open, with its one role. A name that somebody else's account has is left to them; a member
 * who already has an account keeps it, and the demo's has none.
 * @returns false when the name is somebody else's
 */
export async function upsertDemoAccount(transaction: Transaction, account: DemoAccountRow): Promise<boolean> {
  const rows = await transaction.query(sql`
    INSERT INTO accounts (id, station_id, username, display_name, member_id, password_hash, password_changed_at, is_demo)
    SELECT ${account.id}, ${account.stationId}, ${account.username}, ${account.displayName},
      (SELECT m.id FROM members m WHERE m.id = ${account.memberId}::uuid
        AND NOT EXISTS (SELECT FROM accounts a WHERE a.member_id = m.id AND a.id <> ${account.id})),
      ${account.passwordHash}, now(), true
    WHERE NOT EXISTS (SELECT FROM find_sign_in(${account.username}) AS other WHERE other.account_id <> ${account.id})
    ON CONFLICT (id) DO UPDATE SET password_hash = excluded.password_hash, issued_password_until = NULL, member_id = excluded.member_id, disabled_at = NULL,
      username = excluded.username, display_name = excluded.display_name
    RETURNING id`);
  if (rows.length === 0) return false;
  await transaction.execute(sql`
    INSERT INTO account_roles (account_id, station_id, role)
    VALUES (${account.id}, ${account.stationId}, ${account.role})
    ON CONFLICT DO NOTHING`);
  return true;
}

/** Closes the demo's accounts and ends their sessions. */
export async function disableDemoAccounts(transaction: Transaction, stationIds: readonly string[]): Promise<void> {
  await transaction.execute(sql`
    UPDATE accounts SET disabled_at = now()
    WHERE station_id = ANY(${stationIds}::uuid[]) AND is_demo AND disabled_at IS NULL`);
  await transaction.execute(sql`
    UPDATE sessions SET ended_at = now() FROM accounts
    WHERE accounts.id = sessions.account_id AND accounts.is_demo AND sessions.ended_at IS NULL
      AND sessions.station_id = ANY(${stationIds}::uuid[])`);
}
