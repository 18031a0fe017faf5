import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { sql, type Statement } from '../../api/database/sql.ts';
import { findRewritten } from '../../api/incidents/reading-queries.ts';
import { seeWithdrawn } from '../../api/incidents/record-queries.ts';
import { explain } from '../database/explain.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { makeIncidents } from '../database/make-incidents.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let database: Database;
let app: TestApp;

beforeAll(async () => {
  database = openTestDatabase();
  app = await openTestApp(openTestDatabase(), { withSessions: true });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

/** A station with incidents 1 to 5 and a viewer who holds them all. */
async function openStation() {
  const station = await makeStation(database);
  const account = await makeAccount(database, station, 'analyst');
  const cookie = await beginSession(database, app.dependencies.sessions.cookieName, account);
  await makeIncidents(
    database,
    station,
    [1, 2, 3, 4, 5].map((number) => ({ number, at: new Date(Date.now() - number * 3_600_000).toISOString() })),
  );
  const read = async (query: string) => {
    const response = await app.app.request(`/api/incidents.arrow?station=${station}${query}`, {
      headers: { Cookie: cookie },
    });
    expect(response.status).toBe(200);
    const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    const { metadata } = table.schema;
    return {
      numbers: [...table.getChild('number')!],
      categories: [...table.getChild('category')!],
      rewrites: metadata.get('rewrites')!,
      changedSince: metadata.get('changedSince'),
      gone: metadata.get('gone'),
    };
  };
  const change = (statement: Statement) =>
    database.inScope([station], async (transaction) => {
      await seeWithdrawn(transaction);
      return transaction.execute(statement);
    });
  const { rewrites } = await read('');
  /** What a viewer asks who holds incidents up to this number, since that count. */
  const readNew = (after = 5, held = rewrites) => read(`&after=${after}&rewrites=${held}`);
  const correct = (number: number, category: string) =>
    change(sql`UPDATE incidents SET category = ${category} WHERE station_id = ${station} AND number = ${number}`);
  const withdraw = (number: number, isWithdrawn = true) =>
    change(
      sql`UPDATE incidents SET withdrawn_at = ${isWithdrawn ? new Date() : null}::timestamptz WHERE station_id = ${station} AND number = ${number}`,
    );
  return { station, rewrites, read, readNew, change, correct, withdraw };
}

test('nothing changed: nothing comes', async () => {
  const { rewrites, readNew } = await openStation();
  expect(await readNew()).toEqual({ numbers: [], categories: [], rewrites, changedSince: rewrites, gone: '' });
});

test('of one corrected dot only that one comes, and before it nothing else', async () => {
  const { rewrites, readNew, correct } = await openStation();
  await correct(3, 'fraud');
  const told = await readNew();
  expect(told).toMatchObject({ numbers: [3], categories: ['fraud'], changedSince: rewrites, gone: '' });
  expect(Number(told.rewrites)).toBe(Number(rewrites) + 1);
  // Who knows of it is not told again.
  expect((await readNew(5, told.rewrites)).numbers).toEqual([]);
});

test('what was withdrawn is told as gone, and comes again when it was brought back', async () => {
  const { readNew, withdraw, correct } = await openStation();
  await withdraw(2);
  await withdraw(5);
  await correct(4, 'noise');
  const told = await readNew();
  expect(told).toMatchObject({ numbers: [4], gone: '2,5' });
  await withdraw(2, false);
  const again = await readNew(4, told.rewrites);
  expect(again).toMatchObject({ numbers: [2], gone: '' });
});

test('what is new comes once, behind what changed, also when it changed since', async () => {
  const { station, readNew, correct } = await openStation();
  await makeIncidents(database, station, [{ number: 6 }, { number: 7 }]);
  await correct(6, 'fight');
  await correct(1, 'fight');
  expect(await readNew()).toMatchObject({
    numbers: [1, 6, 7],
    categories: ['fight', 'fight', 'theft'],
    gone: '',
  });
});

test('what no longer is of the kind that was asked for is gone', async () => {
  const { rewrites, read, correct } = await openStation();
  await correct(2, 'fraud');
  const told = await read(`&after=5&rewrites=${rewrites}&categories=theft`);
  expect(told).toMatchObject({ numbers: [], gone: '2' });
});

test('state and text, which no column shows, change nothing', async () => {
  const { station, rewrites, readNew, change } = await openStation();
  await change(sql`UPDATE incidents SET description = 'x' WHERE station_id = ${station} AND number = 1`);
  expect(await readNew()).toMatchObject({ numbers: [], rewrites, changedSince: rewrites });
});

test('where the log does not reach, all are to be fetched again', async () => {
  const { station, rewrites, readNew, change, correct } = await openStation();
  await correct(1, 'fraud');
  const { rewrites: before } = await readNew();
  // A row that was deleted is in no log.
  await change(sql`DELETE FROM incidents WHERE station_id = ${station} AND number = 3`);
  await correct(2, 'fraud');
  expect(await readNew()).toMatchObject({ changedSince: undefined, gone: undefined });
  expect(await readNew(5, before)).toMatchObject({ changedSince: undefined });
  const now = String(Number(rewrites) + 2);
  expect(await readNew(5, now)).toMatchObject({ numbers: [2], changedSince: now });
  // A count that the station never had, as after a backup was brought back.
  expect(await readNew(5, String(Number(rewrites) + 99))).toMatchObject({ changedSince: undefined });
});

test('a correction of many at once is not logged one by one', async () => {
  const { station, readNew, change } = await openStation();
  await makeIncidents(
    database,
    station,
    Array.from({ length: 101 }, (_, index) => ({ number: 10 + index })),
  );
  await change(sql`UPDATE incidents SET category = 'fight' WHERE station_id = ${station} AND number > 5`);
  expect((await readNew()).changedSince).toBeUndefined();
});

test('the log keeps a thousand rewrites of its own station, found by its key', async () => {
  const { station, rewrites, readNew, change, correct } = await openStation();
  const other = await openStation();
  await correct(1, 'fraud');
  await other.correct(1, 'fraud');
  await change(
    sql`UPDATE revisions SET revision = revision + 1000 WHERE station_id = ${station} AND noun = 'incident-rewrites'`,
  );
  await correct(2, 'fraud');
  const logged = await database.inScope([station], (transaction) =>
    transaction.query(sql`SELECT number FROM incident_rewrites WHERE station_id = ${station}`),
  );
  expect(logged).toEqual([{ number: 2 }]);
  expect((await readNew(5, rewrites)).changedSince).toBeUndefined();
  expect((await other.readNew()).numbers).toEqual([1]);
  const plan = await explain(database, [station], (transaction) => findRewritten(transaction, station, 5));
  expect(plan).toContain('incident_rewrites_pkey');
});
