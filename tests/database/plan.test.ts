// Row-level security keeps an index from being used with an operator that is not LEAKPROOF. These tests hold the plans
// of what the map asks, for the scoped app role, which is no superuser.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkEngine } from '../../api/database/check-engine.ts';
import type { Database, Transaction } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { findGrids } from '../../api/grids/queries.ts';
import { findIncidents } from '../../api/incidents/reading-queries.ts';
import { findSentinels } from '../../api/sentinels/queries.ts';
import { findTrack } from '../../api/units/queries.ts';
import { explain } from './explain.ts';
import { makeStation, openTestDatabase } from './harness.ts';
import { makeManyIncidents } from './make-incidents.ts';

type Bbox = [number, number, number, number];
/** Some streets: a thousandth of the town. */
const smallBox: Bbox = [117.92, 29.62, 117.922, 29.622];
/** Days of long ago, so that no other test's fixes lie in them. */
const [firstDay, secondDay] = ['2001-03-01', '2001-03-02'];

let database: Database;
let own: string;
let other: string;
beforeAll(async () => {
  database = openTestDatabase();
  await checkEngine(database);
  [own, other] = [await makeStation(database), await makeStation(database)];
  for (const station of [own, other]) {
    await makeManyIncidents(database, station, 10_000);
    await database.inScope([station], async (transaction) => {
      await fillTown(transaction, station);
      await fillTracks(transaction, station);
    });
  }
  for (const table of ['incidents', 'sentinels', 'grids', 'fixes', 'device_units'])
    await database.asOwner((transaction) => transaction.execute({ text: `ANALYZE ${table}`, values: [] }));
}, 120_000);
afterAll(() => database.close());

/** Sentinel points and grids in rows of a hundred. */
async function fillTown(transaction: Transaction, station: string): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO sentinels (id, station_id, number, name, kind, point, qr_code)
    SELECT gen_random_uuid(), ${station}, 'S' || n, 'point ' || n, 'compound',
      ST_SetSRID(ST_MakePoint(117.9 + n % 100 * 0.0006, 29.6 + n / 100 * 0.0005), 4326), gen_random_uuid()::text
    FROM generate_series(0, 4999) AS n`);
  await transaction.execute(sql`
    INSERT INTO grids (id, station_id, number, area)
    SELECT gen_random_uuid(), ${station}, n::text,
      ST_Multi(ST_MakeEnvelope(117.9 + n % 50 * 0.0012, 29.6 + n / 50 * 0.001, 117.9 + (n % 50 + 1) * 0.0012, 29.6 + (n / 50 + 1) * 0.001, 4326))
    FROM generate_series(0, 2499) AS n`);
}

/** One unit with a fix every 20 s through two days. */
async function fillTracks(transaction: Transaction, station: string): Promise<void> {
  await transaction.execute(sql`SELECT make_fix_partition(day) FROM unnest(${[firstDay, secondDay]}::date[]) AS day`);
  const device = station === own ? 2_000_001 : 2_000_002;
  await transaction.execute(
    sql`INSERT INTO device_units (station_id, unit_number, device_number) VALUES (${station}, 1, ${device})`,
  );
  await transaction.execute(sql`
    INSERT INTO fixes (device_number, unit_number, observed_at, received_at, station_id, point)
    SELECT ${device}::integer, 1, at, at, ${station}, ST_SetSRID(ST_MakePoint(117.9 + random() * 0.06, 29.6 + random() * 0.05), 4326)
    FROM generate_series(${firstDay}::timestamptz, ${secondDay}::timestamptz + interval '23 hours', interval '20 seconds') AS at`);
}

const askIncidents = (transaction: Transaction): Promise<unknown> =>
  findIncidents(
    transaction,
    { stationIds: [own], textStationIds: [own] },
    {
      bbox: smallBox,
      from: Date.parse('2024-01-01T00:00:00Z'),
      to: Date.parse('2026-01-01T00:00:00Z'),
      limit: 1000,
    },
  );

test('incidents of a box and a time are found by the box', async () => {
  expect(await explain(database, [own], askIncidents)).toContain('incidents_point_idx');
});

test('without LEAKPROOF the box would not be looked up, which is why every start checks it', async () => {
  const plan = await planInTrial(sql`ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF`, askIncidents);
  expect(plan).toContain('Filter');
  expect(plan).not.toContain('incidents_point_idx');
});

test('sentinel points and grids of a box are found by the box', async () => {
  const sentinels = await explain(database, [own], (transaction) => findSentinels(transaction, [own], smallBox));
  expect(sentinels).toContain('sentinels_point_idx');
  const grids = await explain(database, [own], (transaction) => findGrids(transaction, [own], smallBox));
  expect(grids).toContain('grids_area_idx');
});

test("a unit's track reads its own day only, by the partition's key", async () => {
  const from = Date.parse(`${secondDay}T08:00:00Z`);
  const plan = await explain(database, [own], (transaction) =>
    findTrack(transaction, { stationId: own, number: 1 }, { from, to: from + 3_600_000 }, 1000),
  );
  expect(plan).toContain('fixes_20010302_pkey');
  expect(plan).not.toContain('fixes_20010301');
});

test('a partition with a spatial index is searched by it, through the policy of its parent', async () => {
  // No question of the product asks fixes by place (a track is one unit's), so that no such index is kept.
  const plan = await planInTrial(sql`CREATE INDEX trial_idx ON fixes_20010301 USING gist (point)`, (transaction) =>
    transaction.query(sql`
      SELECT count(*) FROM fixes WHERE station_id = ANY(${[own]}::uuid[])
        AND point && ST_MakeEnvelope(${smallBox[0]}, ${smallBox[1]}, ${smallBox[2]}, ${smallBox[3]}, 4326)
        AND observed_at >= ${firstDay}::timestamptz AND observed_at < ${`${firstDay}T12:00:00Z`}::timestamptz`),
  );
  expect(plan).toContain('trial_idx');
  expect(plan).not.toContain('fixes_20010302');
});

/** The plan for the scoped role after a change that is undone. */
async function planInTrial(
  change: ReturnType<typeof sql>,
  ask: (transaction: Transaction) => Promise<unknown>,
): Promise<string> {
  let plan = '';
  const undo = new Error('undone');
  const trial = database.asOwner(async (transaction) => {
    await transaction.execute(change);
    await transaction.execute(sql`SET LOCAL ROLE shaodian_app`);
    await transaction.query(sql`SELECT set_config('shaodian.stations', ${`{${own}}`}, true)`);
    await ask({
      ...transaction,
      async query({ text, values }) {
        const rows = await transaction.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN ${text}`, values });
        plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        return [];
      },
    });
    throw undo;
  });
  await expect(trial).rejects.toBe(undo);
  return plan;
}
