import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession } from '../fixtures/make-viewer.ts';
import { askWith, auditOf, signIn, type Asker } from './administration.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let city: string;
let station: string;
let sibling: string;
let administrator: Asker;
let cityAdministrator: Asker;
let commander: Asker;
const whatever = { 'If-Match': '*' };

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  city = await makeStation(app.database);
  station = await makeStation(app.database, { parentId: city });
  sibling = await makeStation(app.database, { parentId: city });
  administrator = await signIn(app, station, 'administrator');
  cityAdministrator = await signIn(app, city, 'administrator');
  commander = await signIn(app, station, 'commander');
});
afterAll(() => app.close());

const nobody = () => askWith(app, {});
const body = (more: object = {}) => ({
  stationId: station,
  username: `officer-${uuidv7()}`,
  displayName: '李明',
  roles: [{ stationId: station, role: 'officer' }],
  ...more,
});
const make = async (more: object = {}) => (await administrator.ask('POST', '/api/accounts', body(more))).body;

test('a new account signs in with the password that is shown once, and has to change it', async () => {
  const { account, oneTimePassword } = await make();
  expect(oneTimePassword).toMatch(/^([2-9a-hjkmnp-z]{5}-){3}[2-9a-hjkmnp-z]{5}$/);
  expect(account).toMatchObject({ roles: [{ stationId: station, role: 'officer' }], mustChangePassword: true });
  const signedIn = await nobody()('POST', '/api/session', { username: account.username, password: oneTimePassword });
  expect(signedIn).toMatchObject({ status: 200, body: { mustChangePassword: true } });
  const { body: list } = await administrator.ask('GET', '/api/accounts');
  expect(JSON.stringify(list)).not.toContain(oneTimePassword);
  expect(list.accounts.find(({ id }: { id: string }) => id === account.id)).toMatchObject({ sessionCount: 1 });
  expect(await auditOf(app, station)).toContain('account.create');
});

test('a name, and a member’s account, are given once', async () => {
  const { account } = await make();
  const again = await administrator.ask('POST', '/api/accounts', body({ username: account.username.toUpperCase() }));
  expect(again).toMatchObject({ status: 409, body: { errors: [{ field: 'username', code: 'taken' }] } });
  const memberId = uuidv7();
  await app.database.inScope([station], (transaction) =>
    transaction.execute(
      sql`INSERT INTO members (id, station_id, display_name, role) VALUES (${memberId}, ${station}, '王芳', 'officer')`,
    ),
  );
  expect((await make({ memberId })).account.memberId).toBe(memberId);
  expect(await administrator.ask('POST', '/api/accounts', body({ memberId }))).toMatchObject({
    status: 409,
    body: { errors: [{ field: 'memberId' }] },
  });
  const elsewhere = await cityAdministrator.ask('POST', '/api/accounts', body({ stationId: sibling, memberId }));
  expect(elsewhere).toMatchObject({ status: 400, body: { errors: [{ field: 'memberId' }] } });
});

test('roles are given where one administers, and nowhere else', async () => {
  for (const stationId of [city, sibling]) {
    expect((await administrator.ask('POST', '/api/accounts', body({ stationId }))).status).toBe(404);
    const roles = [{ stationId, role: 'officer' }];
    expect((await administrator.ask('POST', '/api/accounts', body({ roles }))).status).toBe(404);
    const { account } = await make();
    expect((await administrator.ask('PATCH', `/api/accounts/${account.id}`, { roles }, whatever)).status).toBe(404);
    expect((await administrator.ask('PATCH', `/api/accounts/${account.id}`, { stationId }, whatever)).status).toBe(404);
  }
  expect((await commander.ask('POST', '/api/accounts', body())).status).toBe(403);
  expect((await commander.ask('GET', '/api/accounts')).body).toEqual({ accounts: [] });
  expect((await administrator.ask('GET', `/api/accounts?station=${sibling}`)).status).toBe(404);
});

test('who reaches further than the administrator is not theirs to take over', async () => {
  const { account } = await make();
  const roles = [
    { stationId: station, role: 'officer' },
    { stationId: city, role: 'commander' },
  ];
  const path = `/api/accounts/${account.id}`;
  expect((await cityAdministrator.ask('PATCH', path, { roles }, whatever)).status).toBe(200);
  const { body: list } = await administrator.ask('GET', '/api/accounts');
  expect(list.accounts.find(({ id }: { id: string }) => id === account.id)).toMatchObject({
    isBeyondReach: true,
    roles: [{ stationId: station, role: 'officer' }],
  });
  for (const [method, url, sent] of [
    ['POST', `${path}/password`],
    ['DELETE', `${path}/second-factor`],
    ['DELETE', `${path}/sessions`],
    ['POST', `${path}/wall-link`],
    ['PATCH', path, { isDisabled: true }],
    ['PATCH', path, { username: 'taken-over' }],
  ] as const)
    expect([url, await administrator.ask(method, url, sent, whatever)]).toMatchObject([
      url,
      { status: 403, body: { type: '/problems/beyond-reach' } },
    ]);
  expect((await cityAdministrator.ask('POST', `${path}/password`)).status).toBe(200);
});

test('an administrator neither gives themselves a role nor locks themselves out', async () => {
  const path = `/api/accounts/${administrator.id}`;
  for (const change of [{ roles: [] }, { roles: [{ stationId: station, role: 'commander' }] }, { isDisabled: true }])
    expect(await administrator.ask('PATCH', path, change, whatever)).toMatchObject({
      status: 409,
      body: { type: '/problems/own-account' },
    });
  expect((await administrator.ask('PATCH', path, { displayName: '管理员' }, whatever)).status).toBe(200);
});

test('a lost role and a closed account are felt by open sessions at once', async () => {
  const { account } = await make();
  const cookie = await beginSession(app.database, app.dependencies.sessions.cookieName, account);
  await app.database.inScope([station], (transaction) =>
    transaction.execute(sql`UPDATE accounts SET must_change_password = false WHERE id = ${account.id}`),
  );
  const ask = askWith(app, { Cookie: cookie });
  expect((await ask('GET', '/api/stations')).body.stations).toHaveLength(1);
  const path = `/api/accounts/${account.id}`;
  expect((await administrator.ask('PATCH', path, { roles: [] }, whatever)).body.roles).toEqual([]);
  expect((await ask('GET', '/api/stations')).body.stations).toEqual([]);
  expect((await administrator.ask('PATCH', path, { isDisabled: true }, whatever)).body.isDisabled).toBe(true);
  expect((await ask('GET', '/api/stations')).status).toBe(401);
  expect((await administrator.ask('PATCH', path, { isDisabled: false }, whatever)).status).toBe(200);
  expect((await ask('GET', '/api/stations')).status).toBe(401);
});

test('a new password ends the sessions and a reset second factor is gone', async () => {
  const { account, oneTimePassword } = await make();
  await beginSession(app.database, app.dependencies.sessions.cookieName, account);
  const path = `/api/accounts/${account.id}`;
  expect((await administrator.ask('GET', `${path}/sessions`)).body.sessions).toHaveLength(1);
  const issued = await administrator.ask('POST', `${path}/password`);
  expect(issued.body.oneTimePassword).not.toBe(oneTimePassword);
  expect((await administrator.ask('GET', `${path}/sessions`)).body.sessions).toEqual([]);
  await app.database.inScope([station], (transaction) =>
    transaction.execute(sql`
      INSERT INTO second_factors (account_id, station_id, sealed_secret, confirmed_at)
      VALUES (${account.id}, ${station}, '\\x00', now())`),
  );
  const find = async () =>
    (await administrator.ask('GET', '/api/accounts')).body.accounts.find(({ id }: { id: string }) => id === account.id);
  expect((await find()).hasSecondFactor).toBe(true);
  expect((await administrator.ask('DELETE', `${path}/second-factor`)).status).toBe(204);
  expect((await find()).hasSecondFactor).toBe(false);
});

test('who moves to another station takes sessions and tokens along', async () => {
  const { account } = await make();
  const cookie = await beginSession(app.database, app.dependencies.sessions.cookieName, account);
  const path = `/api/accounts/${account.id}`;
  expect((await cityAdministrator.ask('PATCH', path, { stationId: sibling }, whatever)).body.stationId).toBe(sibling);
  const rows = await app.database.inScope([sibling], (transaction) =>
    transaction.query(sql`SELECT FROM sessions WHERE account_id = ${account.id} AND station_id = ${sibling}`),
  );
  expect(rows).toHaveLength(1);
  expect((await askWith(app, { Cookie: cookie })('GET', '/api/session')).status).toBe(200);
});

test('a screen signs in once by its link, without a password, and can be put out', async () => {
  const made = await administrator.ask(
    'POST',
    '/api/accounts',
    body({ username: `wall-${uuidv7()}`, roles: [{ stationId: station, role: 'wall' }] }),
  );
  expect(made).toMatchObject({ status: 201, body: { oneTimePassword: null, account: { hasPassword: false } } });
  const path = `/api/accounts/${made.body.account.id}`;
  expect((await administrator.ask('POST', `${path}/password`)).status).toBe(409);
  const { body: first } = await administrator.ask('POST', `${path}/wall-link`);
  const { body: second } = await administrator.ask('POST', `${path}/wall-link`);
  const open = (url: string) => nobody()('POST', '/api/session/wall', { token: url.split('#')[1] });
  expect((await open(first.url)).status).toBe(404);
  const signedIn = await open(second.url);
  expect(signedIn).toMatchObject({ status: 200, body: { kind: 'wall', mainRole: 'wall' } });
  expect((await open(second.url)).status).toBe(404);
  const ask = askWith(app, { Cookie: signedIn.headers.get('Set-Cookie')!.split(';')[0]! });
  expect((await ask('GET', '/api/units')).status).toBe(200);
  const { sessions } = (await administrator.ask('GET', `${path}/sessions`)).body;
  expect(sessions).toMatchObject([{ kind: 'wall' }]);
  expect((await administrator.ask('DELETE', `${path}/sessions/${sessions[0].id}`)).status).toBe(204);
  expect((await ask('GET', '/api/units')).status).toBe(401);
});

test('a screen’s account is nothing else, and a person’s signs in by no link', async () => {
  const roles = [
    { stationId: station, role: 'wall' },
    { stationId: station, role: 'commander' },
  ];
  expect((await administrator.ask('POST', '/api/accounts', body({ roles }))).status).toBe(400);
  const { account } = await make();
  expect((await administrator.ask('POST', `/api/accounts/${account.id}/wall-link`)).status).toBe(409);
  expect((await nobody()('POST', '/api/session/wall', { token: 'x'.repeat(43) })).status).toBe(404);
});

test('a password that was issued signs in for three days, and one that its owner chose has no end', async () => {
  const { account, oneTimePassword } = await make();
  const untilMs = Date.parse(account.issuedPasswordUntil) - Date.now();
  expect(untilMs / 3_600_000).toBeGreaterThan(71.9);
  expect(untilMs / 3_600_000).toBeLessThanOrEqual(72);
  const age = () =>
    app.database.inScope([station], (transaction) =>
      transaction.execute(
        sql`UPDATE accounts SET issued_password_until = issued_password_until - interval '72 hours' WHERE id = ${account.id}`,
      ),
    );
  await age();
  const credentials = { username: account.username, password: oneTimePassword };
  expect(await nobody()('POST', '/api/session', credentials)).toMatchObject({
    status: 401,
    body: { type: '/problems/password-expired' },
  });
  // Only who knows it is told so.
  expect(await nobody()('POST', '/api/session', { ...credentials, password: 'another' })).toMatchObject({
    status: 401,
    body: { type: '/problems/sign-in-failed' },
  });
  const { body: issued } = await administrator.ask('POST', `/api/accounts/${account.id}/password`);
  expect(Date.parse(issued.account.issuedPasswordUntil)).toBeGreaterThan(Date.now());
  const signedIn = await nobody()('POST', '/api/session', { ...credentials, password: issued.oneTimePassword });
  expect(signedIn.status).toBe(200);
  const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
  const next = 'three herons over the canal';
  expect(
    (await askWith(app, { Cookie: cookie })('PUT', '/api/account/password', { current: issued.oneTimePassword, next }))
      .status,
  ).toBe(204);
  await age();
  expect((await nobody()('POST', '/api/session', { ...credentials, password: next })).status).toBe(200);
  const { body: list } = await administrator.ask('GET', '/api/accounts');
  expect(list.accounts.find(({ id }: { id: string }) => id === account.id).issuedPasswordUntil).toBeNull();
});

test('people change how their own name is shown, and nobody else’s', async () => {
  const analyst = await signIn(app, station, 'analyst');
  expect((await analyst.ask('PATCH', '/api/account', { displayName: ' 钱 分析 ' })).status).toBe(204);
  expect((await analyst.ask('GET', '/api/session')).body.account.displayName).toBe('钱 分析');
  expect((await analyst.ask('PATCH', '/api/account', { displayName: '长'.repeat(65) })).body.errors).toEqual([
    { field: 'displayName', got: 'a string', expected: expect.any(String), code: 'tooLong', params: { max: 64 } },
  ]);
  for (const body of [{}, { displayName: '' }, { displayName: 'two\nlines' }, { displayName: 'x', username: 'root' }])
    expect((await analyst.ask('PATCH', '/api/account', body)).status).toBe(400);
  expect((await nobody()('PATCH', '/api/account', { displayName: 'x' })).status).toBe(401);
  expect(await auditOf(app, station)).toContain('account.renamed');
});
