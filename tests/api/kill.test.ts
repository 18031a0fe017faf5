// What a person loses when the server dies under load: nothing that was acknowledged, whichever the engine.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openPool, type Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { copyEmbeddedTemplate } from '../database/embedded-template.ts';
import { makeUnit } from '../database/base-data.ts';
import { makeStation } from '../database/harness.ts';
import { startServerProcess, type ServerProcess } from '../e2e/start-server.ts';
import { seededRandom } from '../fixtures/seeded-random.ts';

const rounds = 20;
const deviceNames = ['k-1', 'k-2', 'k-3', 'k-4'];

const poolOptions = inject('poolOptions');
const environment: Record<string, string> = {};
let dataDir: string;
let stationId: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sd-'));
  environment['DATA_DIR'] = dataDir;
  if ('url' in poolOptions.target) environment['DATABASE_URL'] = poolOptions.target.url;
  else await copyEmbeddedTemplate(dataDir);
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const openBeside = (): Database =>
  openPool(
    'url' in poolOptions.target
      ? poolOptions
      : { engine: 'embedded', target: { socketDir: dataDir }, maxConnections: 2 },
  );

async function makeDevices(database: Database): Promise<void> {
  stationId = await makeStation(database);
  for (const [index, name] of deviceNames.entries()) {
    await makeUnit(database, stationId, { number: index + 1, callSign: name, kind: 'car' });
    await database.inScope([stationId], (transaction) =>
      transaction.execute(
        sql`UPDATE devices SET name = ${name}, token_hash = ${createHash('sha256').update(`${stationId}-${name}`).digest()} WHERE station_id = ${stationId} AND name = ${`device of ${name}`}`,
      ),
    );
  }
  await database.inScope([stationId], (transaction) =>
    transaction.execute(sql`
      INSERT INTO revisions (station_id, noun) VALUES (${stationId}, 'units')
      ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1`),
  );
}

/** Sends reports of ten fixes one after another until the server is gone; notes those that were acknowledged. */
async function reportUntilGone(
  server: ServerProcess,
  name: string,
  clock: { ms: number },
  acknowledged: Set<string>,
): Promise<void> {
  for (;;) {
    const fixes = Array.from({ length: 10 }, () => ({
      device: name,
      at: new Date((clock.ms += 1000)).toISOString(),
      lngLat: [120 + deviceNames.indexOf(name) / 100, 30],
      accuracyM: 5,
    }));
    try {
      const response = await fetch(`${server.url}/api/positions`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${stationId}-${name}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(fixes),
      });
      if (!response.ok) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      const { outcomes } = (await response.json()) as { outcomes: { outcome: string }[] };
      outcomes.forEach(({ outcome }, index) => {
        if (outcome === 'accepted') acknowledged.add(`${name} ${fixes[index]!.at}`);
      });
    } catch {
      return;
    }
  }
}

test(
  `kill -9 under load, ${rounds} times at random moments: every acknowledged fix is there once`,
  { timeout: 600_000 },
  async () => {
    const random = seededRandom(9);
    const acknowledged = new Set<string>();
    // Every device's own clock, far enough back that twenty rounds stay in the past.
    const clocks = deviceNames.map(() => ({ ms: Math.floor(Date.now() / 1000) * 1000 - 5 * 86_400_000 }));
    for (let round = 0; round < rounds; round++) {
      const server = await startServerProcess({ args: ['--no-demo'], environment });
      if (round === 0) {
        const database = openBeside();
        await makeDevices(database);
        await database.close();
        // The registry honours a new credential within two seconds.
        await new Promise((resolve) => setTimeout(resolve, 2500));
      }
      const before = acknowledged.size;
      const reporting = deviceNames.map((name, index) => reportUntilGone(server, name, clocks[index]!, acknowledged));
      // At least something is acknowledged before the blow falls at a random moment.
      for (let waited = 0; acknowledged.size === before && waited < 10_000; waited += 20)
        await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, random() * 400));
      await server.end('SIGKILL');
      await Promise.all(reporting);
      expect(acknowledged.size).toBeGreaterThan(before);
    }
    const server = await startServerProcess({ args: ['--no-demo'], environment });
    const database = openBeside();
    const stored = await database.inScope([stationId], (transaction) =>
      transaction.query<{ name: string; at: Date }>(sql`
      SELECT d.name, f.observed_at AS at FROM fixes f JOIN devices d ON d.number = f.device_number
      WHERE f.station_id = ${stationId}`),
    );
    await database.close();
    expect(await server.end()).toBe(0);
    const storedKeys = stored.map(({ name, at }) => `${name} ${at.toISOString()}`);
    expect(new Set(storedKeys).size).toBe(storedKeys.length);
    const lost = [...acknowledged].filter((key) => !storedKeys.includes(key));
    expect(lost).toEqual([]);
  },
);

test('SIGTERM to npm start ends the server, and no process is left behind', { timeout: 120_000 }, async ({ skip }) => {
  if (!existsSync('/proc/self/environ')) return skip('reads /proc, which this system has not');
  const marked = { ...process.env, DATABASE_URL: '', ...environment, PORT: '0', SHAODIAN_TEST_MARK: dataDir };
  const npm = spawn('npm', ['start', '--silent', '--', '--no-demo'], {
    cwd: join(import.meta.dirname, '../..'),
    env: marked,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    npm.stdout.on('data', (chunk: Buffer) => /Shaodian: http/.test(chunk.toString()) && resolve());
    npm.once('exit', (code) => reject(new Error(`npm start ended with ${code}`)));
  });
  expect(processesMarked(dataDir).length).toBeGreaterThan(0);
  const ended = new Promise((resolve) => npm.once('exit', resolve));
  npm.kill('SIGTERM');
  await ended;
  for (let waited = 0; processesMarked(dataDir).length > 0 && waited < 5000; waited += 100)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(processesMarked(dataDir)).toEqual([]);
});

/** Process ids whose environment carries the mark. */
function processesMarked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`SHAODIAN_TEST_MARK=${mark}`);
    } catch {
      return false;
    }
  });
}
