// What opens a transaction goes with its first statement. PostGIS only: the embedded engine is sent it apart.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openWith } from '../../api/database/opening-query.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation, openTestDatabase } from './harness.ts';

const { target } = inject('poolOptions');

describe.skipIf(!('url' in target))('a first statement with what opens its transaction', () => {
  let pool: pg.Pool;
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: (target as { url: string }).url, max: 1 });
  });
  afterAll(() => pool.end());

  test('runs in the role and scope that were opened before it', async () => {
    const client = await pool.connect();
    const { rows } = await openWith(
      client,
      ['BEGIN', 'SET LOCAL ROLE shaodian_app'],
      sql`SELECT current_user AS role, ${7}::integer AS n`,
    );
    expect(rows).toEqual([{ role: 'shaodian_app', n: 7 }]);
    expect((await client.query('SELECT current_user AS role')).rows).toEqual([{ role: 'shaodian_app' }]);
    await client.query('ROLLBACK');
    client.release();
  });

  test('does not run when anything before it fails, and the connection is of use again', async () => {
    const client = await pool.connect();
    await client.query('CREATE TEMPORARY TABLE ran (n integer)');
    for (const opening of [
      ['BEGIN', 'SET LOCAL ROLE nobody_by_that_name'],
      ['BEGAN', 'SET LOCAL ROLE shaodian_app'],
    ]) {
      await expect(openWith(client, opening, sql`INSERT INTO ran VALUES (${1})`)).rejects.toThrow(
        /nobody_by_that_name|BEGAN/,
      );
      await client.query('ROLLBACK');
    }
    expect((await client.query('SELECT count(*)::integer AS n FROM ran')).rows).toEqual([{ n: 0 }]);
    client.release();
  });

  test('that fails takes with it what was asked at the same time', async () => {
    const database = openTestDatabase();
    const failing = database.inScope([], (transaction) =>
      Promise.allSettled([
        transaction.query(sql`SELECT 1 / ${0}::integer`),
        transaction.query(sql`SELECT ${1}::integer`),
      ]).then((both) => {
        expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        throw new Error('told');
      }),
    );
    await expect(failing).rejects.toThrow('told');
    await database.close();
  });
});

describe('a transaction', () => {
  const database = openTestDatabase();
  afterAll(() => database.close());

  test('is rolled back when its first statement fails, and says why', async () => {
    const station = await makeStation(database);
    const failing = database.inScope([station], (transaction) => transaction.query(sql`SELECT 1 / ${0}::integer`));
    await expect(failing).rejects.toThrow('division by zero');
    const [row] = await database.inScope([station], (transaction) =>
      transaction.query<{ role: string }>(sql`SELECT current_user AS role`),
    );
    expect(row).toEqual({ role: 'shaodian_app' });
  });

  test('asked for two things at once answers both in its scope', async () => {
    const station = await makeStation(database);
    const role = sql`SELECT current_user AS role, ${1}::integer AS n`;
    expect(
      await database.inScope([station], (transaction) =>
        Promise.all([transaction.query(role), transaction.query(role)]),
      ),
    ).toEqual(Array(2).fill([{ role: 'shaodian_app', n: 1 }]));
  });

  test('of several commands in one text runs them all, as a migration is written', async () => {
    const rows = await database.asOwner(async (transaction) => {
      await transaction.execute({
        text: 'CREATE TEMPORARY TABLE two (n integer) ON COMMIT DROP; INSERT INTO two VALUES (1), (2)',
        values: [],
      });
      return transaction.query(sql`SELECT sum(n)::integer AS sum FROM two`);
    });
    expect(rows).toEqual([{ sum: 3 }]);
  });

  test('of one statement is committed when it is answered, and takes no second', async () => {
    const station = await makeStation(database);
    const rename = (name: string) => sql`UPDATE stations SET name = ${name} WHERE id = ${station}`;
    const nameNow = () =>
      database.askInScope([station], (transaction) =>
        transaction.query<{ name: string }>(sql`SELECT name FROM stations WHERE id = ${station}`),
      );
    expect(await database.askInScope([station], (transaction) => transaction.execute(rename('renamed')))).toBe(1);
    expect(await nameNow()).toEqual([{ name: 'renamed' }]);
    expect(await database.askInScope([], (transaction) => transaction.execute(rename('from elsewhere')))).toBe(0);
    const failing = database.askInScope([station], (transaction) =>
      transaction.query(sql`UPDATE stations SET name = 'broken' WHERE id = ${station} AND 1 / ${0}::integer = 1`),
    );
    await expect(failing).rejects.toThrow('division by zero');
    expect(await nameNow()).toEqual([{ name: 'renamed' }]);
    const twice = database.askInScope([station], async (transaction) => {
      await transaction.query(sql`SELECT ${1}::integer`);
      return transaction.query(sql`SELECT current_user, ${1}::integer`);
    });
    await expect(twice).rejects.toThrow('a second statement');
    expect(await nameNow()).toEqual([{ name: 'renamed' }]);
  });

  test('without a statement leaves nothing open', async () => {
    expect(await database.inScope([], async () => 'nothing')).toBe('nothing');
    const [row] = await database.asOwner((transaction) =>
      transaction.query<{ own: boolean }>(sql`SELECT current_user <> 'shaodian_app' AS own`),
    );
    expect(row).toEqual({ own: true });
  });
});
