import { createHash, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import type { Dependencies } from '../../app.ts';
import { Problem } from '../../errors.ts';
import { clientAddressOf, originOf } from '../../operation/client-address.ts';
import { readBody } from '../../reading/read-body.ts';
import { notFound, readId } from '../../reading/read-query.ts';
import { stationsFor } from '../audience.ts';
import { describeSession } from '../describe-session.ts';
import { recordChange } from '../record-change.ts';
import { findViewers } from '../session-queries.ts';
import type { Viewer } from '../viewer.ts';
import { isWall, requireReach } from './check-account.ts';
import { wallSignInSchema, type Account } from './contract.ts';
import { findAccounts, findOpenSessions, findWallLink, putWallLink, takeWallLink } from './queries.ts';

/** Long enough to walk to the screen. */
const linkHoldsMs = 60 * 60_000;

const unkept = { 'Cache-Control': 'no-store' };

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Sessions of others, seen and ended by administrators; and the links by which screens sign in. */
export function createAccountSessionRoutes(dependencies: Dependencies) {
  const { database, viewerOf, sessions } = dependencies;

  /** An account that the viewer administers, and whose every station it administers. */
  async function find(viewer: Viewer, id: string): Promise<Account> {
    const stationIds = stationsFor(viewer, 'manageAccounts');
    const [account] = await database.inScope(stationIds, (transaction) =>
      findAccounts(transaction, stationIds, { id }),
    );
    if (!account) throw notFound('account', id);
    return account;
  }

  const record = (
    by: { viewer: Viewer; request: Request },
    action: string,
    account: Account,
    detail: Record<string, unknown>,
  ) =>
    database.inScope([account.stationId], (transaction) =>
      recordChange(dependencies, transaction, by, {
        stationId: account.stationId,
        action,
        target: { kind: 'account', id: account.id, name: account.username },
        detail,
      }),
    );

  return new Hono()
    .get('/accounts/:id/sessions', async (context) => {
      const id = readId(context.req.param('id'), 'account');
      const account = await find(await viewerOf(context.req.raw), id);
      const list = await database.inScope([account.stationId], (transaction) =>
        findOpenSessions(transaction, [account.stationId], id),
      );
      return context.json({ sessions: list }, 200, unkept);
    })
    .delete('/accounts/:id/sessions', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const account = await find(viewer, readId(context.req.param('id'), 'account'));
      requireReach(account);
      const ended = await sessions.end({ stationId: account.stationId, accountId: account.id });
      await record({ viewer, request }, 'account.end-sessions', account, { ended });
      return context.json({ ended });
    })
    .delete('/accounts/:id/sessions/:sessionId', async (context) => {
      const request = context.req.raw;
      const sessionId = readId(context.req.param('sessionId'), 'session');
      const viewer = await viewerOf(request);
      const account = await find(viewer, readId(context.req.param('id'), 'account'));
      requireReach(account);
      const ended = await sessions.end({ stationId: account.stationId, accountId: account.id }, { id: sessionId });
      if (ended === 0) throw notFound('session', sessionId);
      await record({ viewer, request }, 'account.end-sessions', account, { ended });
      return context.body(null, 204);
    })
    .post('/accounts/:id/wall-link', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const account = await find(viewer, readId(context.req.param('id'), 'account'));
      requireReach(account);
      if (!isWall(account.roles) || account.isDisabled)
        throw new Problem(409, 'no-wall', 'Only a screen’s account signs in by a link', {
          detail: 'Its one role is wall, and it is not disabled.',
        });
      const token = randomBytes(32).toString('base64url');
      const expiresAt = new Date(Date.now() + linkHoldsMs);
      const { stationId, id: accountId } = account;
      await database.inScope([stationId], (transaction) =>
        putWallLink(transaction, { accountId, stationId, tokenHash: hashOf(token), expiresAt }),
      );
      await record({ viewer, request }, 'account.make-wall-link', account, {});
      // After the # it is sent to no server and stands in no log.
      return context.json(
        { url: `${originOf(request)}/wall#${token}`, expiresAt: expiresAt.toISOString() },
        201,
        unkept,
      );
    })
    .post('/session/wall', async (context) => {
      const request = context.req.raw;
      const { token } = await readBody(wallSignInSchema, request);
      const link = await database.inScope([], (transaction) => findWallLink(transaction, hashOf(token)));
      const [account] = link
        ? await database.inScope([], (transaction) => findViewers(transaction, [link.accountId]))
        : [];
      // What it is now counts, not what it was when the link was made.
      if (!link || !account || !isWall(account.roles)) throw linkInvalid();
      await database.inScope([link.stationId], async (transaction) => {
        if (!(await takeWallLink(transaction, link.stationId, hashOf(token)))) throw linkInvalid();
        await dependencies.audit.writeIn(transaction, {
          stationId: link.stationId,
          actor: { accountId: account.accountId, name: account.displayName },
          action: 'session.begin',
          detail: { by: 'wall-link' },
          address: clientAddressOf(request),
          outcome: 'done',
        });
      });
      const { setCookie, held } = await sessions.begin(account.accountId, {
        methods: ['link'],
        userAgent: context.req.header('User-Agent') ?? null,
        address: clientAddressOf(request),
      });
      return context.json(describeSession(held), 200, { ...unkept, 'Set-Cookie': setCookie });
    });
}

const linkInvalid = () =>
  new Problem(404, 'link-invalid', 'This link is not valid', {
    detail: 'It is unknown, was used already or has ended: ask an administrator for a new one.',
  });
