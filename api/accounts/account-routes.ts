import { Hono } from 'hono';
import { isUuid } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { readBody } from '../reading/read-body.ts';
import { findOwnAccount, listOwnSessions, setOwnName, setOwnPassword } from './account-queries.ts';
import { ownerOf, renewSession } from './begin-session.ts';
import { confirmIdentity } from './confirm-identity.ts';
import { changeOwnAccountSchema, changePasswordSchema, type OwnAccount, type OwnSessions } from './contract.ts';
import { hashPassword } from './password.ts';
import { judgePassword } from './judge-password.ts';
import { listIdentities } from './oidc/queries.ts';
import { listPasskeys } from './passkeys/queries.ts';
import { countRecoveryCodes, findSecondFactor } from './second-factor/queries.ts';
import { requireFreeSession, requireOwnSession, tellOf, type WaysIn } from './ways-in.ts';

const unkept = { 'Cache-Control': 'no-store' };

/** What people see and do of their own account: name, password and sessions. */
export function createOwnAccountRoutes(ways: WaysIn) {
  const { database, sessions } = ways;
  return new Hono()
    .get('/account', async (context) => {
      const held = await requireOwnSession(ways, context.req.raw);
      const owner = ownerOf(held);
      const { stationId, accountId } = owner;
      const own = await database.inScope([stationId], async (transaction): Promise<OwnAccount | null> => {
        const account = await findOwnAccount(transaction, stationId, accountId);
        const factor = await findSecondFactor(transaction, owner);
        return (
          account && {
            hasPassword: account.passwordHash !== null,
            passwordChangedAt: account.passwordChangedAt?.toISOString() ?? null,
            totpSince: factor?.confirmedAt?.toISOString() ?? null,
            recoveryCodesLeft: await countRecoveryCodes(transaction, owner),
            needsSecondFactor: sessions.needsSecondFactor(held.account),
            passkeys: (await listPasskeys(transaction, owner)).map(
              ({ credentialId: _, transports: __, ...passkey }) => passkey,
            ),
            identities: await listIdentities(transaction, owner),
          }
        );
      });
      if (!own) throw new Problem(401, 'sign-in-required', 'Sign in first');
      return context.json(own, 200, unkept);
    })
    .patch('/account', async (context) => {
      const { displayName } = await readBody(changeOwnAccountSchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      const { stationId, accountId } = ownerOf(held);
      await database.inScope([stationId], (transaction) => setOwnName(transaction, stationId, accountId, displayName));
      await tellOf(ways, held, context.req.raw, 'account.renamed', { from: held.account.displayName, to: displayName });
      sessions.forget();
      return context.body(null, 204);
    })
    .put('/account/password', async (context) => {
      const { current, next } = await readBody(changePasswordSchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      const account = await confirmIdentity(ways, held, current, context.req.raw);
      if (current === next)
        throw new Problem(400, 'password-unchanged', 'This is the password there was', {
          errors: [{ field: 'next', got: 'the same', expected: 'another password', code: 'same' }],
        });
      await judgePassword(next, account, 'next');
      const passwordHash = await hashPassword(next);
      const { stationId, accountId } = ownerOf(held);
      await database.inScope([stationId], (transaction) =>
        setOwnPassword(transaction, stationId, accountId, passwordHash),
      );
      await tellOf(ways, held, context.req.raw, 'account.password-changed');
      await renewSession(ways, context, held);
      return context.body(null, 204);
    })
    .get('/account/sessions', async (context) => {
      const held = await requireOwnSession(ways, context.req.raw);
      const { stationId, accountId } = ownerOf(held);
      const rows = await database.inScope([stationId], (transaction) =>
        listOwnSessions(transaction, stationId, accountId),
      );
      const answer: OwnSessions = {
        sessions: rows.map(({ createdAt, lastSeenAt, expiresAt, ...row }) => ({
          ...row,
          createdAt: createdAt.toISOString(),
          lastSeenAt: lastSeenAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
          isCurrent: row.id === held.session.sessionId,
        })),
      };
      return context.json(answer, 200, unkept);
    })
    .delete('/account/sessions', async (context) => {
      const held = await requireOwnSession(ways, context.req.raw);
      await sessions.end(ownerOf(held));
      await tellOf(ways, held, context.req.raw, 'session.end', { which: 'all' });
      return context.body(null, 204, { 'Set-Cookie': sessions.clearCookie });
    })
    .delete('/account/sessions/:id', async (context) => {
      const held = await requireOwnSession(ways, context.req.raw);
      const id = context.req.param('id');
      const ended = isUuid(id) ? await sessions.end(ownerOf(held), { id }) : 0;
      if (ended === 0) throw new Problem(404, 'not-found', 'You have no such session');
      await tellOf(ways, held, context.req.raw, 'session.end', { which: id });
      return context.body(null, 204);
    });
}
