import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { roles, type Role } from '../../api/accounts/contract.ts';
import { raiseAlert } from '../../api/alerts/raise-alert.ts';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { comparisonSpans } from '../../api/figures/comparison-spans.ts';
import { figuresSchema, type Figures } from '../../api/figures/contract.ts';
import { countIncidents } from '../../api/figures/queries.ts';
import { makeSentinel } from '../database/base-data.ts';
import { explain } from '../database/explain.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { makeIncidents, makeManyIncidents, type MadeIncident } from '../database/make-incidents.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { makeReportingUnit, openTestApp, type TestApp } from './open-test-app.ts';

/** Nine in the morning in Shanghai, a Sunday; still Saturday evening in New York. */
const now = Date.parse('2026-11-22T01:00:30Z');

let database: Database;
let app: TestApp;

beforeAll(async () => {
  // Only the calendar stands still: the database, sessions and timers run on.
  vi.useFakeTimers({ toFake: ['Date'], now });
  database = openTestDatabase();
  app = await openTestApp(openTestDatabase(), { withSessions: true });
});
afterAll(async () => {
  await app.close();
  await database.close();
  vi.useRealTimers();
});

async function signIn(stationId: string, role: Role): Promise<string> {
  return beginSession(database, app.dependencies.sessions.cookieName, await makeAccount(database, stationId, role));
}

async function read(stationId: string, cookie: string): Promise<Figures> {
  const response = await app.app.request(`/api/figures?station=${stationId}`, { headers: { Cookie: cookie } });
  expect(response.status).toBe(200);
  return figuresSchema.parse(await response.json());
}

const at = (...times: string[]): MadeIncident[] => times.map((time, index) => ({ number: index + 1, at: time }));

describe('incidents of today', () => {
  test('are those since the station’s midnight, against the same hours a week and 52 weeks before', async () => {
    const station = await makeStation(database, { timeZone: 'Asia/Shanghai' });
    await makeIncidents(
      database,
      station,
      at(
        // Today from midnight; the second before belongs to yesterday.
        '2026-11-22T00:00:00+08:00',
        '2026-11-22T03:00:00+08:00',
        '2026-11-22T09:00:20+08:00',
        '2026-11-21T23:59:59+08:00',
        // Sunday a week ago up to 9:00; what came later that day is not compared yet.
        '2026-11-15T00:00:00+08:00',
        '2026-11-15T09:00:59+08:00',
        '2026-11-15T09:01:00+08:00',
        '2026-11-14T23:59:59+08:00',
        // The Sunday 52 weeks ago, not 22 November.
        '2025-11-23T00:00:00+08:00',
        '2025-11-23T01:00:00+08:00',
        '2025-11-23T02:00:00+08:00',
        '2025-11-23T08:59:00+08:00',
        '2025-11-22T08:00:00+08:00',
      ),
    );
    const { incidents, timeZone } = await read(station, await signIn(station, 'wall'));
    expect(timeZone).toBe('Asia/Shanghai');
    expect(incidents!.today).toEqual({
      from: '2026-11-21T16:00:00.000Z',
      to: '2026-11-22T01:01:00.000Z',
      count: 3,
    });
    expect(incidents!.lastWeek).toMatchObject({ from: '2026-11-14T16:00:00.000Z', count: 2, changePct: 50 });
    expect(incidents!.lastYear).toMatchObject({ from: '2025-11-22T16:00:00.000Z', count: 4, changePct: -25 });
  });

  test('belong to another day in another time zone', async () => {
    const station = await makeStation(database, { timeZone: 'America/New_York' });
    await makeIncidents(
      database,
      station,
      at(
        '2026-11-21T00:00:00-05:00',
        '2026-11-21T19:59:00-05:00',
        '2026-11-20T23:59:59-05:00',
        '2026-11-14T10:00:00-05:00',
      ),
    );
    const { incidents } = await read(station, await signIn(station, 'commander'));
    expect(incidents!.today).toEqual({ from: '2026-11-21T05:00:00.000Z', to: '2026-11-22T01:01:00.000Z', count: 2 });
    expect(incidents!.lastWeek).toMatchObject({ count: 1, changePct: 100 });
    // Nothing to divide by.
    expect(incidents!.lastYear).toMatchObject({ count: 0, changePct: null });
  });

  test('on a day on which the clocks change are those since its own midnight', async () => {
    vi.setSystemTime(Date.parse('2026-10-25T11:00:00Z'));
    try {
      const station = await makeStation(database, { timeZone: 'Europe/Berlin' });
      await makeIncidents(
        database,
        station,
        at(
          // Midnight was summer time, noon is winter time; 02:30 stood twice.
          '2026-10-25T00:00:00+02:00',
          '2026-10-25T02:30:00+02:00',
          '2026-10-25T02:30:00+01:00',
          '2026-10-24T23:59:59+02:00',
          '2026-10-18T11:59:00+02:00',
          '2026-10-18T12:01:00+02:00',
        ),
      );
      const { incidents } = await read(station, await signIn(station, 'commander'));
      expect(incidents!.today.count).toBe(3);
      expect(incidents!.lastWeek).toMatchObject({ count: 1, changePct: 200 });
    } finally {
      vi.setSystemTime(now);
    }
  });

  test('that are withdrawn count no more', async () => {
    const station = await makeStation(database);
    const [id] = await makeIncidents(database, station, at('2026-11-22T08:00:00+08:00', '2026-11-22T08:30:00+08:00'));
    const cookie = await signIn(station, 'commander');
    expect((await read(station, cookie)).incidents!.today.count).toBe(2);
    await database.inScope([station], (transaction) =>
      // Who writes withdrawn ones says so.
      transaction.execute(sql`
        WITH told AS MATERIALIZED (SELECT set_config('shaodian.withdrawn', 'on', true))
        UPDATE incidents SET withdrawn_at = now() FROM told WHERE id = ${id}`),
    );
    expect((await read(station, cookie)).incidents!.today.count).toBe(1);
  });

  test('that somebody works on are open', async () => {
    const station = await makeStation(database);
    const ids = await makeIncidents(database, station, at('2026-11-22T08:00:00+08:00', '2026-11-20T08:30:00+08:00'));
    await database.inScope([station], (transaction) =>
      transaction.execute(sql`UPDATE incidents SET state = 'open' WHERE id = ${ids[1]}`),
    );
    expect((await read(station, await signIn(station, 'commander'))).incidents!.open).toBe(1);
  });
});

test('strength counts units on duty by kind', async () => {
  const station = await makeStation(database);
  await makeReportingUnit(database, station, { kind: 'car' });
  await makeReportingUnit(database, station, { kind: 'car', dutyState: 'off' });
  await makeReportingUnit(database, station, { kind: 'foot' });
  const { strength } = await read(station, await signIn(station, 'wall'));
  expect(strength).toEqual([
    { kind: 'foot', onDuty: 1, total: 1 },
    { kind: 'car', onDuty: 1, total: 2 },
  ]);
});

test('sentinel points count once, when one of their incidents is of the last seven days', async () => {
  const station = await makeStation(database);
  const points: string[] = [];
  for (const number of ['1', '2', '3'])
    points.push(await makeSentinel(database, station, { number, name: number, lng: 117.9, lat: 29.6 }));
  const ids = await makeIncidents(
    database,
    station,
    at(
      '2026-11-22T08:00:00+08:00',
      '2026-11-16T08:00:00+08:00',
      '2026-11-15T08:00:00+08:00',
      '2026-11-21T08:00:00+08:00',
    ),
  );
  await database.inScope([station], async (transaction) => {
    for (const [index, point] of [points[0], points[0], points[1]].entries())
      await transaction.execute(
        sql`UPDATE incidents SET source = 'sentinel', sentinel_id = ${point} WHERE id = ${ids[index]}`,
      );
  });
  expect((await read(station, await signIn(station, 'commander'))).sentinels).toEqual({ reporting: 1, total: 3 });
});

test('open alerts count by severity, acknowledged ones apart, and ended ones not', async () => {
  const station = await makeStation(database);
  await database.inScope([station], async (transaction) => {
    const raise = (cause: string, severity: 'critical' | 'warning') =>
      raiseAlert(transaction, { stationId: station, kind: 'sos', cause, severity });
    await raise('a', 'critical');
    await raise('b', 'warning');
    await raise('c', 'warning');
    await raise('ended', 'critical');
    await transaction.execute(
      sql`UPDATE alerts SET resolved_at = clock_timestamp() WHERE station_id = ${station} AND cause = 'ended'`,
    );
    await transaction.execute(
      sql`UPDATE alerts SET acknowledged_at = now() WHERE station_id = ${station} AND cause = 'b'`,
    );
  });
  expect((await read(station, await signIn(station, 'wall'))).alerts).toEqual({
    open: 3,
    unacknowledged: 2,
    bySeverity: [
      { severity: 'critical', count: 1, unacknowledged: 1 },
      { severity: 'warning', count: 2, unacknowledged: 1 },
      { severity: 'notice', count: 0, unacknowledged: 0 },
    ],
  });
});

test('dispatches run until their unit has ended them', async () => {
  const station = await makeStation(database);
  const [incidentId] = await makeIncidents(database, station, at('2026-11-22T08:00:00+08:00'));
  await database.inScope([station], async (transaction) => {
    const orderId = uuidv7();
    await transaction.execute(
      sql`INSERT INTO dispatch_orders (id, station_id, incident_id) VALUES (${orderId}, ${station}, ${incidentId})`,
    );
    for (const state of ['sent', 'accepted', 'arrived', 'closed', 'declined']) {
      const unitId = uuidv7();
      await transaction.execute(sql`
        INSERT INTO units (id, station_id, number, call_sign, kind)
        VALUES (${unitId}, ${station}, (SELECT count(*) + 1 FROM units WHERE station_id = ${station}), ${state}, 'car')`);
      await transaction.execute(sql`
        INSERT INTO dispatches (id, station_id, order_id, incident_id, unit_id, state)
        VALUES (${uuidv7()}, ${station}, ${orderId}, ${incidentId}, ${unitId}, ${state})`);
    }
  });
  expect((await read(station, await signIn(station, 'wall'))).dispatches).toEqual({ running: 3, unanswered: 1 });
});

describe('who sees which figures', () => {
  const seen: Record<Role, readonly (keyof Figures)[]> = {
    commander: ['strength', 'incidents', 'sentinels', 'alerts', 'dispatches'],
    officer: ['strength', 'incidents', 'sentinels', 'alerts', 'dispatches'],
    wall: ['strength', 'incidents', 'sentinels', 'alerts', 'dispatches'],
    analyst: ['incidents', 'sentinels'],
    volunteer: ['incidents', 'sentinels'],
    administrator: [],
    auditor: [],
  };
  for (const role of roles)
    test(role, async () => {
      const station = await makeStation(database);
      const other = await makeStation(database);
      const cookie = await signIn(station, role);
      const get = (id: string) => app.app.request(`/api/figures?station=${id}`, { headers: { Cookie: cookie } });
      expect((await get(other)).status).toBe(404);
      if (seen[role].length === 0) return void expect((await get(station)).status).toBe(404);
      const figures = await read(station, cookie);
      for (const part of ['strength', 'incidents', 'sentinels', 'alerts', 'dispatches'] as const)
        expect([part, figures[part] !== null]).toEqual([part, seen[role].includes(part)]);
    });

  test('who sees incidents coarsely is told whole hours and no one or two', async () => {
    const station = await makeStation(database);
    await makeIncidents(
      database,
      station,
      at(
        '2026-11-22T07:00:00+08:00',
        '2026-11-22T08:00:00+08:00',
        // After the last full hour.
        '2026-11-22T09:00:10+08:00',
        '2026-11-15T06:00:00+08:00',
        '2026-11-15T07:00:00+08:00',
        '2026-11-15T08:00:00+08:00',
      ),
    );
    const { incidents } = await read(station, await signIn(station, 'volunteer'));
    expect(incidents!.today).toMatchObject({ to: '2026-11-22T01:00:00.000Z', count: null });
    expect(incidents!.lastWeek).toMatchObject({ count: 3, changePct: null });
    expect(incidents!.lastYear).toMatchObject({ count: 0, changePct: null });
    expect(incidents!.open).toBeNull();
  });
});

test('an answer holds until its minute is over or something changes', async () => {
  const station = await makeStation(database);
  const cookie = await signIn(station, 'commander');
  const get = (tag = '') =>
    app.app.request(`/api/figures?station=${station}`, { headers: { Cookie: cookie, 'If-None-Match': tag } });
  const tag = (await get()).headers.get('ETag')!;
  expect((await get(tag)).status).toBe(304);
  await makeIncidents(database, station, at('2026-11-22T08:00:00+08:00'));
  const changed = await get(tag);
  expect(changed.status).toBe(200);
  const next = changed.headers.get('ETag')!;
  expect((await get(next)).status).toBe(304);
  vi.setSystemTime(now + 60_000);
  expect((await get(next)).status).toBe(200);
  vi.setSystemTime(now);
});

test('what is no station is told so', async () => {
  const station = await makeStation(database);
  const cookie = await signIn(station, 'commander');
  for (const [query, status] of [
    ['', 400],
    ['?station=somewhere', 400],
    [`?station=${uuidv7()}`, 404],
  ] as const)
    expect((await app.app.request(`/api/figures${query}`, { headers: { Cookie: cookie } })).status).toBe(status);
});

test('counting a day reads no other days', async () => {
  const station = await makeStation(database);
  await makeManyIncidents(database, station, 20_000);
  await database.asOwner((transaction) => transaction.execute(sql`ANALYZE incidents`));
  const spans = comparisonSpans(Date.parse('2025-06-01T12:00:00Z'), 'Asia/Shanghai');
  const plan = await explain(database, [station], (transaction) => countIncidents(transaction, station, spans));
  expect(plan.match(/incidents_time_idx/g), plan).toHaveLength(3);
  expect(plan).not.toContain('Seq Scan');
});
