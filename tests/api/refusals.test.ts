import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createAudit, type Audit } from '../../api/audit/audit.ts';
import { installationChain } from '../../api/audit/contract.ts';
import { findChain } from '../../api/audit/queries.ts';
import { createRefusals } from '../../api/audit/refusals.ts';
import { Problem } from '../../api/errors.ts';
import { createLog, silentLog } from '../../api/operation/log.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { beginSession, makeAccount, makeViewer } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let testApp: TestApp;
const database = openTestDatabase();

beforeAll(async () => {
  testApp = await openTestApp(openTestDatabase(), { withSessions: true });
});
afterAll(async () => {
  await testApp.close();
  await database.close();
});

const chain = (stationId: string) =>
  database.inScope([stationId], (transaction) => findChain(transaction, stationId, 0, 1_000_000));

const notAllowed = new Problem(403, 'not-allowed', 'No');
const request = (path = '/api/accounts') => new Request(`http://localhost${path}`, { headers: { Cookie: 'a=b' } });

test('a page of another site is refused and noted once, in the chain of the account whose cookie it used', async () => {
  const station = await makeStation(database);
  const account = await makeAccount(database, station, 'commander');
  const cookie = await beginSession(database, testApp.dependencies.sessions.cookieName, account);
  for (let i = 0; i < 3; i++) {
    const { status } = await testApp.app.request('/api/session', {
      method: 'DELETE',
      headers: { Cookie: cookie, Origin: 'https://evil.example' },
    });
    expect(status).toBe(403);
  }
  await testApp.dependencies.refusals.flush();
  const entries = await chain(station);
  expect(entries).toHaveLength(2);
  expect(entries[0]).toMatchObject({
    actorId: account.id,
    action: 'request.refused',
    outcome: 'refused',
    address: '127.0.0.1',
  });
  expect(JSON.parse(entries[0]!.detail)).toEqual({ problem: 'foreign-origin', status: 403 });
  expect(JSON.parse(entries[1]!.detail)).toMatchObject({ problem: 'foreign-origin', repeats: 2 });
});

test('an unknown credential is noted without what was sent; a request that tried nothing is not', async () => {
  const before = (await chain(installationChain)).length;
  await testApp.app.request('/api/positions', {
    method: 'POST',
    headers: { Authorization: 'Bearer guessed-credential', 'Content-Type': 'application/json' },
    body: '[]',
  });
  await testApp.app.request('/api/units');
  await testApp.dependencies.refusals.flush();
  const entries = (await chain(installationChain)).slice(before);
  expect(entries.map(({ detail }) => (JSON.parse(detail) as { problem: string }).problem)).toEqual([
    'unknown-credential',
  ]);
  expect(JSON.stringify(entries)).not.toContain('guessed');
});

test('ten thousand refusals from as many addresses cost a hundred entries and a sum', async () => {
  const station = await makeStation(database);
  const written: unknown[] = [];
  const audit: Audit = {
    ...createAudit(database),
    write: (entry) => {
      written.push(entry);
      return createAudit(database).write(entry);
    },
  };
  let account = 0;
  const refusals = createRefusals({
    audit,
    log: silentLog,
    now: () => 1_800_000_000_000,
    viewerOf: async () =>
      makeViewer([station], ['officer'], { accountId: crypto.randomUUID(), displayName: `${account++}` }),
  });
  for (let i = 0; i < 10_000; i++) refusals.note(request(), { error: notAllowed, route: '/api/accounts' });
  await refusals.close();
  expect(await chain(station)).toHaveLength(100);
  expect(written).toHaveLength(101);
  expect(written.at(-1)).toMatchObject({ detail: { problem: 'too-many-refusals', repeats: 9900 } });
});

test('a refusal that cannot be written is told in the log', async () => {
  const lines: string[] = [];
  const refusals = createRefusals({
    audit: {
      write: () => Promise.reject(new Error('disk full')),
      writeIn: () => Promise.reject(new Error('disk full')),
    },
    log: createLog((line) => void lines.push(line)),
    viewerOf: async () => makeViewer([installationChain], ['officer']),
  });
  refusals.note(request(), { error: notAllowed, route: '/api/accounts' });
  await refusals.close();
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'error',
    event: 'audit.refusal-not-written',
    problem: 'not-allowed',
    route: 'GET /api/accounts',
  });
});

test('a look that found nothing, a bad request and a failure are no refusals', async () => {
  const station = await makeStation(database);
  const refusals = createRefusals({
    audit: createAudit(database),
    log: silentLog,
    viewerOf: async () => makeViewer([station], ['officer']),
  });
  for (const error of [new Problem(404, 'not-found', 'No'), new Problem(400, 'invalid-query', 'No'), new Error('no')])
    refusals.note(request(), { error, route: '/api/accounts' });
  await refusals.close();
  expect(await chain(station)).toEqual([]);
});

test('a live socket of another site’s page is noted like any refused request', async () => {
  const station = await makeStation(database);
  const account = await makeAccount(database, station, 'commander');
  const { sessions, live, refusals } = testApp.dependencies;
  const server = createServer();
  live.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live?station=${station}`, {
    headers: { Origin: 'https://evil.example', Cookie: await beginSession(database, sessions.cookieName, account) },
  });
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
    socket.on('error', () => {});
  });
  expect(status).toBe(403);
  await refusals.flush();
  expect((await chain(station)).map(({ actorId, targetId, outcome }) => [actorId, targetId, outcome])).toEqual([
    [account.id, 'GET /api/live', 'refused'],
  ]);
  socket.terminate();
  server.close();
});
