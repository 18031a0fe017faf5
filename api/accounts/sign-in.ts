import { Problem } from '../errors.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { usernameSchema, type SignIn } from './contract.ts';
import { verifyPassword } from './password.ts';
import { checkCode } from './second-factor/check-code.ts';
import { findSecondFactorKinds } from './second-factor/queries.ts';
import { findSignIn, findViewers, type SignInRow } from './session-queries.ts';
import type { Try } from './sign-in-throttle.ts';
import type { WaysIn } from './ways-in.ts';

/**
 * Who this is, by name, password and, where the account has one, second factor. The answer to a wrong name, a wrong
 * password and a closed account is the same; that there is a second factor is told only after the right password.
 * @returns how, as the session keeps it (RFC 8176)
 * @throws {Problem} 401, 429, 503
 */
export async function signIn(
  ways: WaysIn,
  { username, password, code }: SignIn,
  request: Request,
): Promise<{ accountId: string; methods: string[] }> {
  const { database, throttle, devices, sessions } = ways;
  const attempt = throttle.begin({
    username,
    address: clientAddressOf(request),
    deviceId: devices.find(request, username),
  });
  const name = usernameSchema.safeParse(username);
  const found: { row: SignInRow | null } = { row: null };
  const findHash = async () => {
    if (name.success) found.row = await database.inScope([], (transaction) => findSignIn(transaction, name.data));
    return found.row?.passwordHash ?? null;
  };
  const isRight = await judging(attempt, () => verifyPassword(findHash, password, attempt.isKnown));
  const { row } = found;
  if (!row || !isRight || row.isDisabled) {
    await tellFailure(ways, request, username, row, 'password');
    throw new Problem(401, 'sign-in-failed', 'Name or password is wrong', {
      detail: 'Check both; capital letters count in the password.',
    });
  }
  attempt.succeeded();
  if (row.isPasswordOver) {
    await tellFailure(ways, request, username, row, 'expired password');
    throw new Problem(401, 'password-expired', 'This password has ended', {
      detail: 'Somebody else chose it, and it was not used within its time. Ask an administrator for another.',
    });
  }

  const { accountId } = row;
  const [factors, [account]] = await database.inScope([], async (transaction) => [
    (await findSecondFactorKinds(transaction, [accountId]))[0],
    await findViewers(transaction, [accountId]),
  ]);
  if (factors?.hasTotp) {
    if (code === undefined)
      throw new Problem(401, 'second-factor-required', 'A code is needed too', {
        detail: 'Name and password are right. Send them again with the code of the authenticator or a recovery code.',
      });
    return { accountId, methods: ['pwd', await takeCode(ways, row, code, request)] };
  }
  if (factors?.hasPasskey && account && sessions.needsSecondFactor(account))
    throw new Problem(401, 'passkey-required', 'This account signs in with its passkey', {
      detail: 'Its second factor is a passkey, which needs no password.',
    });
  return { accountId, methods: ['pwd'] };
}

/** @throws {Problem} 401 when the code is wrong or was used, 429 after too many */
export async function takeCode(
  ways: Pick<WaysIn, 'database' | 'seal' | 'throttle' | 'audit'>,
  account: { accountId: string; stationId: string; displayName: string },
  code: string,
  request: Request,
): Promise<'otp' | 'recovery'> {
  const attempt = ways.throttle.beginCode(account.accountId);
  const how = await judging(attempt, () => checkCode(ways, account, code));
  if (!how) {
    await tellFailure(ways, request, account.displayName, account, 'second factor');
    throw new Problem(401, 'second-factor-wrong', 'The code is wrong', {
      detail: 'Each code holds for half a minute and once. Wait for the next one, and check the clock of the phone.',
    });
  }
  attempt.succeeded();
  return how;
}

/**
 * A failed try goes to the log of the account's station, and to the installation's when there is no such account. Its
 * number is bounded by the throttle. What was typed as a name is kept only where it is one: people type passwords there.
 */
export const tellFailure = (
  { audit }: Pick<WaysIn, 'audit'>,
  request: Request,
  name: string,
  account: { accountId: string; stationId: string } | null,
  wrong: 'password' | 'second factor' | 'expired password',
): Promise<void> =>
  audit.write({
    stationId: account?.stationId ?? null,
    actor: null,
    action: 'session.begin',
    ...(account && { target: { kind: 'account', id: account.accountId, name } }),
    detail: { wrong: account ? wrong : 'name' },
    address: clientAddressOf(request),
    outcome: 'failed',
  });

/** A try that could not be judged, because the server was busy or the database away, is not held against anybody. */
async function judging<T>(attempt: Try, judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    attempt.unjudged();
    throw error;
  }
}
