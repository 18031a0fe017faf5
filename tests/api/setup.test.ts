import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session, SetupOffer, SignInMethods } from '../../api/accounts/contract.ts';
import { makeFirstSetupLink, makeSetupLink } from '../../api/accounts/setup/make-setup-link.ts';
import { sql } from '../../api/database/sql.ts';
import { openOwnDatabase, type OwnDatabase } from '../database/own-database.ts';
import { createBrowser, type Browser } from '../fixtures/browser.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

const url = 'http://localhost:3000';
let own: OwnDatabase;
let test_: TestApp;
let browser: Browser;

beforeAll(async () => {
  own = await openOwnDatabase();
  test_ = await openTestApp(own.database, { withSessions: true });
  browser = createBrowser(test_.app);
});
afterAll(async () => {
  await test_.close();
  await own.remove();
});

const tokenOf = (link: string) => new URL(link).hash.slice(1);
const person = { username: 'zhao', displayName: '赵所长', password: 'seven lanterns over the canal' };
const station = { stationName: '桥西派出所', timeZone: 'Asia/Shanghai' };
const setUp = (body: object) => createBrowser(test_.app).post('/api/setup', body);

test('an installation without administrator asks for one, by a link whose newest only holds', async () => {
  expect((await (await browser.get('/api/sign-in-methods')).json()) as SignInMethods).toMatchObject({
    needsSetup: true,
  });
  const first = (await makeFirstSetupLink(test_.database, url))!;
  expect(first).toMatch(/^http:\/\/localhost:3000\/setup#[\w-]{43}$/);
  const second = (await makeFirstSetupLink(test_.database, url))!;
  expect((await browser.post('/api/setup/look', { token: tokenOf(first) })).status).toBe(404);
  const offer = (await (await browser.post('/api/setup/look', { token: tokenOf(second) })).json()) as SetupOffer;
  expect(offer.station).toBeNull();
  const hours = (Date.parse(offer.expiresAt) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(23.9);
  expect(hours).toBeLessThanOrEqual(24);
});

test('the link makes the station and its administrator, once, who then sets up a second factor', async () => {
  const token = tokenOf(await makeSetupLink(test_.database, url));
  expect((await setUp({ token, ...person })).status).toBe(400);
  expect((await setUp({ token, ...person, ...station, timeZone: 'Mars/Olympus' })).status).toBe(400);
  expect((await setUp({ token, ...person, ...station, password: 'password1234' })).status).toBe(400);
  const winners = await Promise.all(
    ['zhao', 'qian', 'sun'].map((username) => setUp({ token, ...person, ...station, username })),
  );
  expect(winners.map(({ status }) => status).sort()).toEqual([201, 404, 404]);
  const session = (await winners.find(({ status }) => status === 201)!.json()) as Session;
  expect(session).toMatchObject({ mainRole: 'administrator', mustAddSecondFactor: true, rights: [] });
  const stations = await test_.database.inScope([session.account.homeStationId], (transaction) =>
    transaction.query(sql`SELECT name, time_zone AS zone, parent_id AS parent FROM stations`),
  );
  expect(stations).toEqual([{ name: '桥西派出所', zone: 'Asia/Shanghai', parent: null }]);
  expect((await setUp({ token, ...person, username: 'li-later' })).status).toBe(404);
  expect(await makeFirstSetupLink(test_.database, url)).toBeUndefined();
});

test('who lost every administrator gets one more for the stations there are; an ended link gives none', async () => {
  const ended = tokenOf(await makeSetupLink(test_.database, url));
  await test_.database.asOwner((transaction) =>
    transaction.execute(sql`UPDATE setup_links SET expires_at = now() - interval '1 second' WHERE used_at IS NULL`),
  );
  expect((await setUp({ token: ended, ...person, username: 'too-late' })).status).toBe(404);
  const token = tokenOf(await makeSetupLink(test_.database, url));
  const offer = (await (await browser.post('/api/setup/look', { token })).json()) as SetupOffer;
  expect(offer.station).toMatchObject({ name: '桥西派出所' });
  const response = await setUp({ token, ...person, username: 'another' });
  expect(response.status).toBe(201);
  expect((await response.json()) as Session).toMatchObject({ account: { homeStationId: offer.station!.id } });
  const stored = await test_.database.asOwner((transaction) =>
    transaction.query<{ row: string }>(sql`SELECT l::text AS row FROM setup_links l`),
  );
  expect(JSON.stringify(stored)).not.toContain(token);
});

test('the app role can neither read nor make setup links', async () => {
  for (const statement of [
    sql`SELECT token_hash FROM setup_links`,
    sql`INSERT INTO setup_links (token_hash, expires_at) VALUES (sha256('x'), now() + interval '1 day')`,
  ])
    await expect(test_.database.inScope([], (transaction) => transaction.query(statement))).rejects.toThrow(
      /permission denied/,
    );
});
