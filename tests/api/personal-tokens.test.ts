import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { operations } from '../../api/openapi/operations.ts';
import { makeStation } from '../database/harness.ts';
import { askWith, auditOf, signIn, type Asker } from './administration.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let app: TestApp;
let station: string;
let unit: ReportingUnit;
let commander: Asker;

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  station = await makeStation(app.database);
  unit = await makeReportingUnit(app.database, station);
  await app.dependencies.registry.refresh();
  commander = await signIn(app, station, 'commander');
});
afterAll(() => app.close());

const make = async (more: object = {}, asker = commander) =>
  (await asker.ask('POST', '/api/account/tokens', { name: 'QGIS', nouns: null, expiresInDays: 30, ...more })).body;
const bearer = (secret: string) => askWith(app, { Authorization: `Bearer ${secret}` });
const basic = (secret: string, username = 'anything') =>
  askWith(app, { Authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}` });

test('a token is shown once, listed without its secret, and its use is noted', async () => {
  const { token, secret } = await make({ name: '值班大屏', nouns: ['units', 'grids'] });
  expect(secret).toMatch(/^sdp_[\w-]{43}$/);
  expect(token).toMatchObject({ name: '值班大屏', nouns: ['units', 'grids'], lastUsedAt: null });
  expect(Date.parse(token.expiresAt) - Date.now()).toBeGreaterThan(29 * 86_400_000);
  expect((await bearer(secret)('GET', '/api/units')).status).toBe(200);
  const { body } = await commander.ask('GET', '/api/account/tokens');
  expect(JSON.stringify(body)).not.toContain(secret);
  expect(body.tokens.find(({ id }: { id: string }) => id === token.id).lastUsedAt).not.toBeNull();
  expect(await auditOf(app, station)).toContain('token.create');
});

test('a token reads wherever its account reads, as bearer and as password, and changes nothing anywhere', async () => {
  const { secret } = await make();
  let read = 0;
  for (const { method, path, access, room } of operations) {
    const url = path
      .replace('/units/{id}', `/units/${unit.unitId}`)
      .replace('{z}/{x}/{file}', '0/0/0.mvt')
      .replace(/\{\w+\}/g, unit.unitId);
    const query = path === '/api/search' ? '?q=a' : '';
    const sent = method === 'get' ? undefined : {};
    if (access === 'viewer') {
      const status = async (ask: Asker['ask']) =>
        (await ask('GET', url + query).catch(() => ({ status: 'no JSON' }))).status;
      const bySession = await status(commander.ask);
      expect([path, await status(bearer(secret))]).toEqual([path, bySession]);
      expect([path, await status(basic(secret))]).toEqual([path, bySession]);
      expect([path, bySession]).not.toEqual([path, 401]);
      read++;
    } else if (access === 'person' || access === 'sender') {
      const { status } = await bearer(secret)(method.toUpperCase(), url, sent, { 'If-Match': '*' });
      // These look at what is sent before they ask who sends it.
      const refusals = ['Signing in', 'Own account', 'Positions'].includes(room)
        ? [400, 401, 403]
        : [401, 403, ...(method === 'get' ? [404] : [])];
      expect([room, method, path, refusals.includes(status)]).toEqual([room, method, path, true]);
    }
  }
  expect(read).toBeGreaterThan(15);
});

test('a token is narrowed to what it names, and never wider than its account', async () => {
  const { secret } = await make({ nouns: ['grids', 'audit', 'accounts'] });
  const ask = bearer(secret);
  expect((await ask('GET', '/api/grids')).status).toBe(200);
  expect((await ask('GET', '/api/units')).body.units).toEqual([]);
  expect((await ask('GET', `/api/units/${unit.unitId}`)).status).toBe(404);
  expect((await ask('GET', `/api/units?station=${station}`)).status).toBe(404);
  expect((await ask('GET', '/api/stations')).body.stations).toEqual([]);
  expect((await ask('GET', '/api/accounts')).body.accounts).toEqual([]);
  expect((await ask('GET', '/api/audit')).status).not.toBe(200);
});

test('a revoked, expired or orphaned token is nobody’s', async () => {
  const status = async (secret: string) => (await bearer(secret)('GET', '/api/units')).status;
  const revoked = await make();
  expect(await status(revoked.secret)).toBe(200);
  expect((await commander.ask('DELETE', `/api/account/tokens/${revoked.token.id}`)).status).toBe(204);
  expect(await status(revoked.secret)).toBe(401);
  const expired = await make();
  await app.database.inScope([station], (transaction) =>
    transaction.execute(sql`UPDATE personal_tokens SET expires_at = now() WHERE id = ${expired.token.id}`),
  );
  expect(await status(expired.secret)).toBe(401);
  const leaver = await signIn(app, station, 'officer');
  const orphaned = await make({}, leaver);
  const distrusted = await make({}, await signIn(app, station, 'officer'));
  await app.database.inScope([station], async (transaction) => {
    await transaction.execute(sql`UPDATE accounts SET disabled_at = now() WHERE id = ${leaver.id}`);
    await transaction.execute(sql`
      UPDATE accounts SET must_change_password = true
      WHERE id = (SELECT account_id FROM personal_tokens WHERE id = ${distrusted.token.id})`);
  });
  expect(await status(orphaned.secret)).toBe(401);
  expect(await status(distrusted.secret)).toBe(401);
});

test('tokens are one’s own: a screen, a token and somebody else have nothing to do with them', async () => {
  const { token, secret } = await make();
  const other = await signIn(app, station, 'administrator');
  expect((await other.ask('DELETE', `/api/account/tokens/${token.id}`)).status).toBe(404);
  expect((await other.ask('GET', '/api/account/tokens')).body.tokens).toEqual([]);
  const body = { name: 'x', nouns: null, expiresInDays: 1 };
  expect((await bearer(secret)('POST', '/api/account/tokens', body)).status).toBe(403);
  expect((await bearer(secret)('GET', '/api/account/tokens')).status).toBe(403);
  const wall = await signIn(app, station, 'wall');
  await app.database.inScope([station], (transaction) =>
    transaction.execute(sql`UPDATE sessions SET kind = 'wall' WHERE account_id = ${wall.id}`),
  );
  expect((await wall.ask('POST', '/api/account/tokens', body)).status).toBe(403);
  for (const wrong of [
    { expiresInDays: 367 },
    { expiresInDays: 0 },
    { nouns: [] },
    { nouns: ['everything'] },
    { name: '' },
  ])
    expect((await commander.ask('POST', '/api/account/tokens', { ...body, ...wrong })).status).toBe(400);
});

test('a personal token reports no positions, and a device’s token reads nothing', async () => {
  const { secret } = await make();
  expect((await bearer(secret)('POST', '/api/positions', [])).status).toBe(401);
  expect((await bearer(unit.token)('GET', '/api/units')).status).toBe(401);
  expect((await basic(unit.token)('GET', '/api/units')).status).toBe(401);
});

test('a program is asked for name and password, a page of ours never', async () => {
  const challenge = async (headers: [string, string][]) => {
    const response = await app.app.request('/api/grids', { headers });
    expect(response.status).toBe(401);
    return response.headers.get('WWW-Authenticate');
  };
  expect(await challenge([['User-Agent', 'Mozilla/5.0 QGIS/34000']])).toMatch(/^Basic realm="shaodian"/);
  for (const page of [
    ['Sec-Fetch-Site', 'same-origin'],
    ['Referer', 'http://map.example/'],
    ['Cookie', 'a=b'],
  ] as [string, string][])
    expect(await challenge([page])).toBe('Bearer realm="shaodian"');
});

test('who is signed in stays who they are, whatever name and password their browser sends along', async () => {
  const administrator = await signIn(app, station, 'administrator');
  const { secret } = await make();
  const { body } = await askWith(app, { Cookie: administrator.cookie, Authorization: `Bearer ${secret}` })(
    'GET',
    '/api/accounts',
  );
  expect(body.accounts.length).toBeGreaterThan(0);
});
