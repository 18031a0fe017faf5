import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { migrate, readMigrations } from '../../api/database/migrate.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation, openTestDatabase } from './harness.ts';

let database: Database;
beforeAll(() => {
  database = openTestDatabase();
});
afterAll(() => database.close());

test('a second run applies nothing', async () => {
  expect(await migrate(database)).toEqual([]);
});

test('an edited migration is refused by name', async () => {
  const migrations = readMigrations().map((migration, index) =>
    index === 0 ? { ...migration, checksum: 'edited' } : migration,
  );
  await expect(migrate(database, migrations)).rejects.toThrow(/0001_create_stations\.sql was edited/);
});

test('a database made by a newer version is refused', async () => {
  await expect(migrate(database, readMigrations().slice(0, 1))).rejects.toThrow(/newer Shaodian/);
});

test('a migration that fails leaves nothing behind', async () => {
  const broken = {
    name: '9999_break_things.sql',
    checksum: 'x',
    text: 'CREATE TABLE half_done (id int); SELECT 1 / 0;',
  };
  await expect(migrate(database, [...readMigrations(), broken])).rejects.toThrow(/division by zero/);
  const rows = await database.asOwner((transaction) => transaction.query(sql`SELECT to_regclass('half_done') AS name`));
  expect(rows).toEqual([{ name: null }]);
});

test('a station is seen in its own scope only, and nothing is seen without a scope', async () => {
  const own = await makeStation(database);
  const other = await makeStation(database);
  const seen = (scope: string[]) =>
    database.inScope(scope, (transaction) =>
      transaction.query<{ id: string }>(sql`SELECT id FROM stations WHERE id = ANY(${[own, other]}::uuid[])`),
    );
  expect(await seen([own])).toEqual([{ id: own }]);
  expect(await seen([])).toEqual([]);
});

test('a row of another station is refused by the database itself', async () => {
  const own = await makeStation(database);
  const other = await makeStation(database);
  const insert = database.inScope([own], (transaction) =>
    transaction.execute(sql`INSERT INTO revisions (station_id, noun) VALUES (${other}, 'units')`),
  );
  await expect(insert).rejects.toThrow(/row-level security/);
});

test('every tenant table enforces its policy, partitions included', async () => {
  const open = await database.asOwner(async (transaction) => {
    await transaction.execute(sql`SELECT make_fix_partition(current_date)`);
    return transaction.query<{ relname: string }>(sql`
      SELECT c.relname FROM pg_class c
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'station_id' AND NOT a.attisdropped)`);
  });
  expect(open).toEqual([]);
});

test('the app role may not touch a partition directly', async () => {
  await database.inScope([], (transaction) => transaction.execute(sql`SELECT make_fix_partition(date '2026-01-01')`));
  const read = database.inScope([], (transaction) => transaction.query(sql`SELECT * FROM fixes_20260101`));
  await expect(read).rejects.toThrow(/permission denied/);
});

test('a partition is made for a day within a year ahead only', async () => {
  const far = database.inScope([], (transaction) =>
    transaction.execute(sql`SELECT make_fix_partition(date '1999-12-31')`),
  );
  await expect(far).rejects.toThrow(/no partition/);
});
