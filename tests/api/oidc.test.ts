import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { BeginLink, OidcProvider, OwnAccount, Role, Session, SignInMethods } from '../../api/accounts/contract.ts';
import { hashPassword } from '../../api/accounts/password.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { createBrowser, type Browser } from '../fixtures/browser.ts';
import { beginSession, makeAccount, type TestAccount } from '../fixtures/make-viewer.ts';
import { serveOidc, type ServedOidc } from '../fixtures/serve-oidc.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

const password = 'correct horse battery';
let test_: TestApp;
let idp: ServedOidc;
let parentId: string;
let stationId: string;
let administrator: Browser;
let provider: OidcProvider;
let passwordHash: string;

beforeAll(async () => {
  test_ = await openTestApp(undefined, { withSessions: true });
  idp = await serveOidc();
  parentId = await makeStation(test_.database);
  stationId = await makeStation(test_.database, { parentId });
  passwordHash = await hashPassword(password);
  administrator = await browseAs(await makePerson('administrator'));
  const response = await administrator.post('/api/oidc-providers', {
    stationId,
    label: '市局统一认证',
    issuer: idp.issuer,
    clientId: 'shaodian',
    clientSecret: 'secret of the client, long enough',
  });
  expect(response.status).toBe(201);
  provider = (await response.json()) as OidcProvider;
  idp.register({
    clientId: 'shaodian',
    clientSecret: 'secret of the client, long enough',
    redirectUri: provider.redirectUri,
  });
});
afterAll(async () => {
  await idp.close();
  await test_.close();
});
beforeEach(() => change({ usernameClaim: null }));

const makePerson = (role: Role, at = stationId) => makeAccount(test_.database, at, role, { passwordHash });
async function browseAs(account: TestAccount): Promise<Browser> {
  const browser = createBrowser(test_.app);
  const { cookieName } = test_.dependencies.sessions;
  const cookie = await beginSession(test_.database, cookieName, account);
  browser.cookies.set(cookieName, cookie.slice(cookieName.length + 1));
  return browser;
}
async function change(fields: object): Promise<void> {
  const response = await administrator.patch(`/api/oidc-providers/${provider.id}`, fields);
  expect(response.status).toBe(200);
}
const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;
/** The whole way from the sign-in page to where the browser ends up. */
async function signIn(browser: Browser): Promise<string> {
  const begun = await browser.get(`/api/oidc/${provider.id}/begin`);
  expect(begun.status).toBe(303);
  const back = await idp.visit(begun.headers.get('Location')!);
  const ended = await browser.get(pathOf(back));
  expect(ended.status).toBe(303);
  return ended.headers.get('Location')!;
}
const link = (account: TestAccount, subject: string, by = administrator) =>
  by.post(`/api/accounts/${account.id}/identities`, { providerId: provider.id, subject });
const sessionOf = async (browser: Browser) => (await (await browser.get('/api/session')).json()) as Session;

test('the sign-in page offers the provider; its secret is told to nobody and stored encrypted', async () => {
  const methods = (await (await createBrowser(test_.app).get('/api/sign-in-methods')).json()) as SignInMethods;
  expect(methods).toMatchObject({ password: true, passkeys: true, needsSetup: false });
  expect(methods.providers).toContainEqual({ id: provider.id, label: '市局统一认证' });
  expect(provider).toMatchObject({
    secret: 'stored',
    redirectUri: `http://localhost/api/oidc/${provider.id}/callback`,
  });
  const [row] = await test_.database.inScope([stationId], (transaction) =>
    transaction.query<{ row: string }>(sql`SELECT p::text AS row FROM oidc_providers p WHERE id = ${provider.id}`),
  );
  expect(row!.row).not.toContain(Buffer.from('secret of the client').toString('hex'));
});

test('who is linked signs in; who is not is sent back to the sign-in page', async () => {
  const account = await makePerson('officer');
  const sub = `officer-${uuidv7()}`;
  idp.person = { sub, name: '刘警官' };
  const browser = createBrowser(test_.app);
  expect(await signIn(browser)).toBe('/sign-in?refused=unknown-identity');
  expect((await browser.get('/api/session')).status).toBe(401);
  expect((await link(account, sub)).status).toBe(201);
  expect((await link(await makePerson('officer'), sub)).status).toBe(409);
  expect(await signIn(browser)).toBe('/');
  expect(await sessionOf(browser)).toMatchObject({ account: { id: account.id }, rights: [{ roles: ['officer'] }] });
  await test_.database.inScope([stationId], (transaction) =>
    transaction.execute(sql`UPDATE accounts SET disabled_at = now() WHERE id = ${account.id}`),
  );
  expect(await signIn(createBrowser(test_.app))).toBe('/sign-in?refused=unknown-identity');
});

test('a person links the own account with the password, and takes the link back', async () => {
  const account = await makePerson('analyst');
  const browser = await browseAs(account);
  idp.person = { sub: `analyst-${uuidv7()}`, preferred_username: 'yan' };
  const body = { providerId: provider.id };
  expect((await browser.post('/api/account/identities', { ...body, password: 'wrong' })).status).toBe(403);
  const begun = (await (await browser.post('/api/account/identities', { ...body, password })).json()) as BeginLink;
  const back = await idp.visit(begun.redirectTo);
  // Somebody else's browser, with nothing but the address.
  expect((await createBrowser(test_.app).get(pathOf(back))).headers.get('Location')).toBe(
    '/sign-in?refused=begin-again',
  );
  expect((await browser.get(pathOf(back))).headers.get('Location')).toBe('/account');
  const own = (await (await browser.get('/api/account')).json()) as OwnAccount;
  expect(own.identities).toMatchObject([{ providerLabel: '市局统一认证', name: null }]);
  const elsewhere = createBrowser(test_.app);
  expect(await signIn(elsewhere)).toBe('/');
  expect(await sessionOf(elsewhere)).toMatchObject({ account: { id: account.id } });
  expect((await browser.delete(`/api/account/identities/${own.identities[0]!.id}`, { password })).status).toBe(204);
  expect(await signIn(createBrowser(test_.app))).toBe('/sign-in?refused=unknown-identity');
});

test('a claim opens the account of that name only where the provider is set so, and a mail address only when verified', async () => {
  const account = await makePerson('officer');
  const mail = `${uuidv7()}@example.cn`;
  await test_.database.inScope([stationId], (transaction) =>
    transaction.execute(sql`UPDATE accounts SET username = ${mail} WHERE id = ${account.id}`),
  );
  idp.person = { sub: uuidv7(), email: mail.toUpperCase(), email_verified: false };
  expect(await signIn(createBrowser(test_.app))).toBe('/sign-in?refused=unknown-identity');
  await change({ usernameClaim: 'email' });
  expect(await signIn(createBrowser(test_.app))).toBe('/sign-in?refused=unknown-identity');
  idp.person.email_verified = true;
  const browser = createBrowser(test_.app);
  expect(await signIn(browser)).toBe('/');
  expect(await sessionOf(browser)).toMatchObject({ account: { id: account.id } });
  await change({ usernameClaim: 'preferred_username' });
  idp.person = { sub: uuidv7(), preferred_username: mail };
  expect(await signIn(createBrowser(test_.app))).toBe('/');
});

test('a station’s provider vouches for nobody whose roles reach beyond the station', async () => {
  const above = await makePerson('commander', parentId);
  const both = await makePerson('officer');
  await test_.database.inScope([parentId], (transaction) =>
    transaction.execute(
      sql`INSERT INTO account_roles (account_id, station_id, role) VALUES (${both.id}, ${parentId}, 'analyst')`,
    ),
  );
  await change({ usernameClaim: 'preferred_username' });
  for (const { username } of [above, both]) {
    idp.person = { sub: uuidv7(), preferred_username: username };
    expect(await signIn(createBrowser(test_.app))).toBe('/sign-in?refused=out-of-reach');
  }
  expect((await link(above, uuidv7())).status).toBe(404);
  expect((await link(both, uuidv7())).status).toBe(403);
  const atTop = await browseAs(await makePerson('administrator', parentId));
  expect((await link(both, uuidv7(), atTop)).status).toBe(403);
});

test('an administrator who comes by the provider still gives a second factor, unless the provider took one', async () => {
  const account = await makePerson('administrator');
  const sub = uuidv7();
  expect((await link(account, sub)).status).toBe(201);
  idp.person = { sub };
  const browser = createBrowser(test_.app);
  expect(await signIn(browser)).toBe('/');
  expect(await sessionOf(browser)).toMatchObject({ mustGiveSecondFactor: true, rights: [] });
  idp.person = { sub, amr: ['pwd', 'mfa'] };
  expect(await signIn(browser)).toBe('/');
  expect(await sessionOf(browser)).toMatchObject({ mustGiveSecondFactor: false, rights: [{ stationId }] });
});

test('what was not begun here, was begun elsewhere, was done before or was cancelled signs nobody in', async () => {
  const account = await makePerson('officer');
  const sub = uuidv7();
  expect((await link(account, sub)).status).toBe(201);
  idp.person = { sub };
  const [victim, attacker] = [createBrowser(test_.app), createBrowser(test_.app)];
  const begin = async (browser: Browser) =>
    idp.visit((await browser.get(`/api/oidc/${provider.id}/begin`)).headers.get('Location')!);
  const end = async (browser: Browser, back: string) => (await browser.get(pathOf(back))).headers.get('Location');
  // Login CSRF: the victim's browser is led to the end of a sign-in that the attacker began.
  const back = await begin(attacker);
  expect(await end(victim, back)).toBe('/sign-in?refused=begin-again');
  await begin(victim);
  expect(await end(victim, back)).toBe('/sign-in?refused=provider-refused');
  expect((await victim.get('/api/session')).status).toBe(401);
  const kept = new Map(attacker.cookies);
  expect(await end(attacker, back)).toBe('/');
  const replay = createBrowser(test_.app);
  for (const [name, value] of kept) replay.cookies.set(name, value);
  expect(await end(replay, back)).toBe('/sign-in?refused=begin-again');
  idp.person = null;
  expect(await signIn(createBrowser(test_.app))).toBe('/sign-in?refused=cancelled');
  const unknown = await victim.get(`/api/oidc/${uuidv7()}/begin`);
  expect(unknown.headers.get('Location')).toBe('/sign-in?refused=not-found');
});

test('a provider that does not answer is told; another issuer forgets who was linked', async () => {
  const account = await makePerson('officer');
  const sub = uuidv7();
  await link(account, sub);
  await change({ issuer: 'http://127.0.0.1:9' });
  const browser = createBrowser(test_.app);
  const refused = await browser.get(`/api/oidc/${provider.id}/begin`);
  expect(refused.headers.get('Location')).toBe('/sign-in?refused=provider-unavailable');
  await change({ issuer: idp.issuer });
  idp.person = { sub };
  expect(await signIn(browser)).toBe('/sign-in?refused=unknown-identity');
});

test('providers are administered by administrators of the station, by https beyond this machine', async () => {
  const body = { stationId, label: 'x', issuer: 'http://idp.example', clientId: 'x' };
  expect((await administrator.post('/api/oidc-providers', body)).status).toBe(400);
  for (const role of ['commander', 'officer', 'volunteer', 'analyst', 'auditor', 'wall'] as const) {
    const browser = await browseAs(await makePerson(role));
    const add = await browser.post('/api/oidc-providers', { ...body, issuer: 'https://idp.example' });
    const list = await browser.get(`/api/oidc-providers?station=${stationId}`);
    const remove = await browser.delete(`/api/oidc-providers/${provider.id}`);
    expect([role, add.status, list.status, remove.status]).toEqual([role, 403, 403, 404]);
  }
  const elsewhere = await browseAs(await makePerson('administrator', await makeStation(test_.database)));
  expect((await elsewhere.post('/api/oidc-providers', body)).status).toBe(404);
  expect((await elsewhere.delete(`/api/oidc-providers/${provider.id}`)).status).toBe(404);
});

test('a provider goes only when who deletes it has seen how many sign in by it, as it is now', async () => {
  const made = await administrator.post('/api/oidc-providers', {
    stationId,
    label: '旧系统',
    issuer: 'https://old.example',
    clientId: 'x',
  });
  const { id } = (await made.json()) as { id: string };
  const account = await makePerson('officer');
  const linked = { providerId: id, subject: `officer-${uuidv7()}` };
  expect((await administrator.post(`/api/accounts/${account.id}/identities`, linked)).status).toBe(201);
  const path = `/api/oidc-providers/${id}`;
  const asked = await administrator.delete(path);
  expect(asked.status).toBe(409);
  const { type, losses, confirm } = (await asked.json()) as { type: string; losses: object; confirm: string };
  expect({ type, losses }).toEqual({ type: '/problems/confirmation-required', losses: { identities: 1 } });
  expect((await administrator.patch(path, { label: '旧系统（停用）' })).status).toBe(200);
  expect((await administrator.delete(`${path}?confirm=${confirm}`)).status).toBe(409);
  const again = (await (await administrator.delete(path)).json()) as { confirm: string };
  expect((await administrator.delete(`${path}?confirm=${again.confirm}`)).status).toBe(204);
  expect((await administrator.delete(path)).status).toBe(404);
});
