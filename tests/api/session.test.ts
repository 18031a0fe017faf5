import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../../api/accounts/password.ts';
import { makeAccount } from '../fixtures/make-viewer.ts';
import { makeStation } from '../database/harness.ts';
import { makeReportingUnit, openTestApp, type TestApp } from './open-test-app.ts';

const password = 'correct horse battery';
let test_: TestApp;
let stationId: string;
let username: string;

beforeAll(async () => {
  test_ = await openTestApp(undefined, { withSessions: true });
  stationId = await makeStation(test_.database);
  await makeReportingUnit(test_.database, stationId);
  await test_.dependencies.registry.refresh();
  ({ username } = await makeAccount(test_.database, stationId, 'commander', {
    passwordHash: await hashPassword(password),
  }));
});
afterAll(() => test_.close());

const signIn = (body: unknown, headers: Record<string, string> = {}) =>
  test_.app.request('/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const cookieOf = (response: Response) => response.headers.get('Set-Cookie')!.split(';')[0]!;

test('who is not signed in reads nothing', async () => {
  for (const path of [
    'stations',
    'units',
    'grids',
    'sentinels',
    'search?q=a',
    'tiles/base.json',
    'tiles/base/0/0/0.mvt',
  ]) {
    const response = await test_.app.request(`/api/${path}`);
    expect([path, response.status]).toEqual([path, 401]);
    expect(await response.json()).toMatchObject({ type: '/problems/sign-in-required' });
  }
});

test('name and password give a session whose cookie only this server gets and no script reads', async () => {
  const response = await signIn({ username: username.toUpperCase(), password });
  expect(response.status).toBe(200);
  expect(response.headers.getSetCookie()[0]).toMatch(
    /^__Host-shaodian-[0-9a-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=86400$/,
  );
  expect(await response.json()).toMatchObject({
    account: { username },
    mainRole: 'commander',
    rights: [{ stationId, roles: ['commander'], sees: { whereabouts: 'exact', audit: 'none' } }],
  });
  const units = await test_.app.request('/api/units', { headers: { Cookie: cookieOf(response) } });
  expect(((await units.json()) as { units: unknown[] }).units).toHaveLength(1);
});

test('a wrong name and a wrong password get the same answer', async () => {
  const wrongPassword = await signIn({ username, password: `${password}!` });
  const wrongName = await signIn({ username: 'nobody-at-all', password });
  expect([wrongPassword.status, wrongName.status]).toEqual([401, 401]);
  expect(await wrongPassword.json()).toEqual(await wrongName.json());
});

test('after signing out the cookie is worth nothing', async () => {
  const cookie = cookieOf(await signIn({ username, password }));
  const headers = { Cookie: cookie };
  expect((await test_.app.request('/api/session', { headers })).status).toBe(200);
  expect((await test_.app.request('/api/session', { method: 'DELETE', headers })).status).toBe(204);
  expect((await test_.app.request('/api/session', { headers })).status).toBe(401);
  expect((await test_.app.request('/api/units', { headers })).status).toBe(401);
});

test('a page of another site can neither sign in nor sign out with somebody’s cookie', async () => {
  const cookie = cookieOf(await signIn({ username, password }));
  const foreign: readonly Record<string, string>[] = [
    { Origin: 'https://elsewhere.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'null' },
  ];
  for (const headers of foreign) {
    const response = await test_.app.request('/api/session', {
      method: 'DELETE',
      headers: { Cookie: cookie, ...headers },
    });
    expect(response.status).toBe(403);
  }
  expect((await test_.app.request('/api/session', { headers: { Cookie: cookie } })).status).toBe(200);
});

test('a body that is no sign-in is refused with its field, and its password is not repeated', async () => {
  const response = await signIn({ username: 5, password: 'geheim', surplus: true });
  expect(response.status).toBe(400);
  const text = await response.text();
  expect(JSON.parse(text).errors[0]).toMatchObject({ field: 'username', got: 'a number' });
  expect(text).not.toContain('geheim');
  const form = await signIn({}, { 'Content-Type': 'application/x-www-form-urlencoded' });
  expect(form.status).toBe(415);
});
