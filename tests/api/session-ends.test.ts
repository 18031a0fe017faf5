import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Role } from '../../api/accounts/contract.ts';
import { sql } from '../../api/database/sql.ts';
import { createLiveHub, type LiveHub } from '../../api/live/hub.ts';
import { makeStation } from '../database/harness.ts';
import { makeAccount, type TestAccount } from '../fixtures/make-viewer.ts';
import { makeReportingUnit, openTestApp, type TestApp } from './open-test-app.ts';

let test_: TestApp;
let stationId: string;
let hub: LiveHub;
let server: Server;

beforeAll(async () => {
  test_ = await openTestApp(undefined, { withSessions: true });
  stationId = await makeStation(test_.database);
  await makeReportingUnit(test_.database, stationId);
  hub = createLiveHub({ viewerOf: test_.dependencies.viewerOf, tickMs: 0 });
  server = createServer();
  hub.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await hub.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await test_.close();
});

const run = (statement: ReturnType<typeof sql>) =>
  test_.database.inScope([stationId], (transaction) => transaction.execute(statement));
/** A session as signing in begins one; the Cookie header. */
async function begin(role: Role): Promise<{ cookie: string; account: TestAccount; sessionId: string }> {
  const account = await makeAccount(test_.database, stationId, role);
  const { setCookie, held } = await test_.dependencies.sessions.begin(account.id, {
    methods: ['hwk'],
    userAgent: null,
    address: null,
  });
  return { cookie: setCookie.split(';')[0]!, account, sessionId: held.session.sessionId };
}
async function statusWith(cookie: string): Promise<number> {
  // What is cached for two seconds is not waited for here.
  test_.dependencies.sessions.forget();
  return (await test_.app.request('/api/session', { headers: { Cookie: cookie } })).status;
}
/** As if the session had begun, and was last used, so long ago. */
const age = (sessionId: string, begun: string, used: string) =>
  run(sql`
    UPDATE sessions SET created_at = created_at - ${begun}::interval, expires_at = expires_at - ${begun}::interval,
      last_seen_at = last_seen_at - ${used}::interval WHERE id = ${sessionId}`);

test.each([
  ['officer', '59 minutes', 200],
  ['officer', '61 minutes', 401],
  ['administrator', '61 minutes', 401],
  ['volunteer', '29 days', 200],
  ['volunteer', '31 days', 401],
  ['wall', '399 days', 200],
] as const)('a session of %s that lay unused for %s is answered %i', async (role, unused, status) => {
  const { cookie, sessionId } = await begin(role);
  expect(await statusWith(cookie)).toBe(200);
  await age(sessionId, '0', unused);
  expect(await statusWith(cookie)).toBe(status);
});

test.each([
  ['commander', '23 hours', 200],
  ['commander', '25 hours', 401],
  ['volunteer', '89 days', 200],
  ['volunteer', '91 days', 401],
  ['wall', '399 days', 200],
  ['wall', '401 days', 401],
] as const)('a session of %s that began %s ago and is in use is answered %i', async (role, begun, status) => {
  const { cookie, sessionId } = await begin(role);
  await age(sessionId, begun, '0');
  expect(await statusWith(cookie)).toBe(status);
});

test('a wall is ended from elsewhere, and a closed account at once', async () => {
  const wall = await begin('wall');
  await test_.dependencies.sessions.end({ stationId, accountId: wall.account.id });
  expect(await statusWith(wall.cookie)).toBe(401);
  const officer = await begin('officer');
  await run(sql`UPDATE accounts SET disabled_at = now() WHERE id = ${officer.account.id}`);
  expect(await statusWith(officer.cookie)).toBe(401);
});

test('an invented, an altered, a cut and a doubled cookie are no session', async () => {
  const { cookie, sessionId } = await begin('officer');
  const [name, token] = cookie.split('=') as [string, string];
  const altered = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  for (const forged of ['A'.repeat(43), altered, token.slice(1), `${token}A`, sessionId, '', "' OR 1=1 --"])
    expect([forged, await statusWith(`${name}=${forged}`)]).toEqual([forged, 401]);
  const [row] = await test_.database.inScope([stationId], (transaction) =>
    transaction.query<{ row: string }>(sql`SELECT s::text AS row FROM sessions s WHERE id = ${sessionId}`),
  );
  expect(row!.row).not.toContain(token);
  // The first of two counts, so that a cookie set for a wider path cannot replace it.
  expect(await statusWith(`${name}=${altered}; ${cookie}`)).toBe(401);
  expect(await statusWith(cookie)).toBe(200);
});

async function watch(cookie: string): Promise<{ socket: WebSocket; closed: Promise<number> }> {
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live?station=${stationId}`, {
    headers: { Cookie: cookie, Origin: `http://127.0.0.1:${port}` },
  });
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => socket.once('open', () => resolve()).once('error', reject));
  return { socket, closed };
}
const within = <T>(ms: number, promise: Promise<T>): Promise<T | 'still open'> =>
  Promise.race([promise, new Promise<'still open'>((resolve) => setTimeout(() => resolve('still open'), ms))]);

test('the live socket closes within 5 s of a sign-out, of a lost role and of a closed account, and of no one else’s', async () => {
  const [leaver, demoted, closedOut, stayer] = [
    await begin('commander'),
    await begin('commander'),
    await begin('officer'),
    await begin('commander'),
  ];
  const sockets = await Promise.all([leaver, demoted, closedOut, stayer].map(({ cookie }) => watch(cookie)));
  await test_.app.request('/api/session', { method: 'DELETE', headers: { Cookie: leaver.cookie } });
  await run(sql`DELETE FROM account_roles WHERE account_id = ${demoted.account.id}`);
  await run(sql`UPDATE accounts SET disabled_at = now() WHERE id = ${closedOut.account.id}`);
  const codes = await within(5000, Promise.all(sockets.slice(0, 3).map(({ closed }) => closed)));
  expect(codes).toEqual([4401, 4401, 4401]);
  expect(sockets[3]!.socket.readyState).toBe(WebSocket.OPEN);
  sockets[3]!.socket.close();
});
