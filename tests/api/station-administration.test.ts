import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeStation } from '../database/harness.ts';
import { auditOf, deleteConfirmed, signIn, type Asker } from './administration.ts';
import { makeReportingUnit, openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let city: string;
let district: string;
let sibling: string;
let administrator: Asker;
let cityAdministrator: Asker;
let commander: Asker;

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  city = await makeStation(app.database);
  district = await makeStation(app.database, { parentId: city });
  sibling = await makeStation(app.database, { parentId: city });
  administrator = await signIn(app, district, 'administrator');
  cityAdministrator = await signIn(app, city, 'administrator');
  commander = await signIn(app, district, 'commander');
});
afterAll(() => app.close());

const body = (more: object = {}) => ({
  parentId: district,
  kind: 'station',
  name: `河湾派出所 ${Math.random()}`,
  timeZone: 'Asia/Shanghai',
  ...more,
});

test('a new station is at once its administrator’s', async () => {
  const made = await administrator.ask('POST', '/api/stations', body({ name: '柳湾派出所' }));
  expect(made).toMatchObject({ status: 201, body: { name: '柳湾派出所', parentId: district, version: 1 } });
  const { body: list } = await administrator.ask('GET', '/api/stations');
  expect(list.stations.map(({ id }: { id: string }) => id)).toContain(made.body.id);
  const again = await administrator.ask('POST', '/api/stations', body({ name: '柳湾派出所' }));
  expect(again).toMatchObject({ status: 409, body: { type: '/problems/taken', errors: [{ field: 'name' }] } });
  expect(await auditOf(app, district)).toContain('station.create');
});

test('nobody makes or changes a station where they do not administer', async () => {
  expect((await commander.ask('POST', '/api/stations', body())).status).toBe(403);
  expect((await administrator.ask('POST', '/api/stations', body({ parentId: sibling }))).status).toBe(404);
  expect((await administrator.ask('POST', '/api/stations', body({ parentId: city }))).status).toBe(404);
  const headers = { 'If-Match': '*' };
  expect((await administrator.ask('PATCH', `/api/stations/${sibling}`, { name: 'x' }, headers)).status).toBe(404);
  expect((await administrator.ask('DELETE', `/api/stations/${sibling}`)).status).toBe(404);
  expect((await commander.ask('DELETE', `/api/stations/${district}`)).status).toBe(403);
  // Its own top it may rename but not hang elsewhere: that would take it from those above.
  const child = (await administrator.ask('POST', '/api/stations', body({ kind: 'station' }))).body.id;
  expect((await administrator.ask('PATCH', `/api/stations/${district}`, { parentId: child }, headers)).status).toBe(
    404,
  );
});

test('a time zone is one of IANA’s and a kind fits its place', async () => {
  for (const timeZone of ['Mars/Olympus', '+08:00', 'Asia/Shanghai; DROP TABLE stations'])
    expect((await administrator.ask('POST', '/api/stations', body({ timeZone }))).status).toBe(400);
  expect((await administrator.ask('POST', '/api/stations', body({ kind: 'city' }))).status).toBe(400);
});

test('no station stands below itself', async () => {
  const upper = (await cityAdministrator.ask('POST', '/api/stations', body({ parentId: city }))).body.id;
  const lower = (await cityAdministrator.ask('POST', '/api/stations', body({ parentId: upper }))).body.id;
  const headers = { 'If-Match': '*' };
  for (const parentId of [upper, lower])
    expect((await cityAdministrator.ask('PATCH', `/api/stations/${upper}`, { parentId }, headers)).status).toBe(400);
  const moved = await cityAdministrator.ask('PATCH', `/api/stations/${lower}`, { parentId: sibling }, headers);
  expect(moved).toMatchObject({ status: 200, body: { parentId: sibling } });
});

test('of two who edit the same station the second is told', async () => {
  const { id, version } = (await administrator.ask('POST', '/api/stations', body())).body;
  const change = (name: string, headers: Record<string, string>) =>
    administrator.ask('PATCH', `/api/stations/${id}`, { name }, headers);
  expect((await change('nobody said which', {})).status).toBe(428);
  expect((await change('first', { 'If-Match': `"${version}"` })).body.version).toBe(version + 1);
  expect(await change('second', { 'If-Match': `"${version}"` })).toMatchObject({
    status: 412,
    body: { type: '/problems/changed-meanwhile' },
  });
});

test('a station with rows stays, an empty one goes after a second look', async () => {
  const { id } = (await administrator.ask('POST', '/api/stations', body())).body;
  await makeReportingUnit(app.database, id);
  expect(await administrator.ask('DELETE', `/api/stations/${id}`)).toMatchObject({
    status: 409,
    body: { type: '/problems/station-not-empty', contents: { units: 1, devices: 1 } },
  });
  const empty = (await administrator.ask('POST', '/api/stations', body())).body.id;
  expect((await administrator.ask('DELETE', `/api/stations/${empty}?confirm=guess`)).status).toBe(409);
  expect(await deleteConfirmed(administrator, `/api/stations/${empty}`)).toEqual({ status: 204, losses: {} });
  expect((await administrator.ask('DELETE', `/api/stations/${empty}`)).status).toBe(404);
});
