import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { reclaimSpace } from '../../api/database/reclaim-space.ts';
import { sql, type Statement } from '../../api/database/sql.ts';
import { makeStation } from './harness.ts';
import { openOwnDatabase, type OwnDatabase } from './own-database.ts';

let own: OwnDatabase;
let database: Database;
let stationId: string;
beforeAll(async () => {
  own = await openOwnDatabase();
  database = own.database;
  stationId = await makeStation(database);
});
afterAll(() => own.remove());

const asOwner = (statement: Statement) => database.asOwner((transaction) => transaction.execute(statement));

async function bytesOf(statement: Statement): Promise<number> {
  const [row] = await database.asOwner((transaction) => transaction.query<{ bytes: number }>(statement));
  return row!.bytes;
}

test('a thousand units that report for hours take the space of their first reports', async () => {
  const size = () => bytesOf(sql`SELECT pg_total_relation_size('latest_fixes') AS bytes`);
  const growthOfAnHour = async (): Promise<number> => {
    await asOwner(sql`TRUNCATE latest_fixes`);
    await asOwner(sql`
      INSERT INTO latest_fixes (station_id, unit_number, device_number, observed_at, received_at, point)
      SELECT ${stationId}, number, number, now(), now(), ST_Point(120, 30, 4326) FROM generate_series(1, 1000) AS number`);
    const atFirst = await size();
    for (let tick = 1; tick <= 60; tick++)
      await asOwner(sql`
        UPDATE latest_fixes SET observed_at = observed_at + interval '1 s', point = ST_Point(120, 30 + ${tick}::float8 / 10000, 4326)`);
    return (await size()) / atFirst;
  };
  // A long transaction anywhere in the cluster, another test's too, keeps PostgreSQL from pruning for as long as it lasts.
  await expect.poll(growthOfAnHour, { timeout: 100_000, interval: 1_000 }).toBeLessThanOrEqual(1.1);
}, 120_000);

test('what is deleted makes room for what comes: on the embedded engine by us, on PostGIS by itself', async () => {
  const size = () => bytesOf(sql`SELECT pg_total_relation_size('members') AS bytes`);
  const fillAndEmpty = async (): Promise<void> => {
    await asOwner(sql`
      INSERT INTO members (id, station_id, display_name, role)
      SELECT gen_random_uuid(), ${stationId}, 'member ' || number, 'volunteer' FROM generate_series(1, 3000) AS number`);
    await asOwner(sql`DELETE FROM members WHERE station_id = ${stationId}`);
    // Counters reach the statistics with the next statement after this one.
    await asOwner(sql`SELECT pg_stat_force_next_flush()`);
  };
  await fillAndEmpty();
  const atFirst = await size();
  const reclaimed = await reclaimSpace(database);
  if (database.engine === 'postgis') return expect(reclaimed).toEqual([]);
  expect(reclaimed).toContainEqual({ table: 'members', deadRows: expect.any(Number), tookMs: expect.any(Number) });
  for (let round = 0; round < 4; round++) {
    await fillAndEmpty();
    await reclaimSpace(database);
  }
  expect(await size()).toBeLessThanOrEqual(atFirst * 1.2);
  // Without that, each round would have taken as much again.
  await fillAndEmpty();
  await fillAndEmpty();
  expect(await size()).toBeGreaterThan(atFirst * 1.5);
  // Nothing dead: nothing is done.
  await reclaimSpace(database);
  expect(await reclaimSpace(database)).toEqual([]);
});
