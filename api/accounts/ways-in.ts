import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { createKnownDevices, type KnownDevices } from './known-devices.ts';
import type { HeldSession } from './sessions.ts';
import { createSignInThrottle, type SignInThrottle } from './sign-in-throttle.ts';

/** What the ways in share: the counts of failed tries are one for all of them. */
export interface WaysIn extends Pick<
  Dependencies,
  'database' | 'sessions' | 'seal' | 'viewerOf' | 'audit' | 'registry' | 'log'
> {
  throttle: SignInThrottle;
  devices: KnownDevices;
}

export const createWaysIn = (dependencies: Dependencies): WaysIn => ({
  ...dependencies,
  throttle: createSignInThrottle(),
  devices: createKnownDevices(dependencies.seal, dependencies.sessions.jar),
});

/** Writes to the audit log what somebody did with a way into their own account. */
export const tellOf = (
  { audit }: Pick<WaysIn, 'audit'>,
  { viewer }: Pick<HeldSession, 'viewer'>,
  request: Request,
  action: string,
  detail: Record<string, unknown> = {},
): Promise<void> =>
  audit.write({
    stationId: viewer.homeStationId,
    actor: { accountId: viewer.accountId, name: viewer.displayName },
    action,
    target: { kind: 'account', id: viewer.accountId, name: viewer.username },
    detail,
    address: clientAddressOf(request),
    outcome: 'done',
  });

/**
 * Who is signed in, also with something to do first: for what people do with their own account.
 * @throws {Problem} 401; 403 for a wall, whose keyboard is anybody's
 */
export async function requireOwnSession(
  { sessions }: Pick<WaysIn, 'sessions'>,
  request: Request,
): Promise<HeldSession> {
  const held = await sessions.find(request);
  if (!held) throw new Problem(401, 'sign-in-required', 'Sign in first');
  if (held.session.kind === 'wall')
    throw new Problem(403, 'not-allowed', 'The account of a wall is not changed from the wall');
  return held;
}

/**
 * The same for who changes the ways in: not before the second factor, where the account has one.
 * @throws {Problem} 401, 403
 */
export async function requireFreeSession(ways: Pick<WaysIn, 'sessions'>, request: Request): Promise<HeldSession> {
  const held = await requireOwnSession(ways, request);
  if (held.dues.mustGiveSecondFactor) throw new Problem(403, 'second-factor-required', 'Give the second factor first');
  return held;
}

/** The same for unknown, used, revoked and ended ones: a link tells nothing about itself. */
export const invalidLink = (): Problem =>
  new Problem(404, 'link-invalid', 'This link does not hold', {
    detail: 'It was used, taken back, has ended or is incomplete. Ask for a new one.',
  });

export const usernameTaken = (): Problem =>
  new Problem(409, 'username-taken', 'Somebody has this name', {
    errors: [{ field: 'username', got: 'a name in use', expected: 'another name', code: 'taken' }],
  });
