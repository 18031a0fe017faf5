// What a replay reads: the days that it shows and no others, by the key of fixes, in short transactions.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { countParts } from '../../api/tracks/count-parts.ts';
import type { TrackPart } from '../../api/tracks/plan-batches.ts';
import { countFixes, findPackedFixes, packedFixBytes } from '../../api/tracks/queries.ts';
import { fixesPerBatch, readParts } from '../../api/tracks/read-parts.ts';
import { explain } from './explain.ts';
import { makeStation, openTestDatabase } from './harness.ts';

/** Days of long ago, so that no other test's fixes lie in them. */
const days = ['2002-03-01', '2002-03-02', '2002-03-03'];
const [units, everyS] = [24, 5];
const midnight = Date.parse('2002-03-02T00:00:00Z');
let database: Database;
let station: string;
let parts: TrackPart[];

/** Units with a fix each 5 s from an hour before the second day to an hour into it, and one fix on each other day. */
beforeAll(async () => {
  database = openTestDatabase();
  station = await makeStation(database);
  await database.inScope([station], async (transaction) => {
    await transaction.execute(sql`SELECT make_fix_partition(day) FROM unnest(${days}::date[]) AS day`);
    for (let n = 1; n <= units; n++)
      await transaction.execute(sql`
        INSERT INTO fixes (device_number, unit_number, observed_at, received_at, station_id, point)
        SELECT ${3_000_000 + n}::integer, ${n}::integer, '2002-03-01T23:00:00Z'::timestamptz + s * interval '1 second', now(), ${station}::uuid,
          ST_SetSRID(ST_MakePoint(117.9 + s * 1e-5, 29.6), 4326)
        FROM generate_series(0, 7199, ${everyS}::integer) AS s
        UNION ALL SELECT ${3_000_000 + n}::integer, ${n}::integer, '2002-03-03T12:00:00Z', now(), ${station}::uuid,
          ST_SetSRID(ST_MakePoint(117.9, 29.6), 4326)`);
  });
  await database.asOwner((transaction) => transaction.execute({ text: 'ANALYZE fixes', values: [] }));
  parts = Array.from({ length: units }, (_, i) => ({
    unitNumber: i + 1,
    deviceNumber: 3_000_001 + i,
    from: midnight - 1_800_000,
    to: midnight + 1_800_000,
  }));
}, 120_000);
afterAll(() => database.close());

test('a replay looks into the days it shows, by the key of device and time', async () => {
  const look = { baseMs: midnight - 1_800_000, limit: 100 };
  for (const ask of [countFixes, findPackedFixes] as const) {
    const plan = await explain(database, [station], (transaction) =>
      ask === countFixes
        ? countFixes(transaction, station, parts, 100)
        : findPackedFixes(transaction, station, parts, look),
    );
    expect(plan).toContain('fixes_20020301_pkey');
    expect(plan).toContain('fixes_20020302_pkey');
    expect(plan).not.toContain('fixes_20020303');
    expect(plan).not.toMatch(/Seq Scan on fixes/);
  }
});

test('all fixes of the period come once, over midnight, those of others and of other times do not', async () => {
  const counts = await countParts(database, station, parts, 1_000_000);
  expect(counts).toEqual(Array.from({ length: units }, () => 3600 / everyS));
  const seen: number[] = [];
  const batches: number[] = [];
  for await (const batch of readParts(database, station, { parts, counts, baseMs: midnight - 1_800_000 })) {
    batches.push(batch.reduce((sum, { count }) => sum + count, 0));
    for (const { unitNumber, packed } of batch) {
      seen.push(unitNumber);
      const times = Array.from({ length: packed.length / packedFixBytes }, (_, i) =>
        packed.readInt32BE(packedFixBytes * i),
      );
      expect(times).toEqual(Array.from({ length: 3600 / everyS }, (_, i) => 1000 * everyS * i));
    }
  }
  expect(seen).toEqual(parts.map(({ unitNumber }) => unitNumber));
  expect(Math.max(...batches)).toBeLessThanOrEqual(fixesPerBatch);
  expect(batches).toHaveLength(2);
});

test('counting stops where there are more than an answer holds', async () => {
  const counts = await countParts(database, station, parts, 1000);
  expect(counts.length).toBeLessThan(units);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1000);
});

test('another station finds nothing of it', async () => {
  const other = await makeStation(database);
  expect(await countParts(database, other, parts, 1000)).toEqual(parts.map(() => 0));
});
