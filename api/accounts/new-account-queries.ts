import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Role } from './contract.ts';

export interface NewAccount {
  id: string;
  stationId: string;
  username: string;
  displayName: string;
  passwordHash: string;
  memberId?: string;
}

/** An account with the password its owner chose. @returns false: somebody in the installation has the username */
export async function insertOwnAccount(transaction: Transaction, account: NewAccount): Promise<boolean> {
  const inserted = await transaction.execute(sql`
    INSERT INTO accounts (id, station_id, username, display_name, member_id, password_hash, password_changed_at)
    VALUES (${account.id}, ${account.stationId}, ${account.username}, ${account.displayName}, ${account.memberId ?? null},
      ${account.passwordHash}, now())
    ON CONFLICT (username) DO NOTHING`);
  return inserted === 1;
}

export async function grantRole(
  transaction: Transaction,
  accountId: string,
  stationId: string,
  role: Role,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO account_roles (account_id, station_id, role) VALUES (${accountId}, ${stationId}, ${role})
    ON CONFLICT DO NOTHING`);
}
