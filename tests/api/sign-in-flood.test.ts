// Sign-in under attack, with its own limits alone: the general ones per address are switched off.
import type { HttpBindings } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../api/app.ts';
import { hashPassword } from '../../api/accounts/password.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { makeAccount, type TestAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

const password = 'correct horse battery';
let test_: TestApp;
let app: ReturnType<typeof createApp>;
let stationId: string;
let passwordHash: string;

beforeAll(async () => {
  test_ = await openTestApp(undefined, { withSessions: true });
  const { environment } = test_.dependencies;
  app = createApp({
    ...test_.dependencies,
    environment: { ...environment, requestRates: { perAddress: 0, perAccount: 0, perDevice: 0 } },
  });
  stationId = await makeStation(test_.database);
  passwordHash = await hashPassword(password);
});
afterAll(() => test_.close());

const makeOfficer = () => makeAccount(test_.database, stationId, 'officer', { passwordHash });

async function signIn(
  { username }: Pick<TestAccount, 'username'>,
  { address, guess = password, cookie = '' }: { address: string; guess?: string; cookie?: string },
): Promise<{ status: number; retryAfterS: number; cookies: string }> {
  const response = await app.request(
    'http://localhost/api/session',
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(cookie && { Cookie: cookie }) },
      body: JSON.stringify({ username, password: guess }),
    },
    { incoming: { socket: { remoteAddress: address }, headers: {} } } as unknown as HttpBindings,
  );
  await response.arrayBuffer();
  return {
    status: response.status,
    retryAfterS: Number(response.headers.get('Retry-After')),
    cookies: response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0]!)
      .filter((pair) => pair.includes('-device='))
      .join('; '),
  };
}

test('10,000 tries from one address are a few that are looked at, and its owner signs in from elsewhere and from a known browser', async () => {
  const victim = await makeOfficer();
  const known = (await signIn(victim, { address: '198.51.100.7' })).cookies;
  const counts = new Map<number, number>();
  for (let n = 0; n < 10_000; n++) {
    // Were the right password among them, it would not be looked at.
    const guess = n > 100 && n % 1000 === 0 ? password : `guess number ${n}`;
    const { status, retryAfterS } = await signIn(victim, { address: '203.0.113.5', guess });
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (status === 429) expect(retryAfterS).toBeGreaterThan(0);
    if (n === 5000) {
      expect((await signIn(victim, { address: '198.51.100.8' })).status).toBe(200);
      expect((await signIn(victim, { address: '203.0.113.5', cookie: known })).status).toBe(200);
    }
  }
  expect([...counts.keys()].sort()).toEqual([401, 429]);
  // A wait of 10 s and more may end while this runs; each lets one more be looked at.
  expect(counts.get(401)).toBeLessThan(16);
  const [{ failed }] = (await test_.database.inScope([stationId], (transaction) =>
    transaction.query(sql`
      SELECT count(*)::int AS failed FROM audit_entries WHERE station_id = ${stationId} AND target_id = ${victim.id} AND outcome = 'failed'`),
  )) as [{ failed: number }];
  expect(failed).toBe(counts.get(401));
}, 600_000);

test('300 addresses at once: hashing is bounded, what does not fit is told to come back, and a known browser gets through', async () => {
  const victim = await makeOfficer();
  const known = (await signIn(victim, { address: '198.51.100.7' })).cookies;
  const flood = Array.from({ length: 300 }, (_, n) =>
    signIn(n % 2 ? victim : { username: `nobody-${n}` }, { address: `10.0.${n >> 8}.${n & 255}`, guess: `guess ${n}` }),
  );
  const owner = signIn(victim, { address: '203.0.113.9', cookie: known });
  const answers = await Promise.all(flood);
  expect((await owner).status).toBe(200);
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].every((status) => [401, 429, 503].includes(status))).toBe(true);
  expect(statuses).toContain(503);
  expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(2 + 64);
  for (const { status, retryAfterS } of answers) if (status !== 401) expect(retryAfterS).toBeGreaterThan(0);
});
