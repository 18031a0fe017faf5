// The demo's accounts and their known password: good on this machine alone.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { roles, type Session } from '../../api/accounts/contract.ts';
import { hashPassword } from '../../api/accounts/password.ts';
import { sql } from '../../api/database/sql.ts';
import type { Environment } from '../../api/environment.ts';
import { demoCityId, demoScope, demoStationId } from '../../api/stations/demo/ids.ts';
import type { DemoAccount } from '../../api/stations/demo/demo-accounts.ts';
import { startDemo } from '../../api/stations/demo/start-demo.ts';
import { openOwnDatabase, type OwnDatabase } from '../database/own-database.ts';
import { makeAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

// Seeding the demo takes most of it, on a busy machine more than a minute.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const known = 'pingan-demo';
let own: OwnDatabase;
let served: TestApp;

beforeAll(async () => {
  own = await openOwnDatabase();
  served = await openTestApp(own.database, { withSessions: true });
});
afterAll(async () => {
  await served.close();
  await own.remove();
});

/** A start of the server, as far as the demo is concerned; undefined: there is none. */
async function start(set: Partial<Environment>): Promise<DemoAccount[] | undefined> {
  const { environment, registry, sessions, log } = served.dependencies;
  const { target } = own.poolOptions;
  const demo = await startDemo(
    {
      environment: {
        ...environment,
        ...('url' in target ? { databaseUrl: target.url } : { dataDir: target.socketDir }),
        demo: true,
        ...set,
      },
      database: own.database,
      registry,
      sessions,
      log,
    },
    // The simulator is stopped before it has anything to say.
    'http://127.0.0.1:9',
    () => {},
  );
  await demo?.stop();
  return demo?.accounts;
}
const loopback = {};
const network = { host: '0.0.0.0', demoOnNetwork: true };

let nextAddress = 1;
/** Each try from an address of its own: none is slowed by the others. */
async function signIn(username: string, password: string): Promise<Response> {
  const request = new Request('http://localhost/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  return served.app.fetch(request, {
    incoming: { socket: { remoteAddress: `203.0.113.${nextAddress++}` }, headers: {} },
  });
}
const statusOf = async (username: string, password: string) => (await signIn(username, password)).status;
const refused = roles.map((role) => [role, 401]);
const statusesWith = (password: string) =>
  Promise.all(roles.map(async (role) => [role, await statusOf(role, password)]));
const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0]!.split(';')[0]!;
const isSignedIn = async (cookie: string) =>
  (await served.app.request('/api/session', { headers: { Cookie: cookie } })).status === 200;

test('on this machine alone there is one account for each role, named after it, with the known password', async () => {
  expect(await start(loopback)).toEqual(roles.map((username) => ({ username, password: known })));
  for (const role of roles) {
    const answer = await signIn(role, known);
    expect([role, answer.status]).toEqual([role, 200]);
    const { account, rights, mustAddSecondFactor } = (await answer.json()) as Session;
    expect(account).toMatchObject({ username: role });
    // The app of the tests is no demo on loopback: it asks its administrator for a second factor first.
    expect([role, mustAddSecondFactor]).toEqual([role, role === 'administrator']);
    if (mustAddSecondFactor) continue;
    expect([...new Set(rights.flatMap((right) => right.roles))]).toEqual([role]);
    expect(rights.some(({ stationId }) => stationId === demoStationId)).toBe(true);
  }
});

test.each([
  ['TLS on an address that others reach', { host: '0.0.0.0', tls: { certPath: 'x', keyPath: 'x' } }],
  ['a proxy before it', { trustProxy: { kind: 'hops', hops: 1 } as const }],
  ['--no-demo', { demo: false }],
])('with %s they are closed and their sessions ended', async (_, set) => {
  await start(loopback);
  const cookie = cookieOf(await signIn('commander', known));
  expect(await isSignedIn(cookie)).toBe(true);
  expect((await start(set)) ?? []).toEqual([]);
  served.dependencies.sessions.forget();
  expect(await isSignedIn(cookie)).toBe(false);
  expect(await statusesWith(known)).toEqual(refused);
});

test('asked for on the network they have random passwords, new with each start, and the known one is refused', async () => {
  await start(loopback);
  const cookie = cookieOf(await signIn('commander', known));
  const accounts = (await start(network))!;
  expect(accounts.map(({ username }) => username)).toEqual([...roles]);
  for (const { password } of accounts) expect(password).toMatch(/^[a-z2-9]{16}$/);
  expect(new Set(accounts.map(({ password }) => password)).size).toBe(roles.length);
  expect(await statusesWith(known)).toEqual(refused);
  // Who came in with the known password is out too.
  expect(await isSignedIn(cookie)).toBe(false);
  const { username, password } = accounts[0]!;
  expect(await statusOf(username, password)).toBe(200);
  const [next] = (await start(network))!;
  expect(await statusOf(username, password)).toBe(401);
  expect(await statusOf(username, next!.password)).toBe(200);
});

test('a name that a real account has is left to it, and the demo’s account of another name is closed on the network', async () => {
  await start(loopback);
  const real = await makeAccount(own.database, demoCityId, 'auditor', {
    passwordHash: await hashPassword('its own password'),
  });
  const rename = (from: string, to: string) =>
    own.database.inScope(demoScope, (transaction) =>
      transaction.execute(sql`UPDATE accounts SET username = ${to} WHERE username = ${from}`),
    );
  await rename('analyst', 'analyst-of-the-demo');
  await rename(real.username, 'analyst');

  const accounts = await start(loopback);
  expect(accounts!.map(({ username }) => username)).toEqual(roles.filter((role) => role !== 'analyst'));
  expect(await statusOf('analyst', known)).toBe(401);
  const answer = await signIn('analyst', 'its own password');
  expect([answer.status, await answer.json()]).toMatchObject([200, { mainRole: 'auditor' }]);

  await start(network);
  expect(await statusOf('analyst', 'its own password')).toBe(200);
  expect(await statusOf('analyst', known)).toBe(401);
  expect(await statusOf('analyst-of-the-demo', known)).toBe(401);
});
