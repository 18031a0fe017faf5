import { Problem } from '../../errors.ts';
import { requireAction } from '../audience.ts';
import type { Viewer } from '../viewer.ts';
import type { Account, Grant } from './contract.ts';

/** A screen's account: it has no other role, and may therefore sign in by a link and stay signed in. */
export const isWall = (grants: readonly Pick<Grant, 'role'>[]): boolean =>
  grants.length > 0 && grants.every(({ role }) => role === 'wall');

/**
 * Who gives a role administers the station it is given at. A screen is nothing else besides.
 * @throws {Problem} 404, 403 or 400
 */
export function requireGrantable(viewer: Viewer, grants: readonly Grant[]): void {
  for (const { stationId } of grants) requireAction(viewer, stationId, 'manageAccounts');
  if (grants.some(({ role }) => role === 'wall') && !isWall(grants))
    throw new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
      errors: [
        { field: 'roles', got: 'wall and another', expected: 'wall alone: a screen is no person', code: 'wallAlone' },
      ],
    });
}

/**
 * Else an administrator of one station could take over an account that reaches further, by a new password.
 * @throws {Problem} 403
 */
export function requireReach(account: Account): void {
  if (account.isBeyondReach)
    throw new Problem(403, 'beyond-reach', 'This account has roles at stations that you do not administer', {
      detail: 'An administrator of all its stations can change it.',
    });
}

/**
 * Nobody gives themselves a role, and no administrator locks themselves out: so there is always one left.
 * @throws {Problem} 409
 */
export function requireOther(viewer: Viewer, accountId: string, what: string): void {
  if (accountId === viewer.accountId)
    throw new Problem(409, 'own-account', `Nobody ${what} their own account`, {
      detail: 'Ask another administrator, or make a second administrator first.',
    });
}
