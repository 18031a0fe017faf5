import { rightsOf } from './audience.ts';
import type { Role, Session } from './contract.ts';
import type { HeldSession } from './sessions.ts';

/** First screens by rank: who is several things starts with the one that acts soonest. */
const rank: readonly Role[] = ['wall', 'commander', 'officer', 'analyst', 'administrator', 'auditor', 'volunteer'];

/** A session as its owner is told of it. */
export function describeSession({ viewer, session, account, dues }: HeldSession): Session {
  const held = new Set(account.roles.map(({ role }) => role));
  return {
    account: {
      id: viewer.accountId,
      username: viewer.username,
      displayName: viewer.displayName,
      homeStationId: viewer.homeStationId,
      memberId: viewer.memberId,
    },
    kind: session.kind,
    mainRole: rank.find((role) => held.has(role)) ?? 'volunteer',
    rights: rightsOf(viewer),
    ownUnitIds: viewer.ownUnits.map(({ id }) => id),
    expiresAt: session.expiresAt.toISOString(),
    ...dues,
    isDemo: account.isDemo,
  };
}
