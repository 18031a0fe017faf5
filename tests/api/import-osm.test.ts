import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { listShownExtracts } from '../../api/basemap/queries.ts';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { openTestDatabase } from '../database/harness.ts';
import { smallTown } from '../fixtures/small-town.ts';
import { writeOsmPbf } from '../fixtures/write-osm-pbf.ts';

// The command as the terminal runs it, beside an engine that another process (this run) holds.
let database: Database;
let directory: string;
beforeAll(() => {
  database = openTestDatabase();
  directory = mkdtempSync(join(tmpdir(), 'sd-import-'));
});
afterAll(async () => {
  await database.close();
  rmSync(directory, { recursive: true, force: true });
});

const { target } = inject('poolOptions');
const where = 'url' in target ? { DATABASE_URL: target.url } : { DATA_DIR: target.socketDir };

function start(...args: string[]) {
  const command = spawn(process.execPath, ['api/commands/import.ts', 'osm', ...args], {
    env: { ...process.env, DATABASE_URL: '', ...where },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  command.stdout.on('data', (chunk: Buffer) => (output.out += chunk));
  command.stderr.on('data', (chunk: Buffer) => (output.err += chunk));
  return { command, output, ended: once(command, 'close') as Promise<[number | null]> };
}

async function run(...args: string[]) {
  const { output, ended } = start(...args);
  const [code] = await ended;
  return { code, ...output };
}

const townFile = (name: string, place: [number, number], firstId: number): string => {
  const path = join(directory, `${name}.osm.pbf`);
  writeFileSync(path, writeOsmPbf(smallTown(place, firstId)));
  return path;
};

const stationNamed = async (name: string) => {
  const [row] = await database.asOwner((transaction) =>
    transaction.query<{ time_zone: string; bbox: string }>(
      sql`SELECT time_zone, ST_AsText(ST_Envelope(boundary)) AS bbox FROM stations WHERE name = ${name}`,
    ),
  );
  return row;
};

test('an extract is imported beside a running server, its station made; again, nothing changes', async () => {
  const path = townFile('liuwan-240101', [-50, 12], 8_100_000);
  const first = await run(path, '--station', '柳湾派出所', '--time-zone', 'Asia/Urumqi');
  expect(first.err).not.toMatch(/Error/);
  expect(first.code).toBe(0);
  expect(first.out).toMatch(/Made station 柳湾派出所 with time zone Asia\/Urumqi/);
  expect(first.out).toMatch(/Imported liuwan in [\d.]+ s:/);
  expect(first.out).toMatch(/roads +3\n/);
  expect(first.out).toMatch(
    /streets +4 between 6 junctions and ends\n +3 of them connected; 1 smaller pieces with 1 apart/,
  );
  // The box of its streets, not of the pond and the house south of them.
  expect(await stationNamed('柳湾派出所')).toEqual({
    time_zone: 'Asia/Urumqi',
    bbox: 'POLYGON((-50.002 12,-50.002 12.004,-49.998 12.004,-49.998 12,-50.002 12))',
  });

  const second = await run(path, '--station', '柳湾派出所');
  expect(second).toMatchObject({ code: 0, out: 'liuwan is on the map with this very content: nothing changed.\n' });
});

test('a file that is cut short ends with one sentence and code 1, and shows nothing', async () => {
  const path = townFile('cut', [-51, 12], 8_200_000);
  const bytes = writeOsmPbf(smallTown([-51, 12], 8_200_000));
  writeFileSync(path, bytes.subarray(0, -30));
  const outcome = await run(path, '--station', '断片派出所');
  expect(outcome.code).toBe(1);
  expect(outcome.err.trim().split('\n').at(-1)).toMatch(/cut short, download it again\.$/);
  expect(await database.asOwner(listShownExtracts)).not.toContainEqual(expect.objectContaining({ name: 'cut' }));
  expect(await stationNamed('断片派出所'), 'no station for a map that did not come').toBeUndefined();
});

test.each([
  [['nowhere.osm.pbf', '--station', 'x'], /nowhere\.osm\.pbf cannot be read \(ENOENT\)/],
  [['--station', 'x'], /Usage: npm run import -- osm/],
  [['a.osm.pbf'], /Usage: npm run import -- osm/],
  [['a.osm.pbf', '--colour', 'red'], /--colour/],
])('%j is refused in plain words', async (args, message) => {
  const outcome = await run(...args);
  expect(outcome.code).toBe(1);
  expect(outcome.err).toMatch(message);
  expect(outcome.err).not.toMatch(/^\s+at /m);
});

test('an import killed in the middle shows nothing, and the next one is whole', async () => {
  const towns = Array.from({ length: 500 }, (_, i) =>
    smallTown([-52 - (i % 40) * 0.005, 12 + Math.floor(i / 40) * 0.005], 8_300_000 + i * 100),
  );
  const path = join(directory, 'killed.osm.pbf');
  writeFileSync(
    path,
    writeOsmPbf({
      nodes: towns.flatMap(({ nodes }) => nodes),
      ways: towns.flatMap(({ ways }) => ways ?? []),
      relations: [],
    }),
  );
  const rowsOf = () =>
    database.asOwner(async (transaction) => {
      const [row] = await transaction.query<{ count: number }>(
        sql`SELECT count(*) AS count FROM basemap_features WHERE extract_id IN (SELECT id FROM basemap_extracts WHERE name = 'killed')`,
      );
      return row!.count;
    });
  const { command, ended } = start(path, '--station', '断电派出所');
  while ((await rowsOf()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  command.kill('SIGKILL');
  await ended;
  const left = await rowsOf();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(500 * 8);
  expect((await database.asOwner(listShownExtracts)).map(({ name }) => name)).not.toContain('killed');

  await database.asOwner((transaction) =>
    transaction.execute(sql`UPDATE basemap_extracts SET written_at = now() - interval '1 hour' WHERE name = 'killed'`),
  );
  const again = await run(path, '--station', '断电派出所');
  expect(again.code).toBe(0);
  expect(again.out).toMatch(/roads +1500\n/);
  const extracts = await database.asOwner((transaction) =>
    transaction.query(
      sql`SELECT retired_at, published_at IS NOT NULL AS published FROM basemap_extracts WHERE name = 'killed'`,
    ),
  );
  expect(extracts).toEqual([{ retired_at: null, published: true }]);
});
