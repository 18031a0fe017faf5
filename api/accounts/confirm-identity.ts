import { Problem } from '../errors.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { findOwnAccount, type OwnAccountRow } from './account-queries.ts';
import { ownerOf } from './begin-session.ts';
import { verifyPassword } from './password.ts';
import type { HeldSession } from './sessions.ts';
import { tellFailure } from './sign-in.ts';
import type { WaysIn } from './ways-in.ts';

/** Who has no password is asked to have signed in within this. */
const recentMs = 10 * 60_000;

/**
 * Makes sure that the one at the keyboard is the account's owner, before a way in is added or taken away: by the password,
 * or, where the account has none, by having signed in a moment ago.
 * @throws {Problem} 403 `password-wrong` or `sign-in-again`; 429 as at signing in
 */
export async function confirmIdentity(
  ways: Pick<WaysIn, 'database' | 'throttle' | 'devices' | 'audit'>,
  held: HeldSession,
  password: string | undefined,
  request: Request,
): Promise<OwnAccountRow> {
  const { database, throttle, devices } = ways;
  const { viewer, session } = held;
  const account = await database.inScope([viewer.homeStationId], (transaction) =>
    findOwnAccount(transaction, viewer.homeStationId, viewer.accountId),
  );
  if (!account) throw new Problem(401, 'sign-in-required', 'Sign in first');
  if (account.passwordHash === null) {
    if (Date.now() - session.createdAt.getTime() <= recentMs) return account;
    throw new Problem(403, 'sign-in-again', 'Sign in again first', {
      detail: 'For this the last sign-in must be less than ten minutes ago.',
    });
  }
  const { username } = account;
  const attempt = throttle.begin({
    username,
    address: clientAddressOf(request),
    deviceId: devices.find(request, username),
  });
  let isRight: boolean;
  try {
    isRight = password !== undefined && (await verifyPassword(async () => account.passwordHash, password, true));
  } catch (error) {
    attempt.unjudged();
    throw error;
  }
  if (!isRight) {
    await tellFailure(ways, request, username, ownerOf(held), 'password');
    throw new Problem(403, 'password-wrong', 'The password is wrong');
  }
  attempt.succeeded();
  return account;
}
