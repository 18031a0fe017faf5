import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { InvitationOffer, Invitations, NewInvitation, Role, Session } from '../../api/accounts/contract.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { createBrowser, type Browser } from '../fixtures/browser.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

const password = 'seven lanterns over the canal';
let test_: TestApp;
let stationId: string;
let sentinelId: string;
let officerOfGrid: Browser;
let officerElsewhere: Browser;

beforeAll(async () => {
  test_ = await openTestApp(undefined, { withSessions: true });
  stationId = await makeStation(test_.database, { name: `桥西所 ${uuidv7()}` });
  sentinelId = uuidv7();
  const [here, elsewhere] = [uuidv7(), uuidv7()];
  await run(sql`
    INSERT INTO members (id, station_id, display_name, role)
    VALUES (${here}, ${stationId}, '刘警官', 'officer'), (${elsewhere}, ${stationId}, '陈警官', 'officer')`);
  await run(sql`
    INSERT INTO grids (id, station_id, number, officer_id, area) VALUES
      (${uuidv7()}, ${stationId}, '1', ${here}, ST_Multi(ST_MakeEnvelope(114.0, 38.0, 114.1, 38.1, 4326))),
      (${uuidv7()}, ${stationId}, '2', ${elsewhere}, ST_Multi(ST_MakeEnvelope(114.1, 38.0, 114.2, 38.1, 4326)))`);
  await run(sql`
    INSERT INTO sentinels (id, station_id, number, name, kind, point, qr_code)
    VALUES (${sentinelId}, ${stationId}, '7', '东里小区', 'compound', ST_SetSRID(ST_MakePoint(114.05, 38.05), 4326), 'qr-7')`);
  officerOfGrid = await browseAs('officer', here);
  officerElsewhere = await browseAs('officer', elsewhere);
});
afterAll(() => test_.close());

const run = (statement: ReturnType<typeof sql>) =>
  test_.database.inScope([stationId], (transaction) => transaction.query(statement));
async function browseAs(role: Role, memberId: string | null = null, at = stationId): Promise<Browser> {
  const account = await makeAccount(test_.database, at, role, { memberId });
  const browser = createBrowser(test_.app);
  const { cookieName } = test_.dependencies.sessions;
  const cookie = await beginSession(test_.database, cookieName, account);
  browser.cookies.set(cookieName, cookie.slice(cookieName.length + 1));
  return browser;
}
async function refusalOf(response: Response): Promise<string> {
  const { type } = (await response.json()) as { type: string };
  return `${response.status} ${type.replace('/problems/', '')}`;
}
async function invite(more: object = {}): Promise<NewInvitation & { token: string }> {
  const response = await officerOfGrid.post('/api/invitations', { sentinelId, displayName: '王阿姨', ...more });
  expect(response.status).toBe(201);
  const invitation = (await response.json()) as NewInvitation;
  return { ...invitation, token: new URL(invitation.link).hash.slice(1) };
}
const accept = (token: string, username = `aunt-${uuidv7()}`) =>
  createBrowser(test_.app).post('/api/invitations/accept', { token, username, displayName: '王桂兰', password });

test('the officer of the grid invites; the link makes a member of the point with an account, once', async () => {
  const { link, token, id } = await invite();
  expect(link).toMatch(/^http:\/\/localhost\/join#[\w-]{43}$/);
  const visitor = createBrowser(test_.app);
  const offer = (await (await visitor.post('/api/invitations/look', { token })).json()) as InvitationOffer;
  expect(offer).toMatchObject({ sentinelName: '东里小区', displayName: '王阿姨' });
  expect(Object.keys(offer).sort()).toEqual(['displayName', 'expiresAt', 'sentinelName', 'stationName']);

  const response = await visitor.post('/api/invitations/accept', {
    token,
    username: `Aunt-${id}`,
    displayName: '王桂兰',
    password,
  });
  expect(response.status).toBe(201);
  const session = (await response.json()) as Session;
  expect(session).toMatchObject({
    mainRole: 'volunteer',
    account: { displayName: '王桂兰', homeStationId: stationId },
  });
  expect((await visitor.get('/api/session')).status).toBe(200);
  expect(
    await run(
      sql`SELECT role, sentinel_id AS point, display_name AS name FROM members WHERE id = ${session.account.memberId}`,
    ),
  ).toEqual([{ role: 'volunteer', point: sentinelId, name: '王桂兰' }]);
  expect((await visitor.post('/api/session', { username: `aunt-${id}`, password })).status).toBe(200);

  expect(await refusalOf(await accept(token))).toBe('404 link-invalid');
  expect(await refusalOf(await visitor.post('/api/invitations/look', { token }))).toBe('404 link-invalid');
  const { invitations } = (await (
    await officerOfGrid.get(`/api/invitations?station=${stationId}`)
  ).json()) as Invitations;
  expect(invitations.find((invitation) => invitation.id === id)).toMatchObject({ state: 'accepted' });
  expect(JSON.stringify(invitations)).not.toContain(token);
  const [stored] = await run(sql`SELECT i::text AS row FROM invitations i WHERE id = ${id}`);
  expect(stored!['row']).not.toContain(token);
});

test('used by two at the same time, exactly one wins and one member is made', async () => {
  const { token } = await invite();
  const before = await run(sql`SELECT id FROM members WHERE sentinel_id = ${sentinelId}`);
  const answers = await Promise.all([accept(token), accept(token), accept(token)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404]);
  expect(await run(sql`SELECT id FROM members WHERE sentinel_id = ${sentinelId}`)).toHaveLength(before.length + 1);
});

test('an ended, a revoked, an unknown and a cut-off link do not hold', async () => {
  const ended = await invite();
  await run(sql`UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = ${ended.id}`);
  expect(await refusalOf(await accept(ended.token))).toBe('404 link-invalid');
  const revoked = await invite();
  expect(await refusalOf(await officerElsewhere.delete(`/api/invitations/${revoked.id}`))).toBe('403 not-your-grid');
  expect((await officerOfGrid.delete(`/api/invitations/${revoked.id}`)).status).toBe(204);
  expect(await refusalOf(await officerOfGrid.delete(`/api/invitations/${revoked.id}`))).toBe('409 not-open');
  expect(await refusalOf(await accept(revoked.token))).toBe('404 link-invalid');
  expect(await refusalOf(await accept('A'.repeat(43)))).toBe('404 link-invalid');
  expect(await refusalOf(await accept(revoked.token.slice(1)))).toBe('400 invalid-body');
});

test('only the officer of the grid and who runs the station invite', async () => {
  const attempt = async (browser: Browser) => (await browser.post('/api/invitations', { sentinelId })).status;
  expect(await refusalOf(await officerElsewhere.post('/api/invitations', { sentinelId }))).toBe('403 not-your-grid');
  expect(await attempt(await browseAs('officer'))).toBe(403);
  for (const role of ['volunteer', 'analyst', 'auditor', 'wall'] as const)
    expect([role, await attempt(await browseAs(role))]).toEqual([role, 403]);
  for (const role of ['commander', 'administrator'] as const)
    expect([role, await attempt(await browseAs(role))]).toEqual([role, 201]);
  const otherStation = await makeStation(test_.database);
  expect(await attempt(await browseAs('administrator', null, otherStation))).toBe(404);
  expect(await attempt(createBrowser(test_.app))).toBe(401);
});

test('a taken name and a bad password are told, and the link still holds', async () => {
  const { token } = await invite();
  const username = `aunt-${uuidv7()}`;
  expect((await accept((await invite()).token, username)).status).toBe(201);
  expect(await refusalOf(await accept(token, username.toUpperCase()))).toBe('409 username-taken');
  const weak = { token, username: `aunt-${uuidv7()}`, displayName: '王桂兰', password: 'password1234' };
  expect(await refusalOf(await createBrowser(test_.app).post('/api/invitations/accept', weak))).toBe(
    '400 password-too-common',
  );
  expect((await accept(token)).status).toBe(201);
});
