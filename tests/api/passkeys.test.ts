import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnAccount, Passkey, PasskeyOptions, Session } from '../../api/accounts/contract.ts';
import { hashPassword } from '../../api/accounts/password.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { createBrowser, type Browser } from '../fixtures/browser.ts';
import { makeAccount, type TestAccount } from '../fixtures/make-viewer.ts';
import { createSoftAuthenticator, type SoftAuthenticator } from '../fixtures/soft-authenticator.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

const password = 'correct horse battery';
const origin = 'http://localhost';
let test_: TestApp;
let stationId: string;
let passwordHash: string;

beforeAll(async () => {
  test_ = await openTestApp(undefined, { withSessions: true });
  stationId = await makeStation(test_.database);
  passwordHash = await hashPassword(password);
});
afterAll(() => test_.close());

const run = (statement: ReturnType<typeof sql>) =>
  test_.database.inScope([stationId], (transaction) => transaction.execute(statement));
const optionsOf = async (response: Response) => ((await response.json()) as PasskeyOptions).options;
async function refusalOf(response: Response): Promise<string> {
  const { type } = (await response.json()) as { type: string };
  return `${response.status} ${type.replace('/problems/', '')}`;
}
async function signedIn({ username }: TestAccount): Promise<Browser> {
  const browser = createBrowser(test_.app);
  expect((await browser.post('/api/session', { username, password })).status).toBe(200);
  return browser;
}
async function addPasskey(browser: Browser, authenticator: SoftAuthenticator): Promise<Passkey> {
  const options = await optionsOf(await browser.post('/api/account/passkeys/begin', { password }));
  const response = await browser.post('/api/account/passkeys', {
    name: '指纹',
    credential: authenticator.register(options, origin),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as Passkey;
}
const beginSignIn = async (browser: Browser) => optionsOf(await browser.post('/api/session/passkey/begin'));

test('a passkey added with the password signs in by itself, as a second factor too', async () => {
  const account = await makeAccount(test_.database, stationId, 'administrator', { passwordHash });
  await run(sql`DELETE FROM second_factors WHERE account_id = ${account.id}`);
  const desk = await signedIn(account);
  expect(await refusalOf(await desk.post('/api/account/passkeys/begin', {}))).toBe('403 password-wrong');
  const authenticator = createSoftAuthenticator({ counts: true });
  const passkey = await addPasskey(desk, authenticator);
  expect(passkey).toMatchObject({ name: '指纹', lastUsedAt: null, isBackedUp: false });
  expect(await (await desk.get('/api/session')).json()).toMatchObject({
    mustAddSecondFactor: false,
    rights: [{ stationId, roles: ['administrator'] }],
  });

  const phone = createBrowser(test_.app);
  const credential = authenticator.signIn(await beginSignIn(phone), origin);
  const kept = new Map(phone.cookies);
  const response = await phone.post('/api/session/passkey', { credential });
  expect(response.status).toBe(200);
  expect((await response.json()) as Session).toMatchObject({
    account: { id: account.id },
    mustAddSecondFactor: false,
    mustGiveSecondFactor: false,
    rights: [{ roles: ['administrator'] }],
  });
  // The same answer again, with the cookie that began it.
  const thief = createBrowser(test_.app);
  for (const [name, value] of kept) thief.cookies.set(name, value);
  expect(await refusalOf(await thief.post('/api/session/passkey', { credential }))).toBe('409 begin-again');

  // The password alone is not enough for an administrator with a passkey.
  expect(
    await refusalOf(await createBrowser(test_.app).post('/api/session', { username: account.username, password })),
  ).toBe('401 passkey-required');
  expect(await refusalOf(await phone.delete(`/api/account/passkeys/${passkey.id}`, { password }))).toBe(
    '409 second-factor-needed',
  );
  const own = (await (await phone.get('/api/account')).json()) as OwnAccount;
  expect(own.passkeys).toEqual([{ ...passkey, lastUsedAt: expect.any(String) }]);
});

test('what another key signed, another page got, or nobody verified is refused', async () => {
  const account = await makeAccount(test_.database, stationId, 'officer', { passwordHash });
  const authenticator = createSoftAuthenticator();
  const passkey = await addPasskey(await signedIn(account), authenticator);
  const browser = createBrowser(test_.app);
  const attempt = async (credentialOf: (options: Record<string, unknown>) => Record<string, unknown>) => {
    const credential = credentialOf(await beginSignIn(browser));
    return refusalOf(await browser.post('/api/session/passkey', { credential }));
  };
  const foreignKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  expect(await attempt((options) => authenticator.signIn(options, origin, { key: foreignKey }))).toBe(
    '401 sign-in-failed',
  );
  expect(await attempt((options) => authenticator.signIn(options, 'https://elsewhere.example'))).toBe(
    '400 passkey-refused',
  );
  expect(await attempt((options) => authenticator.signIn(options, origin, { isVerified: false }))).toBe(
    '400 passkey-refused',
  );
  expect(await attempt((options) => authenticator.signIn({ ...options, rpId: 'elsewhere.example' }, origin))).toBe(
    '400 passkey-refused',
  );
  expect(await attempt((options) => authenticator.signIn({ ...options, challenge: 'AAAA' }, origin))).toBe(
    '400 passkey-refused',
  );
  expect(await attempt((options) => createSoftAuthenticator().signIn(options, origin))).toBe('401 sign-in-failed');
  const another = createBrowser(test_.app);
  const credential = authenticator.signIn(await beginSignIn(browser), origin);
  expect(await refusalOf(await another.post('/api/session/passkey', { credential }))).toBe('409 begin-again');
  expect((await browser.post('/api/session/passkey', { credential })).status).toBe(200);

  expect((await browser.patch(`/api/account/passkeys/${passkey.id}`, { name: 'Phone' })).status).toBe(204);
  const stranger = await signedIn(await makeAccount(test_.database, stationId, 'officer', { passwordHash }));
  expect((await stranger.delete(`/api/account/passkeys/${passkey.id}`, { password })).status).toBe(404);
  expect((await browser.delete(`/api/account/passkeys/${passkey.id}`, { password })).status).toBe(204);
  expect(await attempt((options) => authenticator.signIn(options, origin))).toBe('401 sign-in-failed');
});

test('an authenticator whose counter went back, a copy, is refused; so is a closed account', async () => {
  const account = await makeAccount(test_.database, stationId, 'officer', { passwordHash });
  const authenticator = createSoftAuthenticator({ counts: true });
  await addPasskey(await signedIn(account), authenticator);
  const signIn = async () => {
    const browser = createBrowser(test_.app);
    return browser.post('/api/session/passkey', {
      credential: authenticator.signIn(await beginSignIn(browser), origin),
    });
  };
  expect((await signIn()).status).toBe(200);
  await run(sql`UPDATE passkeys SET counter = 1000 WHERE account_id = ${account.id}`);
  expect(await refusalOf(await signIn())).toBe('400 passkey-refused');
  await run(sql`UPDATE passkeys SET counter = 0 WHERE account_id = ${account.id}`);
  await run(sql`UPDATE accounts SET disabled_at = now() WHERE id = ${account.id}`);
  expect(await refusalOf(await signIn())).toBe('401 sign-in-failed');
});

test('at a bare IP address there are no passkeys', async () => {
  const browser = createBrowser(test_.app, 'http://127.0.0.1');
  expect(await refusalOf(await browser.post('/api/session/passkey/begin'))).toBe('409 passkeys-unavailable');
});
