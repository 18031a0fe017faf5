import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { askWith, auditOf, deleteConfirmed, signIn, type Asker } from './administration.ts';
import { makeReportingUnit, openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let station: string;
let sibling: string;
let sentinelId: string;
let officer: Asker;
let commander: Asker;
let volunteer: Asker;
let neighbour: Asker;
const whatever = { 'If-Match': '*' };

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  station = await makeStation(app.database);
  sibling = await makeStation(app.database);
  sentinelId = uuidv7();
  await app.database.inScope([station], (transaction) =>
    transaction.execute(sql`
      INSERT INTO sentinels (id, station_id, number, name, kind, point, qr_code)
      VALUES (${sentinelId}, ${station}, 'S1', '平安小区', 'compound', ST_SetSRID(ST_MakePoint(117.9, 29.6), 4326), 'qr')`),
  );
  officer = await signIn(app, station, 'officer');
  commander = await signIn(app, station, 'commander');
  volunteer = await signIn(app, station, 'volunteer');
  neighbour = await signIn(app, sibling, 'officer');
});
afterAll(() => app.close());

let made = 0;
const makeMember = async (more: object = {}) => {
  const body = { stationId: station, displayName: `成员 ${++made}`, role: 'volunteer', sentinelId, ...more };
  return (await officer.ask('POST', '/api/members', body)).body;
};
const shift = (fromHours: number, toHours: number, memberIds: string[]) => ({
  startsAt: new Date(Date.now() + fromHours * 3_600_000).toISOString(),
  endsAt: new Date(Date.now() + toHours * 3_600_000).toISOString(),
  memberIds,
});

test('a member is made, changed and deleted by who may, and its telephone number is for those', async () => {
  const member = await makeMember({ skills: ['急救'], phone: '+86 138 0000 0000' });
  expect(member).toMatchObject({ sentinelId, skills: ['急救'], phone: '+86 138 0000 0000', version: 1 });
  const path = `/api/members/${member.id}`;
  const find = async (asker: Asker) =>
    (await asker.ask('GET', `/api/members?station=${station}`)).body.members.find(
      ({ id }: { id: string }) => id === member.id,
    );
  expect((await find(officer)).phone).toBe('+86 138 0000 0000');
  expect((await find(commander)).phone).toBeNull();
  const changed = await officer.ask('PATCH', path, { role: 'guard', phone: null }, { 'If-Match': '"1"' });
  expect(changed).toMatchObject({ status: 200, body: { role: 'guard', phone: null, version: 2 } });
  expect((await officer.ask('PATCH', path, { role: 'officer' }, whatever)).status).toBe(400);
  expect((await officer.ask('PATCH', path, { phone: 'none of your business' }, whatever)).status).toBe(400);
  expect((await commander.ask('PATCH', path, { role: 'guard' }, whatever)).status).toBe(403);
  expect((await neighbour.ask('PATCH', path, { role: 'guard' }, whatever)).status).toBe(404);
  expect((await neighbour.ask('DELETE', path)).status).toBe(404);
  expect((await neighbour.ask('GET', `/api/members?station=${station}`)).status).toBe(404);
  expect(await deleteConfirmed(officer, path)).toEqual({ status: 204, losses: {} });
  expect(await auditOf(app, station)).toEqual(
    expect.arrayContaining(['member.create', 'member.change', 'member.delete']),
  );
});

test('a volunteer finds themselves among the members and nobody else', async () => {
  const member = await makeMember({ phone: '13800000000' });
  const account = await makeAccount(app.database, station, 'volunteer', { memberId: member.id });
  const cookie = await beginSession(app.database, app.dependencies.sessions.cookieName, account);
  const { body } = await askWith(app, { Cookie: cookie })('GET', '/api/members');
  expect(body.members).toMatchObject([{ id: member.id, phone: '13800000000' }]);
  expect((await volunteer.ask('GET', '/api/members')).body.members).toEqual([]);
  const own = await askWith(app, { Cookie: cookie })('PATCH', `/api/members/${member.id}`, { phone: null }, whatever);
  expect(own.status).toBe(403);
});

test('a shift makes its crew seen on the unit, and the unit seen by its crew', async () => {
  const member = await makeMember();
  const account = await makeAccount(app.database, station, 'volunteer', { memberId: member.id });
  const cookie = await beginSession(app.database, app.dependencies.sessions.cookieName, account);
  const asVolunteer = askWith(app, { Cookie: cookie });
  const { unitId } = await makeReportingUnit(app.database, station);
  expect((await asVolunteer('GET', `/api/units/${unitId}`)).status).toBe(404);
  const path = `/api/units/${unitId}/crews/${uuidv7()}`;
  const planned = await commander.ask('PUT', path, shift(-1, 4, [member.id]));
  expect(planned).toMatchObject({ status: 201, body: { unitId, members: [{ id: member.id }], version: 1 } });
  expect((await asVolunteer('GET', `/api/units/${unitId}`)).body.crew).toMatchObject([{ role: 'volunteer' }]);
  expect((await asVolunteer('GET', `/api/units/${unitId}/crews`)).body.crews).toHaveLength(1);
  expect((await commander.ask('GET', `/api/units/${unitId}/crews`)).body.crews).toEqual([planned.body]);
  expect((await commander.ask('PUT', path, shift(-1, 5, [member.id]))).status).toBe(428);
  const longer = await commander.ask('PUT', path, shift(-1, 5, [member.id]), { 'If-Match': '"1"' });
  expect(longer).toMatchObject({ status: 200, body: { version: 2 } });
  expect(await deleteConfirmed(commander, path)).toEqual({ status: 204, losses: { members: 1 } });
  expect((await asVolunteer('GET', `/api/units/${unitId}`)).status).toBe(404);
});

test('nobody is on two units at a time', async () => {
  const member = await makeMember({ displayName: '白秀英' });
  const first = await makeReportingUnit(app.database, station);
  const second = await makeReportingUnit(app.database, station);
  const plan = (unitId: string, from: number, to: number) =>
    commander.ask('PUT', `/api/units/${unitId}/crews/${uuidv7()}`, shift(from, to, [member.id]));
  expect((await plan(first.unitId, 1, 5)).status).toBe(201);
  const refused = await plan(second.unitId, 4, 8);
  expect(refused).toMatchObject({
    status: 409,
    body: { type: '/problems/member-busy', errors: [{ field: 'memberIds.0' }] },
  });
  expect(refused.body.errors[0].got).toContain('白秀英');
  expect((await plan(second.unitId, 5, 8)).status).toBe(201);
  const both = await Promise.all([plan(first.unitId, 20, 22), plan(second.unitId, 21, 23)]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
});

test('a shift has a length, a future and members of its station', async () => {
  const member = await makeMember();
  const { unitId } = await makeReportingUnit(app.database, station);
  const foreign = await makeReportingUnit(app.database, sibling);
  const put = async (body: object, unit = unitId, asker = commander) =>
    (await asker.ask('PUT', `/api/units/${unit}/crews/${uuidv7()}`, body)).status;
  expect(await put(shift(2, 1, [member.id]))).toBe(400);
  expect(await put(shift(1, 26, [member.id]))).toBe(400);
  expect(await put(shift(-3, -1, [member.id]))).toBe(400);
  expect(await put(shift(1, 2, [member.id, member.id]))).toBe(400);
  expect(await put(shift(1, 2, [uuidv7()]))).toBe(400);
  expect(await put(shift(1, 2, [member.id]), foreign.unitId)).toBe(404);
  expect(await put(shift(1, 2, [member.id]), unitId, officer)).toBe(403);
  const id = uuidv7();
  expect((await commander.ask('PUT', `/api/units/${unitId}/crews/${id}`, shift(1, 2, [member.id]))).status).toBe(201);
  const other = await makeReportingUnit(app.database, station);
  const stolen = await commander.ask(
    'PUT',
    `/api/units/${other.unitId}/crews/${id}`,
    shift(3, 4, [member.id]),
    whatever,
  );
  expect(stolen.status).toBe(409);
});

test('a member who is deleted leaves shifts and grids, and the person is told so before', async () => {
  const member = await makeMember({ role: 'officer', sentinelId: null, displayName: '将走' });
  const { unitId } = await makeReportingUnit(app.database, station);
  await commander.ask('PUT', `/api/units/${unitId}/crews/${uuidv7()}`, shift(1, 2, [member.id]));
  const path = `/api/members/${member.id}`;
  const first = await officer.ask('DELETE', path);
  expect(first.body.losses).toEqual({ shifts: 1 });
  await commander.ask('PUT', `/api/units/${unitId}/crews/${uuidv7()}`, shift(3, 4, [member.id]));
  const second = await officer.ask('DELETE', `${path}?confirm=${first.body.confirm}`);
  expect(second).toMatchObject({ status: 409, body: { losses: { shifts: 2 } } });
  expect((await officer.ask('DELETE', `${path}?confirm=${second.body.confirm}`)).status).toBe(204);
});
