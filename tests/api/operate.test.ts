// What an operator does with a real server: TLS of its own making, backup beside it, restore in its place; and what a
// stranger tries with its files.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeCertificates } from '../../api/certificates/write-certificates.ts';
import { openPool, type Database } from '../../api/database/database.ts';
import { openEmbedded } from '../../api/database/embedded.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { copyEmbeddedTemplate } from '../database/embedded-template.ts';
import { startServerProcess, type ServerProcess } from '../e2e/start-server.ts';
import { makeReportingUnit, type ReportingUnit } from './open-test-app.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const root = join(import.meta.dirname, '../..');
const dataDir = mkdtempSync(join(tmpdir(), 'sd-'));
const file = join(dataDir, 'made.backup');
let server: ServerProcess;
let database: Database;
let authority: string;
let unit: ReportingUnit;

beforeAll(async () => {
  await copyEmbeddedTemplate(dataDir);
  const { authorityPath, certPath, keyPath } = await writeCertificates(dataDir, ['localhost', '127.0.0.1']);
  authority = readFileSync(authorityPath, 'utf8');
  server = await startServerProcess({
    args: ['--no-demo'],
    environment: { DATA_DIR: dataDir, TLS_CERT: certPath, TLS_KEY: keyPath, METRICS_TOKEN: 'of-the-test' },
  });
  database = openPool({ engine: 'embedded', target: { socketDir: dataDir }, maxConnections: 2 });
  unit = await makeReportingUnit(database, await makeStation(database));
  await fillWithFixes();
});
afterAll(async () => {
  await database.close().catch(() => {});
  await server.end();
  rmSync(dataDir, { recursive: true, force: true });
});

async function fillWithFixes(): Promise<void> {
  const { stationId, deviceNumber, unitNumber } = unit;
  for (const day of [-2, -1]) {
    await database.inScope([], (transaction) =>
      transaction.execute(sql`SELECT make_fix_partition((now() AT TIME ZONE 'UTC')::date + ${day}::integer)`),
    );
    await database.inScope([stationId], (transaction) =>
      transaction.execute(sql`
        INSERT INTO fixes (device_number, unit_number, observed_at, received_at, station_id, point)
        SELECT ${deviceNumber}, ${unitNumber}, ((now() AT TIME ZONE 'UTC')::date + ${day}::integer)::timestamp AT TIME ZONE 'UTC' + interval '3 s' * n,
          now(), ${stationId}, ST_SetSRID(ST_MakePoint(118 + n / 1e6, 29), 4326)
        FROM generate_series(0, 14999) n`),
    );
  }
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request whose path goes out as it is written, to a server that only our authority vouches for. */
function ask(path: string, options: RequestOptions & { body?: string } = {}): Promise<Answer> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const { body, ...more } = options;
    const outgoing = request({ host: 'localhost', port, path, ca: authority, ...more }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

/** Runs a command as npm does, and gives its exit code and all it printed. */
function run(
  name: string,
  args: string[],
  environment: Record<string, string>,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, `api/commands/${name}.ts`), ...args],
      { env: { ...process.env, DATABASE_URL: '', ...environment } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

test('the server answers by TLS to who knows its authority, and to nobody else', async () => {
  expect((await ask('/api/health')).status).toBe(200);
  await expect(ask('/api/health', { ca: undefined })).rejects.toThrow(/verify|self.signed|issuer/i);
  const tooOld = ask('/api/health', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' });
  await expect(tooOld).rejects.toThrow();
});

test('metrics of the running server need the token', async () => {
  expect((await ask('/api/metrics')).status).toBe(401);
  const { status, body } = await ask('/api/metrics', { headers: { Authorization: 'Bearer of-the-test' } });
  expect(status).toBe(200);
  expect(body).toMatch(/^shaodian_database_connections\{state="idle"\} \d+$/m);
});

const traversals = [
  '/../package.json',
  '/../../etc/passwd',
  '/..%2fpackage.json',
  '/%2e%2e/package.json',
  '/%2e%2e%2fpackage.json',
  '/%252e%252e%252fpackage.json',
  '/%252e%252e/%252e%252e/etc/passwd',
  '/..%5cpackage.json',
  '/..\\package.json',
  '/_app/../../package.json',
  '/_app/%2e%2e/%2e%2e/package.json',
  '/_app/immutable/..%2f..%2f..%2fpackage.json',
  '//etc/passwd',
  '/%2fetc/passwd',
  '/....//....//package.json',
  '/%c0%ae%c0%ae/package.json',
  '/%uff0e%uff0e/package.json',
  '/index.html%00.js',
  '/..%00/package.json',
  '/.git/config',
  '/.env',
  '/%2e%67it/config',
  '/api/../package.json',
  '/api/%2e%2e/package.json',
  'https://localhost/../package.json',
  '/?file=../package.json',
];

test.each(traversals)('the path %s leads to no file outside of the page', async (path) => {
  const { status, body, headers } = await ask(path);
  expect(body).not.toMatch(/"devDependencies"|root:x?:0:0|\[core\]/);
  expect(status).toBeLessThan(500);
  // What is no file is the page, which then says that there is nothing.
  if (status === 200) expect(headers['content-type']).toContain('text/html');
});

test('what is no HTTP is answered by closing, and the server goes on', async () => {
  for (const headers of [{ Host: 'localhost\\evil' }, { 'X-Long': 'a'.repeat(20_000) }])
    expect((await ask('/api/health', { headers })).status).toBeGreaterThanOrEqual(400);
  expect((await ask('/api/health')).status).toBe(200);
});

test('a backup beside the running server is whole, for its owner only, and reports go on meanwhile', async () => {
  let isDone = false;
  const statuses: number[] = [];
  const slowestMs: number[] = [];
  const reporting = (async () => {
    // The registry honours a new credential within two seconds.
    for (let count = 0; !isDone; count++) {
      const begunMs = performance.now();
      const { status } = await ask('/api/positions', {
        method: 'POST',
        headers: { Authorization: `Bearer ${unit.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify([{ device: unit.device, at: new Date().toISOString(), lngLat: [118, 29], accuracyM: 5 }]),
      });
      statuses.push(status);
      slowestMs.push(performance.now() - begunMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const { code, output } = await run('backup', [file], { DATA_DIR: dataDir });
  isDone = true;
  await reporting;
  expect(output).toMatch(/\d+ rows of \d+ tables/);
  expect(output).toContain('keep it secret');
  expect(code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([]);
  expect(statuses.length).toBeGreaterThan(5);
  expect(Math.max(...slowestMs)).toBeLessThan(10_000);
});

test('a restore into the directory of a running server is refused', async () => {
  const { code, output } = await run('restore', [file, '--replace', '--yes'], { DATA_DIR: dataDir });
  expect(output).toContain('is in use by another Shaodian process');
  expect(code).toBe(1);
});

test('--replace asks; without a terminal it needs --yes', async () => {
  const { code, output } = await run('restore', [file, '--replace'], { DATA_DIR: dataDir });
  expect(output).toContain('add --yes');
  expect(code).toBe(1);
});

/** How many fixes and stations a directory holds that nobody has open. */
async function countIn(directory: string): Promise<{ fixes: number; stations: number }> {
  const engine = await openEmbedded(directory);
  const opened = openPool({ engine: 'embedded', target: { socketDir: directory }, maxConnections: 1 });
  const [row] = await opened.asOwner((transaction) =>
    transaction.query<{ fixes: number; stations: number }>(
      sql`SELECT (SELECT count(*) FROM fixes) AS fixes, (SELECT count(*) FROM stations) AS stations`,
    ),
  );
  await opened.close();
  await engine.close();
  return row!;
}

test(
  'a restore killed with kill -9 leaves the directory as it was; the next one completes it',
  { timeout: 600_000 },
  async () => {
    const target = mkdtempSync(join(tmpdir(), 'sd-'));
    await copyEmbeddedTemplate(target);
    const child = spawn(process.execPath, [join(root, 'api/commands/restore.ts'), file], {
      env: { ...process.env, DATABASE_URL: '', DATA_DIR: target },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (chunk: Buffer) => {
      // In the middle of loading.
      if (/: [6-9]0 %/.test(chunk.toString())) child.kill('SIGKILL');
    });
    const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGKILL');
    expect(await countIn(target)).toEqual({ fixes: 0, stations: 0 });
    const { code, output } = await run('restore', [file], { DATA_DIR: target });
    expect(output).toContain('are restored');
    expect(code).toBe(0);
    const counts = await countIn(target);
    expect(counts.stations).toBe(1);
    expect(counts.fixes).toBeGreaterThanOrEqual(30_000);
    expect(existsSync(join(target, 'pgdata', 'SHAODIAN_COMPLETE'))).toBe(true);
    rmSync(target, { recursive: true, force: true });
  },
);
