import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnAccount, OwnSessions, RecoveryCodes, Role, Session, TotpOffer } from '../../api/accounts/contract.ts';
import { hashPassword } from '../../api/accounts/password.ts';
import { codeAt } from '../../api/accounts/second-factor/totp.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { createBrowser, type Browser } from '../fixtures/browser.ts';
import { fromBase32 } from '../fixtures/from-base32.ts';
import { makeAccount, type TestAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

const password = 'correct horse battery';
const nextPassword = 'seven lanterns over the canal';
let passwordHash: string;
let test_: TestApp;
let stationId: string;

beforeAll(async () => {
  test_ = await openTestApp(undefined, { withSessions: true });
  stationId = await makeStation(test_.database);
  passwordHash = await hashPassword(password);
});
afterAll(() => test_.close());

const makePerson = (role: Role): Promise<TestAccount> => makeAccount(test_.database, stationId, role, { passwordHash });
const run = (statement: ReturnType<typeof sql>) =>
  test_.database.inScope([stationId], (transaction) => transaction.query(statement));
async function signedIn({ username }: TestAccount): Promise<Browser> {
  const browser = createBrowser(test_.app);
  expect((await browser.post('/api/session', { username, password })).status).toBe(200);
  return browser;
}
async function refusalOf(response: Response): Promise<string> {
  const { type } = (await response.json()) as { type: string };
  return `${response.status} ${type.replace('/problems/', '')}`;
}
const sessionOf = async (response: Response) => (await response.json()) as Session;
const nowStep = () => Math.floor(Date.now() / 30_000);

/** Sets up an authenticator as its owner does. */
async function addAuthenticator(browser: Browser): Promise<{ secret: Buffer; step: number; recoveryCodes: string[] }> {
  const offer = (await (await browser.post('/api/account/second-factor', { password })).json()) as TotpOffer;
  expect(offer.uri).toContain(offer.secret);
  const secret = fromBase32(offer.secret);
  const step = nowStep();
  const confirmed = await browser.post('/api/account/second-factor/confirm', { code: codeAt(secret, step) });
  expect(confirmed.status).toBe(200);
  return { secret, step, ...((await confirmed.json()) as RecoveryCodes) };
}

test('a new password is refused when it is short, common, the own name or the old one, each with its reason', async () => {
  const account = await makePerson('officer');
  const browser = await signedIn(account);
  const refused = async (next: string) =>
    refusalOf(await browser.put('/api/account/password', { current: password, next }));
  expect(await refused('十一个汉字不够长的口令')).toBe('400 password-too-short');
  for (const common of ['password1234', 'qwertyuiop12', '111111111111', 'iloveyou1234!'])
    expect([common, await refused(common)]).toEqual([common, '400 password-too-common']);
  expect(await refused(`x ${account.username.toUpperCase()} y`)).toBe('400 password-names-you');
  expect(await refused(`  Officer of a TEST 77`)).toBe('400 password-names-you');
  expect(await refused(password)).toBe('400 password-unchanged');
  expect(
    (await browser.put('/api/account/password', { current: password, next: '平安是福啊大家一起来守护' })).status,
  ).toBe(204);
});

test('changing the password ends the other sessions and gives this browser a new one', async () => {
  const account = await makePerson('officer');
  const [desk, phone] = [await signedIn(account), await signedIn(account)];
  const stolen = new Map(desk.cookies);
  expect(await refusalOf(await desk.put('/api/account/password', { current: 'wrong', next: nextPassword }))).toBe(
    '403 password-wrong',
  );
  expect((await desk.put('/api/account/password', { current: password, next: nextPassword })).status).toBe(204);
  expect((await desk.get('/api/session')).status).toBe(200);
  expect((await phone.get('/api/session')).status).toBe(401);
  for (const [name, value] of stolen) phone.cookies.set(name, value);
  expect((await phone.get('/api/session')).status).toBe(401);
  expect((await phone.post('/api/session', { username: account.username, password })).status).toBe(401);
  expect((await phone.post('/api/session', { username: account.username, password: nextPassword })).status).toBe(200);
});

test('with a password that somebody else chose, nothing but choosing another is possible', async () => {
  const account = await makePerson('commander');
  await run(sql`UPDATE accounts SET must_change_password = true WHERE id = ${account.id}`);
  const browser = createBrowser(test_.app);
  const session = await sessionOf(await browser.post('/api/session', { username: account.username, password }));
  expect(session).toMatchObject({ mustChangePassword: true, mainRole: 'commander', rights: [] });
  const { stations } = (await (await browser.get('/api/stations')).json()) as { stations: unknown[] };
  expect(stations).toEqual([]);
  await browser.put('/api/account/password', { current: password, next: nextPassword });
  expect(await sessionOf(await browser.get('/api/session'))).toMatchObject({
    mustChangePassword: false,
    rights: [{ stationId, roles: ['commander'] }],
  });
});

test('one sees the own sessions, ends one of them or all, and nobody else’s', async () => {
  const account = await makePerson('officer');
  const [desk, phone, other] = [
    await signedIn(account),
    await signedIn(account),
    await signedIn(await makePerson('officer')),
  ];
  const list = async (browser: Browser) =>
    ((await (await browser.get('/api/account/sessions')).json()) as OwnSessions).sessions;
  const sessions = await list(desk);
  expect(sessions).toHaveLength(2);
  expect(sessions.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
  const elsewhere = sessions.find(({ isCurrent }) => !isCurrent)!;
  expect(elsewhere).toMatchObject({ kind: 'person', methods: ['pwd'], address: '127.0.0.1' });
  expect((await other.delete(`/api/account/sessions/${elsewhere.id}`)).status).toBe(404);
  expect((await desk.delete('/api/account/sessions/nonsense')).status).toBe(404);
  expect((await phone.get('/api/session')).status).toBe(200);
  expect((await desk.delete(`/api/account/sessions/${elsewhere.id}`)).status).toBe(204);
  expect((await phone.get('/api/session')).status).toBe(401);
  const again = await signedIn(account);
  expect((await desk.delete('/api/account/sessions')).status).toBe(204);
  expect([(await desk.get('/api/session')).status, (await again.get('/api/session')).status]).toEqual([401, 401]);
});

test('the account of a wall is not changed from the wall', async () => {
  const browser = await signedIn(await makePerson('wall'));
  expect((await browser.get('/api/session')).status).toBe(200);
  expect(await refusalOf(await browser.put('/api/account/password', { current: password, next: nextPassword }))).toBe(
    '403 not-allowed',
  );
});

test('signing in again in the same browser ends the session it had', async () => {
  const browser = await signedIn(await makePerson('officer'));
  const former = [...browser.cookies].find(([name]) => name === test_.dependencies.sessions.cookieName)!;
  await browser.post('/api/session', { username: (await makePerson('analyst')).username, password });
  const thief = createBrowser(test_.app);
  thief.cookies.set(...former);
  expect((await thief.get('/api/session')).status).toBe(401);
});

test('an administrator is nothing before there is a second factor, and signs in with it from then on', async () => {
  const account = await makePerson('administrator');
  await run(sql`DELETE FROM second_factors WHERE account_id = ${account.id}`);
  const browser = await signedIn(account);
  expect(await sessionOf(await browser.get('/api/session'))).toMatchObject({ mustAddSecondFactor: true, rights: [] });
  const { secret, step, recoveryCodes } = await addAuthenticator(browser);
  expect(new Set(recoveryCodes).size).toBe(10);
  expect(await sessionOf(await browser.get('/api/session'))).toMatchObject({
    mustAddSecondFactor: false,
    rights: [{ stationId, roles: ['administrator'] }],
  });
  const [stored] = await run(sql`SELECT sealed_secret AS sealed FROM second_factors WHERE account_id = ${account.id}`);
  expect((stored as { sealed: Buffer }).sealed.includes(secret)).toBe(false);

  const desk = createBrowser(test_.app);
  const { username } = account;
  const signIn = (code?: string) => desk.post('/api/session', { username, password, ...(code && { code }) });
  expect(await refusalOf(await desk.post('/api/session', { username, password: 'wrong' }))).toBe('401 sign-in-failed');
  expect(await refusalOf(await signIn())).toBe('401 second-factor-required');
  expect(await refusalOf(await signIn('000000'))).toBe('401 second-factor-wrong');
  // The code it was confirmed with was used, the one before it is older; the next holds, once.
  expect(await refusalOf(await signIn(codeAt(secret, step)))).toBe('401 second-factor-wrong');
  expect(await refusalOf(await signIn(codeAt(secret, step - 1)))).toBe('401 second-factor-wrong');
  const code = codeAt(secret, step + 1);
  expect((await signIn(code)).status).toBe(200);
  expect(await refusalOf(await signIn(code))).toBe('401 second-factor-wrong');

  const [recovery] = recoveryCodes;
  expect((await signIn(recovery!.toLowerCase().replaceAll('-', ''))).status).toBe(200);
  expect(await refusalOf(await signIn(recovery))).toBe('401 second-factor-wrong');
  const own = (await (await desk.get('/api/account')).json()) as OwnAccount;
  expect(own).toMatchObject({ hasPassword: true, recoveryCodesLeft: 9, needsSecondFactor: true, passkeys: [] });
  expect(await refusalOf(await desk.delete('/api/account/second-factor', { password }))).toBe(
    '409 second-factor-needed',
  );
});

test('of two sign-ins with one code at the same time one succeeds', async () => {
  const account = await makePerson('officer');
  const { secret, step, recoveryCodes } = await addAuthenticator(await signedIn(account));
  const both = async (code: string) => {
    const answers = await Promise.all(
      [1, 2].map(() => createBrowser(test_.app).post('/api/session', { username: account.username, password, code })),
    );
    return answers.map(({ status }) => status).sort();
  };
  expect(await both(codeAt(secret, step + 1))).toEqual([200, 401]);
  expect(await both(recoveryCodes[0]!)).toEqual([200, 401]);
});

test('an authenticator is added and removed only with the password, and its secret fits no other account', async () => {
  const account = await makePerson('officer');
  const browser = await signedIn(account);
  expect(await refusalOf(await browser.post('/api/account/second-factor', {}))).toBe('403 password-wrong');
  expect(await refusalOf(await browser.post('/api/account/second-factor/confirm', { code: '123456' }))).toBe(
    '409 nothing-offered',
  );
  const { secret, step } = await addAuthenticator(browser);
  const other = await makePerson('officer');
  await addAuthenticator(await signedIn(other));
  await run(sql`
    UPDATE second_factors SET sealed_secret = (SELECT sealed_secret FROM second_factors WHERE account_id = ${account.id})
    WHERE account_id = ${other.id}`);
  const thief = createBrowser(test_.app);
  expect(
    (await thief.post('/api/session', { username: other.username, password, code: codeAt(secret, step + 1) })).status,
  ).toBe(500);
  const renewed = (await (await browser.post('/api/account/recovery-codes', { password })).json()) as RecoveryCodes;
  expect(renewed.recoveryCodes).toHaveLength(10);
  expect((await browser.delete('/api/account/second-factor', { password })).status).toBe(204);
  expect((await browser.get('/api/session')).status).toBe(200);
  await signedIn(account);
});

test('who came by an identity provider that told of no second factor gives the own one before anything else', async () => {
  const account = await makePerson('commander');
  const { secret, step } = await addAuthenticator(await signedIn(account));
  const browser = createBrowser(test_.app);
  const { sessions } = test_.dependencies;
  const { setCookie } = await sessions.begin(account.id, { methods: ['fed'], userAgent: null, address: null });
  const [name, value] = setCookie.split(';')[0]!.split('=') as [string, string];
  browser.cookies.set(name, value);
  expect(await sessionOf(await browser.get('/api/session'))).toMatchObject({ mustGiveSecondFactor: true, rights: [] });
  expect(await refusalOf(await browser.delete('/api/account/second-factor', { password }))).toBe(
    '403 second-factor-required',
  );
  expect((await browser.post('/api/session/second-factor', { code: codeAt(secret, step + 1) })).status).toBe(200);
  expect(browser.cookies.get(name)).not.toBe(value);
  expect(await sessionOf(await browser.get('/api/session'))).toMatchObject({
    mustGiveSecondFactor: false,
    rights: [{ stationId }],
  });
});

test('a name with a zero byte or an unknown sign is a wrong name', async () => {
  const browser = createBrowser(test_.app);
  for (const username of ['a\0b', "' OR 1=1 --", '\ud800abc', '../../etc'])
    expect(await refusalOf(await browser.post('/api/session', { username, password }))).toBe('401 sign-in-failed');
});

test('sign-ins, failures and changes are in the audit log, without what was typed', async () => {
  const account = await makePerson('officer');
  const browser = await signedIn(account);
  await createBrowser(test_.app).post('/api/session', { username: account.username, password: 'my real secret' });
  await browser.put('/api/account/password', { current: password, next: nextPassword });
  await browser.delete('/api/session');
  const rows = await run(
    sql`SELECT action, outcome, detail::text FROM audit_entries WHERE station_id = ${stationId} AND target_id = ${account.id} ORDER BY sequence`,
  );
  expect(rows.map((row) => `${String(row['action'])} ${String(row['outcome'])}`)).toEqual([
    'session.begin done',
    'session.begin failed',
    'account.password-changed done',
    'session.begin done',
    'session.end done',
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/secret|lanterns|horse/);
});
