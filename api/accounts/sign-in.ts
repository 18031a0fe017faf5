import type { Database } from '../database/database.ts';
import { Problem } from '../errors.ts';
import type { SignIn } from './contract.ts';
import { verifyPassword } from './password.ts';
import { findSignIn } from './session-queries.ts';

/**
 * Who this is, by name and password. The answer to a wrong name, a wrong password and a closed account is the same.
 * @throws {Problem} 401
 */
export async function checkPassword(
  database: Database,
  { username, password }: SignIn,
): Promise<{ accountId: string; stationId: string; displayName: string }> {
  const row = await database.inScope([], (transaction) => findSignIn(transaction, username.toLowerCase()));
  const isRight = await verifyPassword(row?.passwordHash ?? null, password);
  if (!row || !isRight || row.isDisabled)
    throw new Problem(401, 'sign-in-failed', 'Name or password is wrong', {
      detail: 'Check both; capital letters count in the password.',
    });
  return row;
}
