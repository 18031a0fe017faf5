import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../api/accounts/contract.ts';
import type { Viewer } from '../../api/accounts/viewer.ts';
import { createAudit, type Audit } from '../../api/audit/audit.ts';
import { findChain } from '../../api/audit/queries.ts';
import { sql } from '../../api/database/sql.ts';
import { problemOf } from '../../api/errors.ts';
import { createUnitRoutes } from '../../api/units/routes.ts';
import { makeFixes, makeUnit } from '../database/base-data.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { makeViewer } from '../fixtures/make-viewer.ts';

const database = openTestDatabase();
let station: string;
let unit: { id: string; deviceNumber: number };
let member: string;
const [from, to] = ['2026-11-20T00:00:00Z', '2026-11-20T12:00:00Z'];

/** A unit with one fix an hour; the member was on its crew from 4 to 8 o'clock and somebody else before and after. */
beforeAll(async () => {
  station = await makeStation(database);
  unit = await makeUnit(database, station, { number: 7, callSign: '步巡 7' });
  const hours = Array.from({ length: 12 }, (_, hour) => ({
    at: `2026-11-20T${String(hour).padStart(2, '0')}:30:00Z`,
    lng: 116 + hour / 100,
    lat: 39.9,
  }));
  await makeFixes(database, station, { number: 7, ...unit }, hours);
  member = uuidv7();
  await database.inScope([station], async (transaction) => {
    const crew = uuidv7();
    await transaction.execute(
      sql`INSERT INTO members (id, station_id, display_name, role) VALUES (${member}, ${station}, '韩卫国', 'volunteer')`,
    );
    await transaction.execute(sql`
      INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at)
      VALUES (${crew}, ${station}, ${unit.id}, '2026-11-20T04:00:00Z', '2026-11-20T08:00:00Z')`);
    await transaction.execute(
      sql`INSERT INTO crew_members (crew_id, member_id, station_id) VALUES (${crew}, ${member}, ${station})`,
    );
  });
});
afterAll(() => database.close());

function appOf(viewer: Viewer, audit: Audit = createAudit(database)) {
  const app = new Hono().route('/api', createUnitRoutes({ database, audit, viewerOf: async () => viewer }));
  app.onError((error, context) => {
    const { details } = problemOf(error);
    return context.json(details, details.status as 500);
  });
  return async (reason?: string) => {
    const query = new URLSearchParams({ from, to, ...(reason !== undefined && { reason }) });
    const response = await app.request(`/api/units/${unit.id}/track?${query}`);
    const body = (await response.json()) as {
      type: string;
      features?: { properties: { times: string[] } }[];
      errors?: { field: string }[];
    };
    const hours = body.features?.flatMap(({ properties }) =>
      properties.times.map((time) => Number(time.slice(11, 13))),
    );
    return { status: response.status, type: body.type, hours, errors: body.errors };
  };
}

const viewer = (role: Role, more: Partial<Viewer> = {}) =>
  makeViewer([station], [role], { displayName: '指挥员', ...more });
const crewed = () => ({ memberId: member, ownUnits: [{ id: unit.id, stationId: station, number: 7 }] });
const entries = () => database.inScope([station], (transaction) => findChain(transaction, station, 0, 1000));
const all = Array.from({ length: 12 }, (_, hour) => hour);

test.each([undefined, '', '   '])(
  'without a reason (%j) nobody else’s past is shown, and nothing of it is logged as a look',
  async (reason) => {
    const before = (await entries()).length;
    for (const role of ['commander', 'officer'] as const)
      expect(await appOf(viewer(role))(reason)).toMatchObject({
        status: 403,
        type: '/problems/reason-required',
        hours: undefined,
      });
    expect(await entries()).toHaveLength(before);
  },
);

test('a look with a reason is answered and is in the log with who, whose, when and why', async () => {
  const before = (await entries()).length;
  expect(await appOf(viewer('commander'))('  核实 11 月 20 日报警 <b>"x"</b>\u0000 ')).toMatchObject({
    status: 200,
    hours: all,
  });
  const [entry, ...more] = (await entries()).slice(before);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({
    actorName: '指挥员',
    action: 'unit.track-read',
    targetKind: 'unit',
    targetId: unit.id,
    targetName: '步巡 7',
    address: '127.0.0.1',
    outcome: 'done',
  });
  expect(JSON.parse(entry!.detail)).toEqual({
    reason: '核实 11 月 20 日报警 <b>"x"</b>\ufffd',
    from: '2026-11-20T00:00:00.000Z',
    to: '2026-11-20T12:00:00.000Z',
  });
});

test('a reason has at most 200 characters, counted as people count', async () => {
  expect((await appOf(viewer('officer'))('警'.repeat(199) + '😀')).status).toBe(200);
  expect(await appOf(viewer('officer'))('警'.repeat(201))).toMatchObject({
    status: 400,
    errors: [{ field: 'reason' }],
  });
});

test('when the look cannot be logged there is no track', async () => {
  const broken: Audit = { ...createAudit(database), writeIn: () => Promise.reject(new Error('disk full')) };
  expect(await appOf(viewer('commander'), broken)('核实')).toMatchObject({ status: 500, hours: undefined });
});

test('one’s own shifts need no reason and are not logged; what others did on the unit stays theirs', async () => {
  const before = (await entries()).length;
  for (const role of ['volunteer', 'officer'] as const)
    expect(await appOf(viewer(role, crewed()))()).toMatchObject({ status: 200, hours: [4, 5, 6, 7] });
  // A reason opens no more to a volunteer.
  expect(await appOf(viewer('volunteer', crewed()))('想看看')).toMatchObject({ status: 200, hours: [4, 5, 6, 7] });
  expect(await entries()).toHaveLength(before);
  expect(await appOf(viewer('officer', crewed()))('核实')).toMatchObject({ status: 200, hours: all });
  expect(await entries()).toHaveLength(before + 1);
});

test('a past that may not be seen is not there, with a reason or without', async () => {
  for (const role of ['volunteer', 'analyst', 'administrator', 'auditor', 'wall'] as const)
    expect((await appOf(viewer(role))('核实')).status).toBe(404);
  const stranger = makeViewer([await makeStation(database)], ['commander']);
  expect((await appOf(stranger)('核实')).status).toBe(404);
  expect((await appOf(stranger)()).status).toBe(404);
});
