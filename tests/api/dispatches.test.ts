import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../api/accounts/contract.ts';
import { findChain } from '../../api/audit/queries.ts';
import { sql } from '../../api/database/sql.ts';
import type { Brief, Dispatch, DispatchAnswer, Nearest } from '../../api/dispatches/contract.ts';
import { raiseUnanswered } from '../../api/dispatches/watch-answers.ts';
import { makeFixes, makeSentinel } from '../database/base-data.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let testApp: TestApp;
let station: string;
let unit: ReportingUnit;
let other: ReportingUnit;
let incident: string;
let commander: string;
/** On the crew of `unit`, who sees nothing but their own. */
let crew: string;

// No base map lies here: distances are straight lines, on streets see tests/database/street-networks.test.ts.
const [lng, lat] = [116.4, 39.9];

beforeAll(async () => {
  testApp = await openTestApp(undefined, { withSessions: true });
});
afterAll(() => testApp.close());
beforeEach(async () => {
  const { database } = testApp;
  station = await makeStation(database);
  unit = await makeReportingUnit(database, station, { kind: 'foot' });
  other = await makeReportingUnit(database, station, { kind: 'car' });
  incident = uuidv7();
  await database.inScope([station], (transaction) =>
    transaction.execute(sql`
      INSERT INTO incidents (id, station_id, number, category, occurred_at, point, description, state)
      VALUES (${incident}, ${station}, 7, 'drowning', now(), ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326), '有人落水', 'open')`),
  );
  await testApp.dependencies.registry.refresh();
  commander = await signIn('commander');
  crew = await signIn('volunteer', await makeCrew(unit));
});

async function signIn(role: Role, memberId: string | null = null): Promise<string> {
  const account = await makeAccount(testApp.database, station, role, { memberId });
  return beginSession(testApp.database, testApp.dependencies.sessions.cookieName, account);
}

/** A member on this unit's crew now. */
async function makeCrew({ unitId }: ReportingUnit, displayName = '周平'): Promise<string> {
  const [member, shift] = [uuidv7(), uuidv7()];
  await testApp.database.inScope([station], async (transaction) => {
    await transaction.execute(
      sql`INSERT INTO members (id, station_id, display_name, role) VALUES (${member}, ${station}, ${displayName}, 'volunteer')`,
    );
    await transaction.execute(sql`
      INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at)
      VALUES (${shift}, ${station}, ${unitId}, now() - interval '1 hour', now() + interval '1 hour')`);
    await transaction.execute(
      sql`INSERT INTO crew_members (crew_id, member_id, station_id) VALUES (${shift}, ${member}, ${station})`,
    );
  });
  return member;
}

const put = (reporting: ReportingUnit, metresEast: number, ageS = 5) =>
  makeFixes(testApp.database, station, { number: reporting.unitNumber, deviceNumber: reporting.deviceNumber }, [
    { at: new Date(Date.now() - ageS * 1000).toISOString(), lng: lng + metresEast / 85_300, lat },
  ]);

const equip = (reporting: ReportingUnit, kind: string) =>
  testApp.database.inScope([station], (transaction) =>
    transaction.execute(
      sql`INSERT INTO unit_equipment (unit_id, station_id, kind) VALUES (${reporting.unitId}, ${station}, ${kind})`,
    ),
  );

interface Answered<Body> {
  status: number;
  body: Body & { type?: string; possible?: string[]; state?: string };
}

async function ask<Body>(cookie: string, method: string, path: string, body?: unknown): Promise<Answered<Body>> {
  const response = await testApp.app.request(`/api/${path}`, {
    method,
    headers: { Cookie: cookie, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answered<Body>['body'] };
}

type List = { dispatches: Dispatch[] };

const send = (units: ReportingUnit[], { id = uuidv7(), note = '带救生圈', cookie = commander } = {}) =>
  ask<List>(cookie, 'PUT', `dispatches/${id}`, {
    incidentId: incident,
    unitIds: units.map(({ unitId }) => unitId),
    note,
  });

const answer = (cookie: string, dispatchId: string, said: DispatchAnswer, more: object = {}) =>
  ask<Dispatch>(cookie, 'POST', `dispatches/${dispatchId}/answer`, { id: uuidv7(), answer: said, ...more });

const list = (cookie: string, query = `station=${station}`) => ask<List>(cookie, 'GET', `dispatches?${query}`);

const timeline = () =>
  testApp.database.inScope([station], (transaction) =>
    transaction.query<{ kind: string; name: string; unitId: string; text: string | null; byRadio: boolean | null }>(sql`
      SELECT e.kind, e.actor_name AS name, e.unit_id AS "unitId", t.text, (e.detail->>'byRadio')::boolean AS "byRadio"
      FROM incident_events e LEFT JOIN incident_event_texts t ON t.event_id = e.id WHERE e.incident_id = ${incident} ORDER BY e.at, e.id`),
  );

const alerts = () =>
  testApp.database.inScope([station], (transaction) =>
    transaction.query<{ kind: string; dispatchId: string; isOpen: boolean }>(sql`
      SELECT kind, dispatch_id AS "dispatchId", resolved_at IS NULL AS "isOpen" FROM alerts WHERE station_id = ${station} ORDER BY opened_at`),
  );

const setBack = (seconds: number) =>
  testApp.database.inScope([station], (transaction) =>
    transaction.execute(
      sql`UPDATE dispatches SET sent_at = sent_at - ${seconds}::float8 * interval '1 second' WHERE station_id = ${station}`,
    ),
  );

describe('who is nearest', () => {
  test('by the time each needs, on duty only, fresh fixes first, with equipment, crew and what it is doing', async () => {
    const silent = await makeReportingUnit(testApp.database, station, { kind: 'car' });
    const unheard = await makeReportingUnit(testApp.database, station, { kind: 'bike' });
    const off = await makeReportingUnit(testApp.database, station, { kind: 'car', dutyState: 'off' });
    await put(unit, 300);
    await put(other, 900);
    await put(silent, 100, 600);
    await put(off, 10);
    await equip(unit, 'life-ring');
    await send([other]);
    const { status, body } = await ask<Nearest>(commander, 'GET', `incidents/${incident}/nearest`);
    expect(status).toBe(200);
    expect(body.place).toEqual({
      lngLat: [lng, lat],
      incident: { id: incident, number: 7, category: 'drowning' },
    });
    // 900 m by car are sooner than 300 m on foot; the silent one may be elsewhere by now.
    expect(body.candidates.map((candidate) => [candidate.unit.id, candidate.isStale])).toEqual([
      [other.unitId, false],
      [unit.unitId, false],
      [silent.unitId, true],
      [unheard.unitId, true],
    ]);
    const [car, foot, , last] = body.candidates;
    expect(car?.travel).toMatchObject({ by: 'straightLine', speedMps: 4.9 });
    expect(Math.abs(car!.travel!.metres - 900)).toBeLessThan(3);
    expect(car?.dispatches).toMatchObject([{ state: 'sent', incidentId: incident, incidentNumber: 7 }]);
    expect(foot).toMatchObject({
      crew: [{ displayName: '周平', role: 'volunteer' }],
      equipment: [{ kind: 'life-ring', quantity: 1 }],
      dispatches: [],
    });
    expect(foot?.ageS).toBeLessThan(60);
    expect(last).toMatchObject({ lngLat: null, at: null, travel: null });
  });

  test('narrowed to what is carried and to kinds; for a plain place too', async () => {
    await put(unit, 300);
    await put(other, 900);
    await equip(unit, 'life-ring');
    const ids = async (path: string) =>
      (await ask<Nearest>(commander, 'GET', path)).body.candidates.map((candidate) => candidate.unit.id);
    expect(await ids(`incidents/${incident}/nearest?equipment=life-ring`)).toEqual([unit.unitId]);
    expect(await ids(`incidents/${incident}/nearest?equipment=life-ring,AED`)).toEqual([]);
    expect(await ids(`incidents/${incident}/nearest?kinds=car,uav`)).toEqual([other.unitId]);
    expect(await ids(`incidents/${incident}/nearest?limit=1`)).toEqual([other.unitId]);
    const place = `station=${station}&lat=${lat}&lng=`;
    expect(await ids(`nearest?${place}${lng}`)).toEqual([other.unitId, unit.unitId]);
    expect(await ids(`nearest?${place}${lng + 290 / 85_300}`)).toEqual([unit.unitId, other.unitId]);
  });

  test('only for those who send units and see where they are', async () => {
    for (const role of ['volunteer', 'analyst', 'administrator', 'wall', 'auditor'] as const) {
      const cookie = await signIn(role);
      expect([403, 404]).toContain((await ask(cookie, 'GET', `incidents/${incident}/nearest`)).status);
      expect((await ask(cookie, 'GET', `nearest?station=${station}&lng=${lng}&lat=${lat}`)).status).toBe(403);
    }
    expect((await ask(await signIn('officer'), 'GET', `incidents/${incident}/nearest`)).status).toBe(200);
    expect((await ask(commander, 'GET', `incidents/${uuidv7()}/nearest`)).status).toBe(404);
  });
});

describe('an order', () => {
  test('sends several units at once; the same again is the same, another under its id is refused', async () => {
    const id = uuidv7();
    const first = await send([unit, other], { id });
    expect(first.status).toBe(201);
    expect(first.body.dispatches.map((dispatch) => [dispatch.unit.id, dispatch.state, dispatch.orderId])).toEqual([
      [unit.unitId, 'sent', id],
      [other.unitId, 'sent', id],
    ]);
    const again = await send([other, unit], { id });
    expect([again.status, again.body]).toEqual([200, first.body]);
    for (const refused of [await send([unit], { id }), await send([unit, other], { id, note: '别的' })])
      expect([refused.status, refused.body.type]).toEqual([409, '/problems/order-taken']);
    const twice = await send([other]);
    expect([twice.status, twice.body.type]).toEqual([409, '/problems/already-dispatched']);
    expect((await timeline()).map(({ kind, text }) => [kind, text])).toEqual([
      ['dispatched', '带救生圈'],
      ['dispatched', '带救生圈'],
    ]);
    expect((await list(commander)).body.dispatches).toHaveLength(2);
  });

  test('takes nobody who is off duty, unknown or of another station, and then sends none of the others either', async () => {
    const off = await makeReportingUnit(testApp.database, station, { dutyState: 'off' });
    const foreign = await makeReportingUnit(testApp.database, await makeStation(testApp.database));
    const refused = await send([unit, off]);
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/unit-off-duty']);
    expect((await send([unit, foreign])).status).toBe(404);
    expect((await list(commander)).body.dispatches).toEqual([]);
  });

  test('is for who may send units', async () => {
    for (const role of ['volunteer', 'analyst', 'administrator', 'wall'] as const)
      expect([403, 404]).toContain((await send([unit], { cookie: await signIn(role) })).status);
    expect((await send([unit], { cookie: await signIn('officer') })).status).toBe(201);
  });
});

describe('an answer', () => {
  let dispatch: Dispatch;
  beforeEach(async () => {
    dispatch = (await send([unit])).body.dispatches[0]!;
  });

  test('of the crew takes the dispatch through its states, and each stands on the incident’s timeline and in the log', async () => {
    for (const said of ['accepted', 'arrived', 'handedOver'] as const)
      expect((await answer(crew, dispatch.id, said)).body.state).toBe(said);
    const [row] = (await list(commander)).body.dispatches;
    expect(row?.steps.map(({ state, name, isByRadio }) => [state, name, isByRadio])).toEqual([
      ['sent', 'commander of a test', false],
      ['accepted', 'volunteer of a test', false],
      ['arrived', 'volunteer of a test', false],
      ['handedOver', 'volunteer of a test', false],
    ]);
    expect((await timeline()).map(({ kind, name, unitId }) => [kind, name, unitId])).toEqual([
      ['dispatched', 'commander of a test', unit.unitId],
      ['accepted', 'volunteer of a test', unit.unitId],
      ['arrived', 'volunteer of a test', unit.unitId],
      ['handedOver', 'volunteer of a test', unit.unitId],
    ]);
    const chain = await testApp.database.inScope([station], (transaction) => findChain(transaction, station, 0, 100));
    expect(chain.map(({ action }) => action)).toEqual([
      'dispatch.send',
      'dispatch.answer',
      'dispatch.answer',
      'dispatch.answer',
    ]);
    expect((await list(commander, `station=${station}&state=open`)).body.dispatches).toEqual([]);
  });

  test('that cannot follow is refused with what could', async () => {
    const early = await answer(crew, dispatch.id, 'arrived');
    expect([early.status, early.body.type, early.body.state, early.body.possible]).toEqual([
      409,
      '/problems/dispatch-state',
      'sent',
      ['accepted', 'declined', 'cancelled'],
    ]);
    await answer(crew, dispatch.id, 'declined', { reason: '车坏了' });
    expect((await answer(crew, dispatch.id, 'accepted')).body.possible).toEqual([]);
    const [row] = (await list(commander)).body.dispatches;
    expect(row?.steps.at(-1)).toMatchObject({ state: 'declined', text: '车坏了' });
    // Who declined can be asked again.
    expect((await send([unit])).status).toBe(201);
  });

  test('sent twice, or by two of the crew, is one', async () => {
    const id = uuidv7();
    await answer(crew, dispatch.id, 'accepted', { id });
    expect((await answer(crew, dispatch.id, 'accepted', { id })).status).toBe(200);
    expect((await answer(crew, dispatch.id, 'accepted')).status).toBe(200);
    await answer(crew, dispatch.id, 'arrived');
    // The first one once more, by a phone that never heard of its success.
    const late = await answer(crew, dispatch.id, 'accepted', { id });
    expect([late.status, late.body.state]).toEqual([200, 'arrived']);
    expect((await timeline()).map(({ kind }) => kind)).toEqual(['dispatched', 'accepted', 'arrived']);
  });

  test('of a phone without signal counts from when it was given, within reason', async () => {
    const at = (seconds: number) => new Date(Date.parse(dispatch.sentAt) + seconds * 1000).toISOString();
    const { body } = await answer(crew, dispatch.id, 'accepted', { at: at(-3600) });
    // Not before it was sent.
    expect(Math.abs(Date.parse(body.steps.at(-1)!.at) - Date.parse(body.steps[0]!.at))).toBeLessThan(2);
    const arrived = (await answer(crew, dispatch.id, 'arrived', { at: at(3600) })).body;
    expect(Date.parse(arrived.steps.at(-1)!.at)).toBeLessThanOrEqual(Date.now());
  });

  test('by radio is written down by the desk as such; other crews and onlookers answer nothing', async () => {
    const foreign = await signIn('volunteer', await makeCrew(other, '吴斌'));
    expect((await answer(foreign, dispatch.id, 'accepted')).status).toBe(404);
    for (const role of ['analyst', 'administrator', 'auditor'] as const)
      expect((await answer(await signIn(role), dispatch.id, 'accepted')).status).toBe(404);
    expect((await answer(await signIn('wall'), dispatch.id, 'accepted')).status).toBe(403);
    const { body } = await answer(commander, dispatch.id, 'accepted');
    expect(body.steps.at(-1)).toMatchObject({ state: 'accepted', isByRadio: true, name: 'commander of a test' });
    expect((await timeline()).at(-1)).toMatchObject({ kind: 'accepted', byRadio: true });
  });

  test('the desk calls a unit back; its crew cannot', async () => {
    const cancel = (cookie: string) =>
      ask<Dispatch>(cookie, 'POST', `dispatches/${dispatch.id}/cancel`, { id: uuidv7(), reason: '误报' });
    expect((await cancel(crew)).status).toBe(403);
    expect((await cancel(commander)).body.state).toBe('cancelled');
    expect((await timeline()).map(({ kind, text }) => [kind, text])).toEqual([
      ['dispatched', '带救生圈'],
      ['cancelled', '误报'],
    ]);
  });
});

test('dispatches are listed to each as they may see them: a crew its own, a wall without names and texts', async () => {
  const { dispatches } = (await send([unit, other])).body;
  const own = (await list(crew)).body.dispatches;
  expect(own.map((dispatch) => dispatch.unit.id)).toEqual([unit.unitId]);
  expect(own[0]?.steps[0]).toMatchObject({ text: '带救生圈', name: 'commander of a test' });
  expect(own[0]?.incident).toMatchObject({ lngLat: [lng, lat], category: 'drowning' });
  const wall = await list(await signIn('wall'));
  expect(wall.body.dispatches.map(({ id }) => id).sort()).toEqual(dispatches.map(({ id }) => id).sort());
  expect(JSON.stringify(wall.body)).not.toMatch(/带救生圈|of a test/);
  for (const role of ['analyst', 'administrator', 'auditor'] as const)
    expect((await list(await signIn(role))).status).toBe(404);
});

test('a crew sent to an incident that is then withdrawn still sees where it was to go, and is called back', async () => {
  const [dispatch] = (await send([unit])).body.dispatches;
  await testApp.database.inScope([station], async (transaction) => {
    await transaction.query(sql`SELECT set_config('shaodian.withdrawn', 'on', true)`);
    await transaction.execute(sql`UPDATE incidents SET withdrawn_at = now() WHERE id = ${incident}`);
  });
  expect((await list(crew)).body.dispatches[0]?.incident.isWithdrawn).toBe(true);
  const { status } = await ask(commander, 'POST', `dispatches/${dispatch!.id}/cancel`, { id: uuidv7() });
  expect(status).toBe(200);
  expect((await send([other])).status).toBe(404);
});

describe('unanswered', () => {
  const look = () => raiseUnanswered(testApp.dependencies);

  test('for longer than the limit raises one alert, which ends with the answer', async () => {
    const [dispatch] = (await send([unit])).body.dispatches;
    await setBack(119);
    await look();
    expect(await alerts()).toEqual([]);
    await setBack(2);
    // As a server does that was down meanwhile: by the times in the database.
    await look();
    await look();
    expect(await alerts()).toEqual([{ kind: 'dispatchUnanswered', dispatchId: dispatch!.id, isOpen: true }]);
    await answer(crew, dispatch!.id, 'accepted');
    expect(await alerts()).toEqual([{ kind: 'dispatchUnanswered', dispatchId: dispatch!.id, isOpen: false }]);
    await look();
    expect(await alerts()).toHaveLength(1);
  });

  test('an answer in time raises none; calling back ends one', async () => {
    const [first, second] = (await send([unit, other])).body.dispatches;
    await answer(crew, first!.id, 'accepted');
    await setBack(300);
    await look();
    expect(await alerts()).toMatchObject([{ dispatchId: second!.id, isOpen: true }]);
    await ask(commander, 'POST', `dispatches/${second!.id}/cancel`, { id: uuidv7() });
    expect(await alerts()).toMatchObject([{ isOpen: false }]);
  });

  test('the limit is the station’s, set by who looks after it', async () => {
    const path = `stations/${station}/dispatch-settings`;
    const administrator = await signIn('administrator');
    expect((await ask(commander, 'PUT', path, { answerSeconds: 60 })).status).toBe(403);
    expect((await ask<{ answerSeconds: number }>(administrator, 'GET', path)).body.answerSeconds).toBe(120);
    expect((await ask(administrator, 'PUT', path, { answerSeconds: 5 })).status).toBe(400);
    expect((await ask(administrator, 'PUT', path, { answerSeconds: 60 })).status).toBe(200);
    const [dispatch] = (await send([unit])).body.dispatches;
    expect(Date.parse(dispatch!.answerDueAt) - Date.parse(dispatch!.sentAt)).toBe(60_000);
    await setBack(61);
    expect((await look()).map(({ id }) => id)).toContain(dispatch!.id);
  });
});

describe('the brief', () => {
  const brief = (cookie: string, id: string) => ask<Brief>(cookie, 'GET', `dispatches/${id}/brief`);
  let dispatch: Dispatch;
  beforeEach(async () => {
    const near = await makeSentinel(testApp.database, station, {
      number: '1',
      name: '滨江茶楼',
      lng,
      lat: lat + 0.001,
    });
    await makeSentinel(testApp.database, station, { number: '2', name: '远处', lng, lat: lat + 0.004 });
    await testApp.database.inScope([station], (transaction) =>
      transaction.execute(sql`
        INSERT INTO members (id, station_id, sentinel_id, display_name, role, skills, phone)
        VALUES (${uuidv7()}, ${station}, ${near}, '林姐', 'property-staff', '{急救}', '000-0000-0001')`),
    );
    await put(unit, 500);
    dispatch = (await send([unit])).body.dispatches[0]!;
  });

  test('tells a crew what it is sent to, who is near and can be rung, and the way; also the text it may read nowhere else', async () => {
    const { status, body } = await brief(crew, dispatch.id);
    expect(status).toBe(200);
    expect(body.incident).toMatchObject({ id: incident, category: 'drowning', lngLat: [lng, lat], text: '有人落水' });
    expect(body.note).toBe('带救生圈');
    expect(body.sentinels.map(({ name, distanceM }) => [name, distanceM])).toEqual([['滨江茶楼', 111]]);
    expect(body.sentinels[0]?.members).toEqual([
      { displayName: '林姐', role: 'property-staff', skills: ['急救'], phone: '000-0000-0001' },
    ]);
    expect(body.travel).toMatchObject({ by: 'straightLine' });
    expect(Math.abs(body.travel!.metres - 500)).toBeLessThan(3);
    expect(body.travel?.lngLats.at(-1)).toEqual([lng, lat]);
  });

  test('after its end gives the crew neither text nor people nor a way', async () => {
    await answer(crew, dispatch.id, 'declined');
    const { body } = await brief(crew, dispatch.id);
    expect(body).toMatchObject({ note: null, travel: null, incident: { text: null } });
    expect(body.sentinels.flatMap(({ members }) => members)).toEqual([]);
    expect(JSON.stringify(body)).not.toMatch(/林姐|000-0000|落水/);
    const desk = (await brief(commander, dispatch.id)).body;
    expect(desk.incident.text).toBe('有人落水');
    expect(desk.sentinels[0]?.members).toMatchObject([{ displayName: '林姐', phone: null }]);
  });

  test('is for its crew and the desk; a wall gets neither texts nor people, others nothing', async () => {
    expect((await brief(commander, dispatch.id)).body.sentinels[0]?.members[0]?.phone).toBe('000-0000-0001');
    expect((await brief(await signIn('volunteer', await makeCrew(other, '吴斌')), dispatch.id)).status).toBe(404);
    expect((await brief(await signIn('analyst'), dispatch.id)).status).toBe(404);
    expect(JSON.stringify((await brief(await signIn('wall'), dispatch.id)).body)).not.toMatch(/林姐|落水|救生圈/);
  });
});

describe('live', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer();
    testApp.dependencies.live.attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  test('each step is told to who watches the station, the crew’s phone too, at once', async () => {
    const { port } = server.address() as AddressInfo;
    const { WebSocket } = await import('ws');
    const told = async (cookie: string) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live?station=${station}`, {
        headers: { Cookie: cookie },
      });
      const nouns: string[] = [];
      socket.on('message', (content: Buffer, isBinary) => {
        if (!isBinary) nouns.push((JSON.parse(content.toString()) as { noun: string }).noun);
      });
      await new Promise((resolve) => socket.once('open', resolve));
      return { nouns, socket };
    };
    const watchers = [await told(commander), await told(crew)];
    const [dispatch] = (await send([unit])).body.dispatches;
    await answer(crew, dispatch!.id, 'accepted');
    for (const { nouns, socket } of watchers) {
      await expect.poll(() => nouns.filter((noun) => noun === 'dispatches').length).toBe(2);
      socket.close();
    }
  });
});
