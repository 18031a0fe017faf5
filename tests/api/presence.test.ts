import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles, type Role } from '../../api/accounts/contract.ts';
import { matrix } from '../../api/accounts/matrix.ts';
import { sql } from '../../api/database/sql.ts';
import type { Presence } from '../../api/presence/contract.ts';
import { rollUpPresence } from '../../api/presence/roll-up.ts';
import { makeGrid } from '../database/base-data.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let testApp: TestApp;
let stationId: string;
let otherStationId: string;
let gridId: string;
let unit: ReportingUnit;
const hour = 3_600_000;
const [lng, lat] = [117.93, 29.63];

beforeAll(async () => {
  testApp = await openTestApp(undefined, { withSessions: true });
  stationId = await makeStation(testApp.database);
  otherStationId = await makeStation(testApp.database);
  gridId = await makeGrid(testApp.database, stationId, { number: '1', lng: lng - 0.005, lat: lat - 0.005 });
  unit = await makeReportingUnit(testApp.database, stationId, { kind: 'foot' });
  await testApp.dependencies.registry.refresh();
});
afterAll(() => testApp.close());

const cookieOf = async (role: Role) =>
  beginSession(
    testApp.database,
    testApp.dependencies.sessions.cookieName,
    await makeAccount(testApp.database, stationId, role),
  );

async function read(cookie: string, query: string): Promise<{ status: number; body: Presence }> {
  const response = await testApp.app.request(`/api/presence?${query}`, { headers: { Cookie: cookie } });
  return { status: response.status, body: (await response.json()) as Presence };
}

/** Reports standing still from … to, a fix a minute; their outcomes. */
async function report(fromMs: number, minutes: number): Promise<string[]> {
  const fixes = Array.from({ length: minutes + 1 }, (_, i) => ({
    device: unit.device,
    at: new Date(fromMs + i * 60_000).toISOString(),
    // A device that stands still is not frozen: it jitters.
    lngLat: [lng + (i % 2) * 1e-5, lat],
    accuracyM: 5,
  }));
  const response = await testApp.app.request('/api/positions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${unit.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(fixes),
  });
  const text = await response.text();
  return [...text.matchAll(/accepted|duplicate|quarantined|offDuty|late/g)].map(([outcome]) => outcome);
}

test.each(roles)('who sees presence: %s', async (role) => {
  const cookie = await cookieOf(role);
  const { status, body } = await read(cookie, `station=${stationId}`);
  if (matrix[role].presence === 'exact') {
    expect(status).toBe(200);
    expect(body.grids.map((grid) => grid.gridId)).toEqual([gridId]);
    // Which units they were is nowhere in it.
    expect(JSON.stringify(body)).not.toContain(unit.unitId);
  } else expect([403, 404]).toContain(status);
  expect((await read(cookie, `station=${otherStationId}`)).status).toBe(404);
});

test('fixes that come late are in the hour they belong to, and off duty there is no presence', async () => {
  const cookie = await cookieOf('commander');
  const at = Math.floor(Date.now() / hour) * hour - 4 * hour;
  const span = `station=${stationId}&from=${new Date(at).toISOString()}&to=${new Date(at + hour).toISOString()}`;
  const outcomes = await report(at + 600_000, 10);
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(11);
  expect((await read(cookie, span)).body).toMatchObject({ hoursDue: 1 });
  await rollUpPresence({ database: testApp.database });
  expect((await read(cookie, span)).body).toMatchObject({ hoursDue: 0, grids: [{ gridId, seconds: 600, visits: 1 }] });
  // Some more that a phone had kept: before what was counted already.
  await report(at + 120_000, 5);
  expect((await read(cookie, span)).body).toMatchObject({ hoursDue: 1 });
  await rollUpPresence({ database: testApp.database });
  const { body } = await read(cookie, span);
  // The silence between the two is 180 s, less than a foot patrol's limit: the track goes on.
  expect(body).toMatchObject({ hoursDue: 0, grids: [{ seconds: 1080, visits: 1 }] });
  expect((await read(cookie, `${span}&kinds=car,uav`)).body.grids).toEqual([{ gridId, seconds: 0, visits: 0 }]);

  await testApp.database.inScope([stationId], (transaction) =>
    transaction.execute(sql`UPDATE units SET duty_state = 'off' WHERE id = ${unit.unitId}`),
  );
  await testApp.dependencies.registry.refresh();
  const offDuty = await report(Date.now() - 300_000, 4);
  expect(offDuty.every((outcome) => outcome === 'offDuty')).toBe(true);
  const today = await read(cookie, `station=${stationId}`);
  expect(today.body.grids[0]!.seconds).toBe(1080);
});

test.each([
  ['a time without zone', 'from=2026-11-22T08:00:00'],
  ['from after to', 'from=2026-11-22T08:00:00Z&to=2026-11-21T08:00:00Z'],
  ['more than 400 days', 'from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z'],
  ['an unknown kind', 'kinds=horse'],
])('%s is refused', async (_, query) => {
  expect((await read(await cookieOf('analyst'), `station=${stationId}&${query}`)).status).toBe(400);
});
