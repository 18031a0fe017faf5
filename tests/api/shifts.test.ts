import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Role } from '../../api/accounts/contract.ts';
import { findChain } from '../../api/audit/queries.ts';
import { sql } from '../../api/database/sql.ts';
import type { ShiftState } from '../../api/units/contract.ts';
import { endOverdueShifts } from '../../api/units/end-overdue-shifts.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let testApp: TestApp;
let station: string;
let unit: ReportingUnit;

beforeAll(async () => {
  testApp = await openTestApp(undefined, { withSessions: true });
});
afterAll(() => testApp.close());
beforeEach(async () => {
  station = await makeStation(testApp.database);
  unit = await makeReportingUnit(testApp.database, station, { dutyState: 'off' });
  await testApp.dependencies.registry.refresh();
});

const hour = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();

/** A member on the unit's crew from … to, in hours from now. */
async function makeCrew(from: number, to: number): Promise<string> {
  const [member, crew] = [uuidv7(), uuidv7()];
  await testApp.database.inScope([station], async (transaction) => {
    await transaction.execute(
      sql`INSERT INTO members (id, station_id, display_name, role) VALUES (${member}, ${station}, '周平', 'volunteer')`,
    );
    await transaction.execute(sql`
      INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at)
      VALUES (${crew}, ${station}, ${unit.unitId}, ${inHours(from)}, ${inHours(to)})`);
    await transaction.execute(
      sql`INSERT INTO crew_members (crew_id, member_id, station_id) VALUES (${crew}, ${member}, ${station})`,
    );
  });
  return member;
}

async function signIn(role: Role, at = station, memberId: string | null = null): Promise<string> {
  const account = await makeAccount(testApp.database, at, role, { memberId });
  return beginSession(testApp.database, testApp.dependencies.sessions.cookieName, account);
}

async function order(cookie: string, body: object) {
  const response = await testApp.app.request(`/api/units/${unit.unitId}/shift`, {
    method: 'POST',
    headers: { Cookie: cookie, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as ShiftState & { errors?: { field: string }[] } };
}

async function report(at: number): Promise<string> {
  const response = await testApp.app.request('/api/positions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${unit.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify([{ device: unit.device, at: new Date(at).toISOString(), lngLat: [116.4, 39.9] }]),
  });
  const { outcomes } = (await response.json()) as { outcomes: { outcome: string }[] };
  return outcomes[0]!.outcome;
}

const rowsOf = async (table: 'fixes' | 'quarantined_fixes') => {
  const [row] = await testApp.database.inScope([station], (transaction) =>
    transaction.query<{ n: number }>({
      text: `SELECT count(*) AS n FROM ${table} WHERE station_id = $1`,
      values: [station],
    }),
  );
  return row!.n;
};

const actions = async () =>
  (await testApp.database.inScope([station], (transaction) => findChain(transaction, station, 0, 100))).map(
    ({ action, actorName }) => [action, actorName],
  );

test('the desk starts a shift and ends it: tracked from then on and no longer, off every map at once', async () => {
  const desk = await signIn('commander');
  expect(await report(Date.now())).toBe('offDuty');
  const started = await order(desk, { action: 'start', endsAt: inHours(6) });
  expect(started).toMatchObject({ status: 200, body: { dutyState: 'on', unitId: unit.unitId } });
  expect(Date.parse(started.body.endsAt!) - Date.now()).toBeGreaterThan(5.9 * hour);
  expect(await report(Date.now())).toBe('accepted');
  testApp.removed.length = 0;
  const ended = await order(desk, { action: 'end' });
  expect(ended).toMatchObject({ status: 200, body: { dutyState: 'off', endsAt: null } });
  expect(testApp.removed).toEqual([{ stationId: station, unitNumber: unit.unitNumber }]);
  expect(await report(Date.now() + 1000)).toBe('offDuty');
  expect(await rowsOf('fixes')).toBe(1);
  expect(await actions()).toEqual([
    ['shift.start', 'commander of a test'],
    ['shift.end', 'commander of a test'],
  ]);
});

test('what a phone kept from before the shift, or from between two, is off duty too and stored nowhere', async () => {
  const desk = await signIn('commander');
  await order(desk, { action: 'start' });
  const inFirst = Date.now();
  expect(await report(inFirst)).toBe('accepted');
  expect(await report(inFirst - 60_000)).toBe('offDuty');
  await order(desk, { action: 'end' });
  const between = Date.now() + 5;
  await new Promise((done) => setTimeout(done, 20));
  await order(desk, { action: 'start' });
  await new Promise((done) => setTimeout(done, 5));
  expect(await report(between)).toBe('offDuty');
  // Late, and of the shift before.
  expect(await report(inFirst + 1)).toBe('accepted');
  expect(await report(Date.now())).toBe('accepted');
  expect([await rowsOf('fixes'), await rowsOf('quarantined_fixes')]).toEqual([3, 0]);
});

test('a crew starts its own shift shortly before its time and ends it; the roster follows', async () => {
  const cookie = await signIn('volunteer', station, await makeCrew(0.3, 8));
  const { status, body } = await order(cookie, { action: 'start' });
  expect(status).toBe(200);
  expect(Math.abs(Date.parse(body.endsAt!) - Date.now() - 8 * hour)).toBeLessThan(60_000);
  const units = await testApp.app.request('/api/units', { headers: { Cookie: cookie } });
  expect(await units.json()).toMatchObject({ units: [{ id: unit.unitId, dutyState: 'on' }] });
  expect((await order(cookie, { action: 'end' })).status).toBe(200);
  const gone = await testApp.app.request('/api/units', { headers: { Cookie: cookie } });
  expect(await gone.json()).toEqual({ units: [] });
  // By mistake: the shift goes on.
  expect(await order(cookie, { action: 'start', endsAt: inHours(2) })).toMatchObject({ status: 200 });
  expect(await (await testApp.app.request('/api/units', { headers: { Cookie: cookie } })).json()).toMatchObject({
    units: [{ dutyState: 'on' }],
  });
});

test('nobody else orders it: another’s crew, a crew whose time is not near, those who only look, other stations', async () => {
  const early = await signIn('officer', station, await makeCrew(2, 8));
  const stranger = await signIn('volunteer', station, await makeCrew(-9, -2));
  expect((await order(early, { action: 'start' })).status).toBe(403);
  expect((await order(stranger, { action: 'start' })).status).toBe(404);
  for (const role of ['officer', 'wall', 'administrator'] as const)
    expect((await order(await signIn(role), { action: 'start' })).status).toBe(403);
  for (const role of ['analyst', 'auditor', 'volunteer'] as const)
    expect((await order(await signIn(role), { action: 'start' })).status).toBe(404);
  const elsewhere = await signIn('commander', await makeStation(testApp.database));
  expect((await order(elsewhere, { action: 'end' })).status).toBe(404);
  expect((await actions()).filter(([action]) => action!.startsWith('shift.'))).toEqual([]);
});

test('an end in the past, too far ahead or not a time is refused by name', async () => {
  const desk = await signIn('commander');
  for (const endsAt of [inHours(-1), inHours(25), 'soon', 7])
    expect(await order(desk, { action: 'start', endsAt })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'endsAt' }] },
    });
  for (const body of [{ action: 'pause' }, { action: 'end', endsAt: inHours(1) }, {}])
    expect((await order(desk, body)).status).toBe(400);
});

const endOverdue = async () =>
  (await endOverdueShifts(testApp.dependencies)).filter(({ stationId }) => stationId === station).map(({ id }) => id);

const plan = (ends: string) =>
  testApp.database.inScope([station], (transaction) =>
    transaction.execute(
      sql`UPDATE duty_periods SET planned_ends_at = ${ends} WHERE unit_id = ${unit.unitId} AND ends_at IS NULL`,
    ),
  );

test('a shift that nobody ends ends by itself two hours after its planned end, or when the station says', async () => {
  const desk = await signIn('commander');
  await order(desk, { action: 'start' });
  await plan(inHours(-1.9));
  expect(await endOverdue()).toEqual([]);
  await testApp.database.inScope([station], (transaction) =>
    transaction.execute(sql`INSERT INTO retention_settings (station_id, overdue_shift_hours) VALUES (${station}, 1)`),
  );
  testApp.removed.length = 0;
  expect(await endOverdue()).toEqual([unit.unitId]);
  expect(testApp.removed).toEqual([{ stationId: station, unitNumber: unit.unitNumber }]);
  expect(await report(Date.now())).toBe('offDuty');
  expect((await actions()).at(-1)).toEqual(['shift.end-overdue', null]);
  expect(await endOverdue()).toEqual([]);
});

test('a unit that an import put on duty ends with its roster, and without a roster stays', async () => {
  const imported = async () => {
    const made = await makeReportingUnit(testApp.database, station);
    unit = made;
    return made.unitId;
  };
  await imported();
  const rostered = await imported();
  await makeCrew(-20, -12);
  await makeCrew(-12, -3);
  await testApp.dependencies.registry.refresh();
  expect(await endOverdue()).toEqual([rostered]);
  // The desk puts it on duty again: the roster's past says nothing of this shift.
  await order(await signIn('commander'), { action: 'start' });
  expect(await endOverdue()).toEqual([]);
});
