import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '../../api/accounts/contract.ts';
import type { SavedView } from '../../api/views/contract.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let testApp: TestApp;
let stationId: string;
let otherStationId: string;

beforeAll(async () => {
  testApp = await openTestApp(undefined, { withSessions: true });
  stationId = await makeStation(testApp.database);
  otherStationId = await makeStation(testApp.database);
});
afterAll(() => testApp.close());

async function signIn(role: Role, at = stationId): Promise<string> {
  const account = await makeAccount(testApp.database, at, role);
  return beginSession(testApp.database, testApp.dependencies.sessions.cookieName, account);
}

async function call<Body>(cookie: string, method: string, path: string, body?: unknown, ifMatch?: number) {
  const response = await testApp.app.request(`/api/${path}`, {
    method,
    headers: {
      Cookie: cookie,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(ifMatch !== undefined && { 'If-Match': `"${ifMatch}"` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (response.status === 204 ? null : await response.json()) as Body };
}

const view = (more: object = {}) => ({
  stationId,
  name: '东区夜间',
  query: '?v=15/29.6/117.9',
  isShared: true,
  ...more,
});
const listOf = async (cookie: string, station = stationId): Promise<SavedView[]> =>
  (await call<{ views: SavedView[] }>(cookie, 'GET', `views?station=${station}`)).body.views;

test('a view is saved once, however often the same request comes, and changed by who saw it as it stands', async () => {
  const cookie = await signIn('commander');
  const id = uuidv7();
  const made = await call<SavedView>(cookie, 'PUT', `views/${id}`, view());
  expect(made).toMatchObject({
    status: 201,
    body: { id, name: '东区夜间', isShared: true, isOnTour: false, version: 1 },
  });
  expect(await call(cookie, 'PUT', `views/${id}`, view())).toEqual({ status: 200, body: made.body });
  expect(await call(cookie, 'PUT', `views/${id}`, view({ name: '西区' }))).toMatchObject({ status: 428 });
  const onTour = view({ name: '西区', isOnTour: true, seconds: 45, position: 3 });
  expect(await call(cookie, 'PUT', `views/${id}`, onTour, 1)).toMatchObject({
    status: 200,
    body: { name: '西区', isOnTour: true, seconds: 45, position: 3, version: 2 },
  });
  expect(await call(cookie, 'PUT', `views/${id}`, view({ name: '南区' }), 1)).toMatchObject({ status: 412 });
  expect(await call(cookie, 'DELETE', `views/${id}`)).toMatchObject({ status: 204 });
  expect((await listOf(cookie)).some((known) => known.id === id)).toBe(false);
  // Undone by sending it again under its id.
  expect(await call(cookie, 'PUT', `views/${id}`, onTour)).toMatchObject({ status: 201, body: { id } });
});

test("one's own views are one's own; the station's go to every desk and wall of it", async () => {
  const [commander, officer, wall, volunteer, stranger] = [
    await signIn('commander'),
    await signIn('officer'),
    await signIn('wall'),
    await signIn('volunteer'),
    await signIn('commander', otherStationId),
  ];
  const [own, shared] = [uuidv7(), uuidv7()];
  await call(commander, 'PUT', `views/${own}`, view({ name: '我的', isShared: false }));
  await call(commander, 'PUT', `views/${shared}`, view({ name: '全站', isOnTour: true }));
  const ids = async (cookie: string) =>
    (await listOf(cookie)).map(({ id }) => id).filter((id) => id === own || id === shared);
  expect(await ids(commander)).toEqual([own, shared]);
  expect(await ids(officer)).toEqual([shared]);
  expect(await ids(wall)).toEqual([shared]);
  expect(await ids(volunteer)).toEqual([]);
  expect(await call(stranger, 'GET', `views?station=${stationId}`)).toMatchObject({ status: 404 });
  // Not even by its id.
  expect(await call(officer, 'DELETE', `views/${own}`)).toMatchObject({ status: 404 });
  expect(await call(officer, 'PUT', `views/${own}`, view({ name: '他人的' }))).toMatchObject({ status: 409 });
  expect(await call(stranger, 'PUT', `views/${shared}`, view({ stationId: otherStationId }))).toMatchObject({
    status: 409,
  });
  // A wall looks and changes nothing.
  expect(await call(wall, 'DELETE', `views/${shared}`)).toMatchObject({ status: 403 });
  expect(await call(officer, 'DELETE', `views/${shared}`)).toMatchObject({ status: 204 });
});

test.each([
  ['a fragment', { query: '?v=1#x' }],
  ['another address', { query: 'https://elsewhere.example/' }],
  ['a tour of a view that nobody else sees', { isShared: false, isOnTour: true }],
  ['less than five seconds', { seconds: 1 }],
  ['no name', { name: '  ' }],
])('%s is refused', async (_, wrong) => {
  expect(await call(await signIn('officer'), 'PUT', `views/${uuidv7()}`, view(wrong))).toMatchObject({ status: 400 });
});

test('saving, changing and deleting a view stand in the audit log', async () => {
  const [officer, auditor] = [await signIn('officer'), await signIn('auditor')];
  const id = uuidv7();
  await call(officer, 'PUT', `views/${id}`, view());
  await call(officer, 'PUT', `views/${id}`, view({ name: '新名' }), 1);
  await call(officer, 'DELETE', `views/${id}`);
  const { body } = await call<{ entries: { action: string; target: { id: string; name: string } | null }[] }>(
    auditor,
    'GET',
    `audit?station=${stationId}&action=view`,
  );
  expect(body.entries.filter(({ target }) => target?.id === id).map(({ action }) => action)).toEqual([
    'view.delete',
    'view.change',
    'view.create',
  ]);
});
