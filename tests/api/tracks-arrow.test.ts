import { tableFromIPC } from 'apache-arrow';
import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../api/accounts/contract.ts';
import type { Viewer } from '../../api/accounts/viewer.ts';
import { createAudit, type Audit } from '../../api/audit/audit.ts';
import { findChain } from '../../api/audit/queries.ts';
import { sql } from '../../api/database/sql.ts';
import { problemOf } from '../../api/errors.ts';
import { trackColumnNames, type TrackedUnit } from '../../api/tracks/contract.ts';
import { lookAtTracks } from '../../api/tracks/look-at-tracks.ts';
import { fixesPerBatch } from '../../api/tracks/read-parts.ts';
import { createTrackRoutes } from '../../api/tracks/routes.ts';
import { makeFixes, makeUnit } from '../database/base-data.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { makeViewer } from '../fixtures/make-viewer.ts';

const database = openTestDatabase();
let station: string;
let walker: { id: string; deviceNumber: number };
let car: { id: string; deviceNumber: number };
let member: string;
const [from, to] = ['2026-11-20T20:00:00Z', '2026-11-21T08:00:00Z'];

/** Two units with a fix an hour over midnight, the car half an hour later; the member walked from 22 to 2 o'clock. */
beforeAll(async () => {
  station = await makeStation(database);
  walker = await makeUnit(database, station, { number: 7, callSign: '步巡 7' });
  car = await makeUnit(database, station, { number: 300, callSign: '车巡 300', kind: 'car' });
  await makeUnit(database, station, { number: 9, callSign: '步巡 9' });
  const hourly = (minutes: number) =>
    Array.from({ length: 14 }, (_, hour) => ({
      at: new Date(Date.parse('2026-11-20T19:00:00Z') + (60 * hour + minutes) * 60_000).toISOString(),
      lng: 116 + hour / 100,
      lat: 39.912347,
    }));
  await makeFixes(database, station, { number: 7, ...walker }, hourly(0));
  await makeFixes(database, station, { number: 300, ...car }, hourly(30));
  member = uuidv7();
  await database.inScope([station], async (transaction) => {
    const crew = uuidv7();
    await transaction.execute(
      sql`INSERT INTO members (id, station_id, display_name, role) VALUES (${member}, ${station}, '韩卫国', 'volunteer')`,
    );
    await transaction.execute(sql`
      INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at)
      VALUES (${crew}, ${station}, ${walker.id}, '2026-11-20T22:00:00Z', '2026-11-21T02:00:00Z')`);
    await transaction.execute(
      sql`INSERT INTO crew_members (crew_id, member_id, station_id) VALUES (${crew}, ${member}, ${station})`,
    );
  });
});
afterAll(() => database.close());

const viewer = (role: Role, more: Partial<Viewer> = {}) =>
  makeViewer([station], [role], { displayName: '指挥员', ...more });
const crewed = () => ({ memberId: member, ownUnits: [{ id: walker.id, stationId: station, number: 7 }] });
const entries = () => database.inScope([station], (transaction) => findChain(transaction, station, 0, 1000));

async function ask(who: Viewer, query: Record<string, string> = {}, audit: Audit = createAudit(database)) {
  const app = new Hono().route('/api', createTrackRoutes({ database, audit, viewerOf: async () => who }));
  app.onError((error, context) => {
    const { details } = problemOf(error);
    return context.json(details, details.status as 500);
  });
  const response = await app.request(`/api/tracks.arrow?${new URLSearchParams({ station, from, to, ...query })}`);
  if (response.status !== 200) return { status: response.status, problem: (await response.json()) as never };
  const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
  return {
    status: 200,
    headers: response.headers,
    table,
    units: JSON.parse(table.schema.metadata.get('units')!) as TrackedUnit[],
    /** Hours since `from` of each unit's fixes. */
    hours: (number: number) =>
      table
        .toArray()
        .filter((row) => row.unit === number)
        .map((row) => row.time / 3_600_000),
  };
}

test('all units of the station come as columns, over midnight, each in the order of time', async () => {
  const { headers, table, units, hours } = await ask(viewer('commander'), { reason: '核实' });
  expect(headers!.get('content-type')).toBe('application/vnd.apache.arrow.stream');
  expect(headers!.get('cache-control')).toBe('no-store');
  expect(table!.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'unit Uint16',
    'lng Int32',
    'lat Int32',
    'time Uint32',
    'heading Int16',
    'speed Int16',
  ]);
  expect(table!.schema.fields.map(({ name }) => name)).toEqual(trackColumnNames);
  expect(units).toEqual([
    { id: walker.id, number: 7, callSign: '步巡 7', kind: 'foot', fixes: 12 },
    expect.objectContaining({ number: 9, fixes: 0 }),
    { id: car.id, number: 300, callSign: '车巡 300', kind: 'car', fixes: 12 },
  ]);
  // The fix of the first moment is in, that of the last is not.
  expect(hours!(7)).toEqual(Array.from({ length: 12 }, (_, hour) => hour));
  expect(hours!(300)).toEqual(Array.from({ length: 12 }, (_, hour) => hour + 0.5));
  const [first] = table!.toArray();
  expect({ ...first }).toMatchObject({ lng: 11_601_000, lat: 3_991_235, heading: -1, speed: 14 });
});

test('a look at chosen units names them in the log, a look at all says so, before anything is answered', async () => {
  const before = (await entries()).length;
  expect((await ask(viewer('officer'), { reason: ' 核实 ', units: '7' })).hours!(7)).toHaveLength(12);
  expect((await ask(viewer('officer'), { reason: '核实', units: '300,7,7' })).units).toHaveLength(2);
  await ask(viewer('officer'), { reason: '核实' });
  const looks = (await entries()).slice(before).map(({ action, targetKind, targetId, detail }) => ({
    action,
    targetKind,
    targetId,
    ...(JSON.parse(detail) as object),
  }));
  const look = {
    action: 'unit.track-read',
    reason: '核实',
    from: '2026-11-20T20:00:00.000Z',
    to: '2026-11-21T08:00:00.000Z',
  };
  expect(looks).toEqual([
    { ...look, targetKind: 'unit', targetId: walker.id, units: '7 步巡 7' },
    { ...look, targetKind: 'station', targetId: station, units: '7 步巡 7, 300 车巡 300' },
    { ...look, targetKind: 'station', targetId: station, units: 'all' },
  ]);
});

test('when the look cannot be logged there are no tracks', async () => {
  const broken: Audit = { ...createAudit(database), writeIn: () => Promise.reject(new Error('disk full')) };
  expect((await ask(viewer('commander'), { reason: '核实' }, broken)).status).toBe(500);
});

test('without a reason nobody else’s past is shown', async () => {
  const before = (await entries()).length;
  for (const query of [{}, { units: '7' }, { units: '7,300' }, { reason: '  ' }] as Record<string, string>[])
    expect(await ask(viewer('commander'), query)).toMatchObject({
      status: 403,
      problem: { type: '/problems/reason-required' },
    });
  // Of one's own unit and another: the other needs a reason.
  expect((await ask(viewer('officer', crewed()), { units: '7,300' })).status).toBe(403);
  expect(await entries()).toHaveLength(before);
});

test('one’s own shifts need no reason and are not logged; a reason opens no more to a volunteer', async () => {
  const before = (await entries()).length;
  for (const query of [{}, { units: '7' }, { reason: '想看看' }] as Record<string, string>[]) {
    const { hours, units } = await ask(viewer('volunteer', crewed()), query);
    expect(hours!(7)).toEqual([2, 3, 4, 5]);
    expect(units!.map(({ number }) => number)).toEqual([7]);
  }
  expect((await ask(viewer('officer', crewed()), { units: '7' })).hours!(7)).toEqual([2, 3, 4, 5]);
  expect((await ask(viewer('volunteer', crewed()), { units: '300', reason: '想看看' })).status).toBe(404);
  expect(await entries()).toHaveLength(before);
});

test('a past that may not be seen is not there; a unit of nobody is not there', async () => {
  for (const role of ['analyst', 'administrator', 'auditor', 'wall'] as const)
    expect((await ask(viewer(role), { reason: '核实' })).status).toBe(404);
  expect((await ask(makeViewer([await makeStation(database)], ['commander']), { reason: '核实' })).status).toBe(404);
  expect((await ask(viewer('commander'), { reason: '核实', units: '8' })).status).toBe(404);
});

test('a longer time than a day, a reversed one, too many or odd units and too long a reason are refused by field', async () => {
  const refusal = async (query: Record<string, string>) => {
    const { status, problem } = await ask(viewer('commander'), { reason: '核实', ...query });
    return [status, (problem as unknown as { errors: { field: string; expected: string }[] }).errors[0]];
  };
  expect(await refusal({ to: '2026-11-21T20:00:01Z' })).toMatchObject([
    400,
    { field: 'to', expected: 'a time at most 24 hours after from' },
  ]);
  expect(await refusal({ to: from })).toMatchObject([400, { field: 'to', expected: 'a time after from' }]);
  expect(await refusal({ units: '7,x' })).toMatchObject([400, { expected: 'numbers of units, separated by commas' }]);
  expect(await refusal({ units: Array.from({ length: 501 }, (_, i) => i).join() })).toMatchObject([
    400,
    { expected: 'at most 500 units; leave it out for all' },
  ]);
  expect(await refusal({ reason: '警'.repeat(201) })).toMatchObject([400, { field: 'reason' }]);
});

test('more fixes than an answer holds are refused with what is possible, and not logged', async () => {
  const before = (await entries()).length;
  const audit = createAudit(database);
  const look = (most: number) =>
    lookAtTracks(
      { database, audit },
      viewer('commander'),
      { station, from: Date.parse(from), to: Date.parse(to), reason: '核实' },
      '127.0.0.1',
      most,
    );
  await expect(look(12)).rejects.toMatchObject({
    status: 400,
    kind: 'tracks-too-many',
    errors: [{ field: 'to', expected: 'at most about 360 minutes, or fewer units' }],
  });
  expect(await entries()).toHaveLength(before);
  expect((await look(24)).units.map(({ fixes }) => fixes)).toEqual([12, 0, 12]);
});

test('a unit with more fixes than one batch comes whole, each once and in order, also of two devices', async () => {
  const count = fixesPerBatch + 500;
  const long = await makeUnit(database, station, { number: 11, callSign: '步巡 11' });
  const startMs = Date.parse('2026-11-19T00:00:00Z');
  await database.inScope([station], async (transaction) => {
    await transaction.execute(sql`SELECT make_fix_partition('2026-11-19'::date)`);
    const [second] = await transaction.query<{ number: number }>(
      sql`INSERT INTO devices (id, station_id, name, unit_id) VALUES (${uuidv7()}, ${station}, 'second', ${long.id}) RETURNING number`,
    );
    for (const [device, length, offsetMs] of [
      [long.deviceNumber, count, 0],
      [second!.number, 20, 500],
    ] as const) {
      await transaction.execute(sql`
        INSERT INTO fixes (device_number, unit_number, observed_at, received_at, station_id, point, heading_deg, speed_mps)
        SELECT ${device}, 11, ${new Date(startMs + offsetMs)}::timestamptz + n * interval '1 second', now(), ${station},
          ST_SetSRID(ST_MakePoint(116 + n / 1e5, 39.9), 4326), (n % 361), 5000
        FROM generate_series(0, ${length - 1}::integer) AS n`);
      await transaction.execute(sql`
        INSERT INTO device_units (station_id, unit_number, device_number) VALUES (${station}, 11, ${device}) ON CONFLICT DO NOTHING`);
    }
  });
  const { table } = await ask(viewer('commander'), {
    from: '2026-11-19T00:00:00Z',
    to: '2026-11-19T23:00:00Z',
    reason: '核实',
    units: '11',
  });
  expect(table!.schema.fields[0]!.type.toString()).toBe('Uint8');
  const times = table!.getChild('time')!.toJSON() as number[];
  expect(times).toEqual([
    ...Array.from({ length: count }, (_, i) => 1000 * i),
    ...Array.from({ length: 20 }, (_, i) => 1000 * i + 500),
  ]);
  const row = table!.get(360)!;
  // 360° is north again; what no unit drives stays what the column holds.
  expect({ ...row }).toMatchObject({ heading: 0, speed: 32_760, lng: 11_600_360 });
});
