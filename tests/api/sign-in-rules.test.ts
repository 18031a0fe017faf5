import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../api/accounts/contract.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { auditOf, signIn, type Asker } from './administration.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let city: string;
let station: string;
let sibling: string;
let cityAdministrator: Asker;
let administrator: Asker;

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  city = await makeStation(app.database);
  station = await makeStation(app.database, { parentId: city });
  sibling = await makeStation(app.database, { parentId: city });
  cityAdministrator = await signIn(app, city, 'administrator');
  administrator = await signIn(app, station, 'administrator');
});
afterAll(() => app.close());

/** Somebody who came with a password and nothing else. */
async function comeByPassword(stationId: string, role: Role): Promise<Asker> {
  const person = await signIn(app, stationId, role);
  await app.database.inScope([stationId], (transaction) =>
    transaction.execute(sql`UPDATE sessions SET methods = '{pwd}' WHERE account_id = ${person.id}`),
  );
  return person;
}
const ask = (by: Asker, stationId: string, secondFactorRoles: string[]) =>
  by.ask('PUT', '/api/sign-in-rules', { stationId, secondFactorRoles });
const duesOf = async (person: Asker) => (await person.ask('GET', '/api/session')).body.mustAddSecondFactor;

test('a station asks a second factor of further roles: who has none is held back at once, and nobody beside them', async () => {
  const officer = await comeByPassword(station, 'officer');
  const analyst = await comeByPassword(station, 'analyst');
  const beside = await comeByPassword(sibling, 'officer');
  expect(await Promise.all([officer, analyst, beside].map(duesOf))).toEqual([false, false, false]);
  expect(await ask(administrator, station, ['officer'])).toMatchObject({
    status: 200,
    body: { stationId: station, secondFactorRoles: ['officer'] },
  });
  expect(await Promise.all([officer, analyst, beside].map(duesOf))).toEqual([true, false, false]);
  expect((await officer.ask('GET', '/api/stations')).body.stations).toEqual([]);
  expect((await officer.ask('GET', '/api/account')).body).toMatchObject({ needsSecondFactor: true });
  expect((await analyst.ask('GET', '/api/stations')).body.stations).toHaveLength(1);
  await ask(administrator, station, []);
  expect(await duesOf(officer)).toBe(false);
  expect(await auditOf(app, station)).toContain('sign-in-rules.change');
});

test('what a station above asks holds below it too, whatever the one below says', async () => {
  const officer = await comeByPassword(station, 'officer');
  const volunteer = await comeByPassword(sibling, 'volunteer');
  await ask(cityAdministrator, city, ['officer', 'officer', 'analyst']);
  await ask(administrator, station, []);
  expect(await Promise.all([officer, volunteer].map(duesOf))).toEqual([true, false]);
  const { body } = await cityAdministrator.ask('GET', `/api/sign-in-rules?station=${city}`);
  expect(body).toEqual({ rules: [{ stationId: city, secondFactorRoles: ['analyst', 'officer'] }] });
  await ask(cityAdministrator, city, []);
});

test('rules are made by who administers the station, for roles that have somebody to ask', async () => {
  for (const role of ['commander', 'officer', 'volunteer', 'analyst', 'auditor'] as const) {
    const person = await signIn(app, station, role);
    expect((await ask(person, station, [])).status).toBe(403);
    expect((await person.ask('GET', '/api/sign-in-rules')).status).toBe(403);
  }
  for (const stationId of [city, sibling]) expect((await ask(administrator, stationId, [])).status).toBe(404);
  for (const roles of [['wall'], ['administrator'], ['chief']])
    expect((await ask(administrator, station, roles)).status).toBe(400);
});
