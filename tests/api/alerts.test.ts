import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../api/accounts/contract.ts';
import type { Alert } from '../../api/alerts/contract.ts';
import { keepAlerts, type KeptAlerts } from '../../api/alerts/keep-alerts.ts';
import { windowAt } from '../../api/alerts/judge-burst.ts';
import { findChain } from '../../api/audit/queries.ts';
import { sql } from '../../api/database/sql.ts';
import type { Geofence } from '../../api/geofences/contract.ts';
import { FenceWatch } from '../../api/geofences/fence-watch.ts';
import { makeGrid } from '../database/base-data.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let testApp: TestApp;
let fences: FenceWatch;
let kept: KeptAlerts;
let nowMs: number | undefined;
const now = () => nowMs ?? Date.now();

const keep = () =>
  keepAlerts({
    ...testApp.dependencies,
    latest: testApp.latest,
    fences,
    now,
    silenceEveryMs: 0,
    burstEveryMs: 0,
  });

/** Whoever is told of fixes now: a restart makes another. */
const publisher = {
  publishFixes: (fixes: Parameters<FenceWatch['publishFixes']>[0]) => fences.publishFixes(fixes),
  publishRemoval: (stationId: string, unitNumber: number) => fences.publishRemoval(stationId, unitNumber),
};

let stationId: string;
let unit: ReportingUnit;
const cookies = {} as Record<'commander' | 'officer' | 'volunteer' | 'wall' | 'analyst', string>;

beforeAll(async () => {
  fences = new FenceWatch();
  testApp = await openTestApp(undefined, { withSessions: true, alsoTells: [publisher] });
});
afterAll(() => testApp.close());

async function signIn(role: Role, memberId: string | null = null): Promise<string> {
  const { database, dependencies } = testApp;
  return beginSession(
    database,
    dependencies.sessions.cookieName,
    await makeAccount(database, stationId, role, { memberId }),
  );
}

beforeEach(async () => {
  const { database, dependencies } = testApp;
  await kept?.close();
  nowMs = undefined;
  stationId = await makeStation(database);
  unit = await makeReportingUnit(database, stationId);
  const memberId = uuidv7();
  await database.inScope([stationId], async (transaction) => {
    const crewId = uuidv7();
    await transaction.execute(
      sql`INSERT INTO members (id, station_id, display_name, role) VALUES (${memberId}, ${stationId}, '志愿者', 'volunteer')`,
    );
    await transaction.execute(sql`
      INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at)
      VALUES (${crewId}, ${stationId}, ${unit.unitId}, now() - interval '1 hour', now() + interval '1 hour')`);
    await transaction.execute(
      sql`INSERT INTO crew_members (crew_id, member_id, station_id) VALUES (${crewId}, ${memberId}, ${stationId})`,
    );
  });
  for (const role of ['commander', 'officer', 'wall', 'analyst'] as const) cookies[role] = await signIn(role);
  cookies.volunteer = await signIn('volunteer', memberId);
  dependencies.sessions.forget();
  await dependencies.registry.refresh();
  fences = new FenceWatch();
  kept = await keep();
});

async function send<Body>(
  cookie: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Body }> {
  const response = await testApp.app.request(`/api/${path}`, {
    method,
    headers: { Cookie: cookie, ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body };
}

async function read(cookie = cookies.commander, state: 'open' | 'all' = 'open'): Promise<Alert[]> {
  const { body } = await send<{ alerts: Alert[] }>(cookie, 'GET', `alerts?station=${stationId}&state=${state}`);
  return body.alerts;
}

const press = (cookie: string, more: Record<string, unknown> = {}, unitId = unit.unitId) =>
  send<Alert & { type?: string }>(cookie, 'POST', `units/${unitId}/sos`, more);

async function report(lng: number, lat: number, atMs: number): Promise<void> {
  const response = await testApp.app.request('/api/positions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${unit.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify([{ device: unit.device, at: new Date(atMs).toISOString(), lngLat: [lng, lat], accuracyM: 5 }]),
  });
  expect(await response.json()).toMatchObject({ outcomes: [{ outcome: 'accepted' }] });
}

describe('an SOS', () => {
  test('by the crew stands where the phone is, for desk, wall and crew alike', async () => {
    const { status, body } = await press(cookies.volunteer, { lngLat: [116.4, 39.9] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: 'sos', severity: 'critical', lngLat: [116.4, 39.9], unitId: unit.unitId });
    for (const role of ['commander', 'officer', 'wall', 'volunteer'] as const)
      expect([role, await read(cookies[role])]).toMatchObject([role, [{ id: body.id, detail: { via: 'crew' } }]]);
  });

  test('pressed ten times at once is one alert', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => press(cookies.volunteer)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array<number>(9).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await read()).toHaveLength(1);
  });

  test('sent again after it was closed, because its answer was lost, raises no other', async () => {
    const id = uuidv7();
    const { body } = await press(cookies.volunteer, { id });
    await send(cookies.officer, 'POST', `alerts/${body.id}/acknowledge`, {});
    await send(cookies.officer, 'POST', `alerts/${body.id}/close`);
    expect(await press(cookies.volunteer, { id })).toMatchObject({ status: 200, body: { id: body.id } });
    expect(await read()).toEqual([]);
  });

  test('is taken back by the same crew, which the log tells', async () => {
    const { body } = await press(cookies.volunteer);
    const path = `units/${unit.unitId}/sos/cancel`;
    expect(await send(cookies.volunteer, 'POST', path)).toMatchObject({ status: 200, body: { id: body.id } });
    expect(await send(cookies.volunteer, 'POST', path)).toMatchObject({
      status: 409,
      body: { type: '/problems/no-sos' },
    });
    expect(await read()).toEqual([]);
    expect(await read(cookies.commander, 'all')).toMatchObject([{ closedBy: 'volunteer of a test' }]);
    const chain = await testApp.database.inScope([stationId], (transaction) =>
      findChain(transaction, stationId, 0, 99),
    );
    expect(chain.map(({ action }) => action)).toEqual(['alert.sos', 'alert.sos-cancel']);
  });

  test('of another unit is not a crew’s to raise, nor one for those who only look', async () => {
    const other = await makeReportingUnit(testApp.database, stationId);
    expect((await press(cookies.volunteer, {}, other.unitId)).status).toBe(404);
    expect((await press(cookies.wall)).status).toBe(403);
    expect((await press(cookies.analyst)).status).toBe(404);
    expect((await press(cookies.officer, {}, other.unitId)).status).toBe(201);
  });

  test.each([
    ['parameters', (at: string) => ({ path: `osmand?id=${unit.token}&lat=39.9&lon=116.4&timestamp=${at}&alarm=sos` })],
    [
      'JSON',
      (at: string) => ({
        path: 'osmand',
        body: {
          device_id: unit.token,
          location: { timestamp: at, coords: { latitude: 39.9, longitude: 116.4 }, extras: { alarm: 'sos' } },
        },
      }),
    ],
  ])('by the button of a Traccar phone (%s) is raised once, however often it is sent', async (_, make) => {
    const { path, body } = make(new Date(Date.now() - 5000).toISOString()) as { path: string; body?: unknown };
    for (let turn = 0; turn < 3; turn++) {
      const response = await testApp.app.request(`/api/${path}`, {
        method: 'POST',
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      expect(response.status).toBe(200);
    }
    expect(await read()).toMatchObject([{ kind: 'sos', lngLat: [116.4, 39.9], detail: { via: 'device' } }]);
    expect(await read(cookies.commander, 'all')).toHaveLength(1);
  });
});

describe('acknowledging', () => {
  test('is done once, by who may, with their name and a note, which the wall does not show', async () => {
    const { body } = await press(cookies.volunteer);
    const path = `alerts/${body.id}/acknowledge`;
    for (const role of ['volunteer', 'wall'] as const)
      expect((await send(cookies[role], 'POST', path, {})).status).toBe(403);
    const answers = await Promise.all(
      ['先去', '我去'].map((note) => send<{ type?: string }>(cookies.officer, 'POST', path, { note })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await read(cookies.officer)).toMatchObject([{ acknowledgedBy: 'officer of a test' }]);
    for (const role of ['wall', 'volunteer'] as const)
      expect(await read(cookies[role])).toMatchObject([
        { acknowledgedAt: expect.any(String), acknowledgedBy: null, note: null },
      ]);
  });

  test('comes before closing by hand', async () => {
    const { body } = await press(cookies.volunteer);
    expect(await send(cookies.officer, 'POST', `alerts/${body.id}/close`)).toMatchObject({
      status: 409,
      body: { type: '/problems/not-acknowledged' },
    });
    await send(cookies.officer, 'POST', `alerts/${body.id}/acknowledge`, {});
    expect((await send(cookies.officer, 'POST', `alerts/${body.id}/close`)).status).toBe(200);
    expect(await read()).toEqual([]);
  });
});

const west = 116.39;
const middle = 116.405;
const square = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [116.4, 39.9],
      [116.41, 39.9],
      [116.41, 39.91],
      [116.4, 39.91],
      [116.4, 39.9],
    ],
  ],
};
const fenceBody = {
  name: '学校',
  severity: 'warning',
  onEnter: true,
  onLeave: false,
  dwellMinutes: null,
  unitKinds: [],
  activeHours: null,
  area: square,
};
const makeFence = async (more: Record<string, unknown> = {}): Promise<Geofence> => {
  const { status, body } = await send<Geofence>(cookies.commander, 'POST', 'geofences', {
    ...fenceBody,
    stationId,
    ...more,
  });
  expect(status).toBe(201);
  await kept.settled();
  return body;
};

describe('a geofence', () => {
  let atMs: number;
  beforeEach(() => {
    atMs = Date.now() - 600_000;
  });
  const stand = async (lng: number, count: number): Promise<void> => {
    for (let index = 0; index < count; index++, atMs += 5000) await report(lng, 39.905, atMs);
    await kept.settled();
    // A car needs a minute for what comes next.
    atMs += 60_000;
  };

  test('that a unit enters raises one alert, resolved when it leaves', async () => {
    await makeFence();
    await stand(west, 3);
    await stand(middle, 6);
    expect(await read()).toMatchObject([
      { kind: 'geofenceEnter', geofenceName: '学校', unitId: unit.unitId, lngLat: [middle, 39.905] },
    ]);
    await stand(west, 3);
    expect(await read()).toEqual([]);
    expect(await read(cookies.commander, 'all')).toMatchObject([{ closedBy: null, resolvedAt: expect.any(String) }]);
  });

  test('over a restart neither forgets a crossing nor tells one twice', async () => {
    await makeFence();
    await stand(west, 3);
    await kept.close();
    fences = new FenceWatch();
    kept = await keep();
    await stand(middle, 3);
    const [alert] = await read();
    expect(alert).toMatchObject({ kind: 'geofenceEnter' });
    await send(cookies.officer, 'POST', `alerts/${alert!.id}/acknowledge`, {});
    await send(cookies.officer, 'POST', `alerts/${alert!.id}/close`);
    await kept.close();
    fences = new FenceWatch();
    kept = await keep();
    await stand(middle, 6);
    expect(await read()).toEqual([]);
  });

  test('whose unit goes off duty forgets where it was, and its alert is over', async () => {
    await makeFence();
    await stand(west, 3);
    await stand(middle, 3);
    expect(await read()).toHaveLength(1);
    await send(cookies.commander, 'POST', `units/${unit.unitId}/shift`, { action: 'end' });
    await kept.settled();
    expect(await read()).toEqual([]);
    const stays = await testApp.database.inScope([stationId], (transaction) =>
      transaction.query(sql`SELECT FROM geofence_stays WHERE station_id = ${stationId}`),
    );
    expect(stays).toEqual([]);
  });

  test('is drawn by commanders, seen by all who see the map exactly, and changed by who has seen it as it stands', async () => {
    const fence = await makeFence({ activeHours: { from: '22:00', to: '06:00' } });
    expect(fence).toMatchObject({ version: 1, activeHours: { from: '22:00', to: '06:00' } });
    expect((await send(cookies.officer, 'POST', 'geofences', { ...fenceBody, stationId, name: '二' })).status).toBe(
      403,
    );
    expect(await send(cookies.commander, 'POST', 'geofences', { ...fenceBody, stationId })).toMatchObject({
      status: 409,
      body: { type: '/problems/taken' },
    });
    expect(
      await send(cookies.commander, 'POST', 'geofences', { ...fenceBody, stationId, name: '三', onEnter: false }),
    ).toMatchObject({ status: 400 });
    const change = (match: string, more: Record<string, unknown>) =>
      send<Geofence>(
        cookies.commander,
        'PUT',
        `geofences/${fence.id}`,
        { ...fenceBody, ...more },
        { 'If-Match': match },
      );
    expect(await change('"1"', { name: '中学' })).toMatchObject({ status: 200, body: { version: 2, name: '中学' } });
    expect(await change('"1"', { name: '小学' })).toMatchObject({ status: 412 });
    const list = await send<{ geofences: Geofence[] }>(cookies.wall, 'GET', `geofences?station=${stationId}`);
    expect(list.body.geofences.map(({ name }) => name)).toEqual(['中学']);
    expect((await send(cookies.volunteer, 'GET', `geofences?station=${stationId}`)).status).toBe(404);
  });

  test('that is deleted tells what goes with it, and its alerts are over', async () => {
    const fence = await makeFence();
    await stand(west, 3);
    await stand(middle, 3);
    const asked = await send<{ losses: object; confirm: string }>(cookies.commander, 'DELETE', `geofences/${fence.id}`);
    expect(asked).toMatchObject({ status: 409, body: { losses: { alerts: 1 } } });
    const done = await send(cookies.commander, 'DELETE', `geofences/${fence.id}?confirm=${asked.body.confirm}`);
    expect(done.status).toBe(204);
    expect(await read()).toEqual([]);
    expect(await read(cookies.commander, 'all')).toMatchObject([{ geofenceId: null, detail: { geofence: '学校' } }]);
  });
});

describe('a silent unit', () => {
  test('raises one alert, resolved by its next fix', async () => {
    await report(116.4, 39.9, Date.now() - 300_000);
    await kept.close();
    nowMs = Date.now() - 250_000;
    fences = new FenceWatch();
    kept = await keep();
    nowMs = undefined;
    await kept.lookForSilence();
    await kept.lookForSilence();
    expect(await read()).toMatchObject([
      { kind: 'unitStale', unitId: unit.unitId, lngLat: [116.4, 39.9], detail: { limitS: 120 } },
    ]);
    await report(116.4, 39.9, Date.now());
    await kept.lookForSilence();
    expect(await read()).toEqual([]);
    expect(await read(cookies.commander, 'all')).toHaveLength(1);
  });

  test('that was told before a restart is not told again', async () => {
    await report(116.4, 39.9, Date.now() - 300_000);
    nowMs = Date.now() - 250_000;
    await kept.close();
    kept = await keep();
    nowMs = undefined;
    await kept.lookForSilence();
    await kept.close();
    fences = new FenceWatch();
    kept = await keep();
    await kept.lookForSilence();
    expect(await read(cookies.commander, 'all')).toHaveLength(1);
  });
});

describe('a burst of incidents', () => {
  let number = 0;
  const makeIncidents = (atMs: number, count: number, source = 'citizen') =>
    testApp.database.inScope([stationId], async (transaction) => {
      for (let index = 0; index < count; index++)
        await transaction.execute(sql`
          INSERT INTO incidents (id, station_id, number, category, source, occurred_at, point)
          VALUES (${uuidv7()}, ${stationId}, ${++number}, 'theft', ${source}, ${new Date(atMs).toISOString()},
            ST_SetSRID(ST_MakePoint(116.405, 39.905), 4326))`);
    });
  const weekMs = 7 * 86_400_000;

  beforeEach(async () => {
    number = 0;
    await makeGrid(testApp.database, stationId, { number: '1', lng: 116.4, lat: 39.9 });
    await makeIncidents(Date.now() - 30 * weekMs, 1);
  });

  test('in a grid, against its own history, raises one alert that tells the numbers, resolved when it is over', async () => {
    await makeIncidents(Date.now() - 1000, 6);
    await kept.lookForBursts(stationId);
    await kept.lookForBursts(stationId);
    expect(await read()).toMatchObject([
      {
        kind: 'incidentBurst',
        gridNumber: '1',
        lngLat: [116.405, 39.905],
        detail: { count: 6, weeks: 29, method: 'poisson', windowHours: 4 },
      },
    ]);
    nowMs = Date.now() + 5 * 3_600_000;
    await kept.lookForBursts(stationId);
    expect(await read()).toEqual([]);
  });

  test('is none where the same hours are always like that', async () => {
    const { fromMs } = windowAt(Date.now());
    for (let week = 1; week <= 29; week++) await makeIncidents(fromMs + 60_000 - week * weekMs, 5);
    await makeIncidents(Date.now() - 1000, 6);
    await kept.lookForBursts(stationId);
    expect(await read()).toEqual([]);
  });

  test('is none of what patrols recorded, and none without a history', async () => {
    await makeIncidents(Date.now() - 1000, 6, 'patrol');
    await kept.lookForBursts(stationId);
    expect(await read()).toEqual([]);
    await testApp.database.inScope([stationId], (transaction) =>
      transaction.execute(
        sql`DELETE FROM incidents WHERE station_id = ${stationId} AND occurred_at < now() - interval '1 day'`,
      ),
    );
    await makeIncidents(Date.now() - 1000, 6);
    await kept.lookForBursts(stationId);
    expect(await read()).toEqual([]);
  });
});
