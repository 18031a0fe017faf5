import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import type { Dependencies } from '../../app.ts';
import type { Transaction } from '../../database/database.ts';
import { Problem } from '../../errors.ts';
import { stationQuerySchema } from '../../reading/contract.ts';
import { readBody } from '../../reading/read-body.ts';
import { notFound, readId, readQuery } from '../../reading/read-query.ts';
import { readVersion, requireVersion } from '../../reading/read-version.ts';
import { refuseTaken } from '../../reading/refuse-taken.ts';
import { requireAction, stationsFor } from '../audience.ts';
import { hashPassword } from '../password.ts';
import { changedFields, recordChange } from '../record-change.ts';
import type { Viewer } from '../viewer.ts';
import { isWall, requireGrantable, requireOther, requireReach } from './check-account.ts';
import { accountChangeSchema, newAccountSchema, type Account } from './contract.ts';
import { makePassword } from './issue-password.ts';
import {
  deleteSecondFactors,
  findAccounts,
  insertAccount,
  isMemberOf,
  lockAccount,
  replaceGrants,
  setIssuedPassword,
  updateAccount,
} from './queries.ts';

const taken = {
  accounts_username_key: { field: 'username', expected: 'a name that no account has' },
  accounts_member_id_key: { field: 'memberId', expected: 'a member who has no account yet' },
};

/** Secrets are in some answers. */
const unkept = { 'Cache-Control': 'no-store' };

/** Accounts of the stations that the viewer administers, and their roles there. */
export function createPeopleRoutes(dependencies: Dependencies) {
  const { database, viewerOf, sessions } = dependencies;

  /** The account, locked; 404 where the viewer does not administer its station. */
  async function open(transaction: Transaction, viewer: Viewer, id: string): Promise<Account> {
    const stationIds = stationsFor(viewer, 'manageAccounts');
    if (!(await lockAccount(transaction, stationIds, id))) throw notFound('account', id);
    return (await findAccounts(transaction, stationIds, { id }))[0]!;
  }

  const record = (
    transaction: Transaction,
    by: { viewer: Viewer; request: Request },
    action: string,
    account: Account,
    detail?: Record<string, unknown>,
  ) =>
    recordChange(dependencies, transaction, by, {
      stationId: account.stationId,
      action,
      target: { kind: 'account', id: account.id, name: account.username },
      ...(detail && { detail }),
    });

  async function requireMember(transaction: Transaction, stationId: string, memberId: string | null): Promise<void> {
    if (memberId !== null && !(await isMemberOf(transaction, stationId, memberId)))
      throw new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
        errors: [
          { field: 'memberId', got: memberId, expected: 'a member of the account’s station', code: 'elsewhere' },
        ],
      });
  }

  return new Hono()
    .get('/accounts', async (context) => {
      const { station } = readQuery(stationQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      if (station !== undefined) requireAction(viewer, station.toLowerCase(), 'manageAccounts');
      const stationIds = stationsFor(viewer, 'manageAccounts');
      const accounts = await database.inScope(stationIds, (transaction) =>
        findAccounts(transaction, stationIds, { station }),
      );
      return context.json({ accounts }, 200, unkept);
    })
    .post('/accounts', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(newAccountSchema, request);
      requireAction(viewer, body.stationId, 'manageAccounts');
      requireGrantable(viewer, body.roles);
      const oneTimePassword = isWall(body.roles) || !body.withPassword ? null : makePassword();
      const passwordHash = oneTimePassword === null ? null : await hashPassword(oneTimePassword);
      const stationIds = stationsFor(viewer, 'manageAccounts');
      const id = uuidv7();
      const account = await refuseTaken(taken, () =>
        database.inScope(stationIds, async (transaction) => {
          await requireMember(transaction, body.stationId, body.memberId);
          await insertAccount(transaction, { ...body, id }, passwordHash);
          await replaceGrants(transaction, stationIds, id, body.roles);
          const made = (await findAccounts(transaction, stationIds, { id }))[0]!;
          await record(transaction, { viewer, request }, 'account.create', made, { roles: made.roles });
          return made;
        }),
      );
      return context.json({ account, oneTimePassword }, 201, unkept);
    })
    .patch('/accounts/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'account');
      const viewer = await viewerOf(request);
      const change = await readBody(accountChangeSchema, request);
      const seen = readVersion(request);
      const { after, before } = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const before = await open(transaction, viewer, id);
          requireVersion(seen, before.version);
          requireReach(before);
          if (change.roles) {
            requireOther(viewer, id, 'changes the roles of');
            requireGrantable(viewer, change.roles);
          }
          if (change.isDisabled) requireOther(viewer, id, 'disables');
          if (change.stationId !== undefined) requireAction(viewer, change.stationId, 'manageAccounts');
          const next = { ...before, ...change };
          // A member belongs to one station; who moves leaves it behind.
          if (next.stationId !== before.stationId && change.memberId === undefined) next.memberId = null;
          await requireMember(transaction, next.stationId, next.memberId);
          await updateAccount(transaction, next);
          if (change.roles) await replaceGrants(transaction, stationsFor(viewer, 'manageAccounts'), id, change.roles);
          const after = (await findAccounts(transaction, stationsFor(viewer, 'manageAccounts'), { id }))[0]!;
          await record(transaction, { viewer, request }, 'account.change', after, {
            fields: changedFields(before, change),
            ...(change.roles && { rolesBefore: before.roles, roles: after.roles }),
          });
          return { before, after };
        }),
      );
      if (after.isDisabled && !before.isDisabled) await sessions.end({ stationId: after.stationId, accountId: id });
      // Roles, member and station decide what open pages and sockets show.
      sessions.forget();
      return context.json(after, 200, unkept);
    })
    .post('/accounts/:id/password', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'account');
      const viewer = await viewerOf(request);
      const oneTimePassword = makePassword();
      const passwordHash = await hashPassword(oneTimePassword);
      const account = await database.inScope(viewer.stationIds, async (transaction) => {
        const account = await open(transaction, viewer, id);
        requireReach(account);
        requireOther(viewer, id, 'issues a password for');
        if (isWall(account.roles))
          throw new Problem(409, 'wall-has-no-password', 'A screen signs in by a link', {
            detail: 'Make a sign-in link for it instead.',
          });
        await setIssuedPassword(transaction, id, passwordHash);
        await record(transaction, { viewer, request }, 'account.issue-password', account);
        const issued = (await findAccounts(transaction, stationsFor(viewer, 'manageAccounts'), { id }))[0]!;
        return { ...issued, sessionCount: 0 };
      });
      await sessions.end({ stationId: account.stationId, accountId: id });
      return context.json({ account, oneTimePassword }, 200, unkept);
    })
    .delete('/accounts/:id/second-factor', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'account');
      const viewer = await viewerOf(request);
      const account = await database.inScope(viewer.stationIds, async (transaction) => {
        const account = await open(transaction, viewer, id);
        requireReach(account);
        requireOther(viewer, id, 'resets the second factor of');
        await deleteSecondFactors(transaction, id);
        await record(transaction, { viewer, request }, 'account.reset-second-factor', account);
        return account;
      });
      await sessions.end({ stationId: account.stationId, accountId: id });
      return context.body(null, 204);
    });
}
