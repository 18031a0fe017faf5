import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../../errors.ts';
import { readBody } from '../../reading/read-body.ts';
import { insertStation, listStationTree } from '../../stations/queries.ts';
import { beginSession } from '../begin-session.ts';
import { linkSchema, setUpSchema, type SetupOffer } from '../contract.ts';
import { describeSession } from '../describe-session.ts';
import { judgePassword } from '../judge-password.ts';
import { hashLinkToken } from '../link-token.ts';
import { grantRole, insertOwnAccount } from '../new-account-queries.ts';
import { hashPassword } from '../password.ts';
import { invalidLink, usernameTaken, type WaysIn } from '../ways-in.ts';
import { findSetupLink, listRoots, takeSetupLink } from './queries.ts';

/** The one-time link of the first start: the top station, where there is none, and its administrator. */
export function createSetupRoutes(ways: WaysIn) {
  const { database, registry } = ways;

  async function findRoots(): Promise<{ id: string; name: string }[]> {
    const rootIds = (await listStationTree(database)).filter(({ parentId }) => parentId === null).map(({ id }) => id);
    return database.inScope(rootIds, (transaction) => listRoots(transaction, rootIds));
  }

  /** @throws {Problem} 404 */
  async function requireLink(tokenHash: Buffer): Promise<Date> {
    const expiresAt = await database.inScope([], (transaction) => findSetupLink(transaction, tokenHash));
    if (!expiresAt) throw invalidLink();
    return expiresAt;
  }

  return new Hono()
    .post('/setup/look', async (context) => {
      const { token } = await readBody(linkSchema, context.req.raw);
      const expiresAt = await requireLink(hashLinkToken(token));
      const [station] = await findRoots();
      const answer: SetupOffer = { expiresAt: expiresAt.toISOString(), station: station ?? null };
      return context.json(answer, 200, { 'Cache-Control': 'no-store' });
    })
    .post('/setup', async (context) => {
      const request = context.req.raw;
      const { token, stationName, timeZone, username, displayName, password } = await readBody(setUpSchema, request);
      const tokenHash = hashLinkToken(token);
      await requireLink(tokenHash);
      await judgePassword(password, { username, displayName });
      const passwordHash = await hashPassword(password);
      const roots = await findRoots();
      const made = roots.length === 0 ? requireNewStation(stationName, timeZone) : undefined;
      const rootIds = made ? [made.id] : roots.map(({ id }) => id);
      const accountId = uuidv7();
      await database.inScope(rootIds, async (transaction) => {
        if (!(await takeSetupLink(transaction, tokenHash))) throw invalidLink();
        if (made) await insertStation(transaction, made);
        const isFree = await insertOwnAccount(transaction, {
          id: accountId,
          stationId: rootIds[0]!,
          username,
          displayName,
          passwordHash,
        });
        if (!isFree) throw usernameTaken();
        for (const stationId of rootIds) await grantRole(transaction, accountId, stationId, 'administrator');
        await ways.audit.writeIn(transaction, {
          stationId: rootIds[0]!,
          actor: { accountId, name: displayName },
          action: 'installation.set-up',
          target: { kind: 'account', id: accountId, name: username },
          detail: { administers: rootIds, ...(made && { station: made.name }) },
          outcome: 'done',
        });
      });
      await registry.refresh();
      const held = await beginSession(ways, context, accountId, ['pwd']);
      return context.json(describeSession(held), 201);
    });
}

/** @throws {Problem} 400 when the first station has no name or a zone that is none */
function requireNewStation(name: string | undefined, timeZone: string | undefined) {
  if (name === undefined || timeZone === undefined || !isTimeZone(timeZone))
    throw new Problem(400, 'invalid-body', 'The first station needs a name and a time zone', {
      errors: [
        name === undefined
          ? { field: 'stationName', got: 'nothing', expected: 'the name of the station', code: 'missing' as const }
          : {
              field: 'timeZone',
              got: timeZone ?? 'nothing',
              expected: 'an IANA zone like Asia/Shanghai',
              code: 'timeZone' as const,
            },
      ],
    });
  return { id: uuidv7(), name, timeZone };
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return !/^[+-]/.test(timeZone);
  } catch {
    return false;
  }
}
