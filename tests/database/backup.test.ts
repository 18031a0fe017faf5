import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeSetupLink } from '../../api/accounts/setup/make-setup-link.ts';
import { createAudit } from '../../api/audit/audit.ts';
import { restoreBackup } from '../../api/backup/restore-backup.ts';
import { writeBackup } from '../../api/backup/write-backup.ts';
import { openPool, type Database } from '../../api/database/database.ts';
import { openEmbedded } from '../../api/database/embedded.ts';
import { sql } from '../../api/database/sql.ts';
import { OperatorError } from '../../api/environment.ts';
import { seedDemo } from '../../api/stations/demo/seed-demo.ts';
import { fillTables, listTenantTables } from './fill-tables.ts';
import { makeStation } from './make-station.ts';
import { openOwnDatabase, type OwnDatabase } from './own-database.ts';
import { startPostgisCluster } from './postgis-cluster.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const directory = mkdtempSync(join(tmpdir(), 'sd-backup-'));
const file = join(directory, 'a.backup');
let source: OwnDatabase;
/** Of `source`; closed while a restore has it to itself. */
let database: Database;
let written: { rows: number; tables: number };

beforeAll(async () => {
  source = await openOwnDatabase();
  await source.database.close();
  database = openPool(source.poolOptions);
  await seedDemo(database, { now: new Date(), demoOnNetwork: true });
  const stationId = await makeStation(database, { name: '所\n"引号" \\ 反斜杠\t🙂' });
  for (const day of [0, 1])
    await database.inScope([], (transaction) =>
      transaction.execute(sql`SELECT make_fix_partition(current_date + ${day}::integer)`),
    );
  const tables = await database.asOwner(listTenantTables);
  await database.inScope([stationId], (transaction) => fillTables(transaction, tables, stationId));
  await createAudit(database).write({ stationId: null, actor: null, action: 'test.done', outcome: 'done' });
  await makeSetupLink(database, 'http://localhost');
  await writeManyFixes(database, stationId);
  written = await writeBackup(database, file);
});
afterAll(async () => {
  await database.close();
  await source.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** Lets `work` have the source to itself, as a restore wants it. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  await database.close();
  try {
    return await work();
  } finally {
    database = openPool(source.poolOptions);
  }
}

/** More than one short transaction reads, with values that a float or a time zone could spoil. */
const writeManyFixes = (database: Database, stationId: string): Promise<number> =>
  database.inScope([stationId], (transaction) =>
    transaction.execute(sql`
      INSERT INTO fixes (device_number, unit_number, observed_at, received_at, station_id, point, speed_mps, heading_deg)
      SELECT 900000 + n % 3, 1, date_trunc('day', now()) + n * interval '7.000001 s', now(), ${stationId},
        ST_SetSRID(ST_MakePoint(117.1 + n / 3e6, 29.2 + n / 7e6), 4326), 0.1::real * n, CASE WHEN n % 2 = 0 THEN 359.99::real END
      FROM generate_series(1, 9000) n`),
  );

/** Rows and their hash, by table: all tables of the catalogue, partitions with their table. */
async function takeStock(database: Database): Promise<Record<string, string>> {
  return database.asOwner(async (transaction) => {
    await transaction.execute({
      text: "SET LOCAL TimeZone = 'UTC'; SET LOCAL shaodian.backup = 'on'; SET LOCAL shaodian.staging = 'on'",
      values: [],
    });
    const tables = await transaction.query<{ name: string }>(sql`
      SELECT relname AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND relname <> 'spatial_ref_sys' ORDER BY 1`);
    const stock: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await transaction.query<{ stock: string }>({
        text: `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")), '') AS stock FROM "${name}" t`,
        values: [],
      });
      stock[name] = row!.stock;
    }
    return stock;
  });
}

/** Guards that a restore lifts, and what numbers come next. */
const takeGuards = (database: Database): Promise<object[]> =>
  database.asOwner((transaction) =>
    transaction.query(sql`
      SELECT 'trigger' AS kind, c.relname || '.' || t.tgname AS name, t.tgenabled::text AS state FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND NOT c.relispartition
      UNION ALL SELECT 'key', conrelid::regclass || '.' || conname, convalidated::text FROM pg_constraint WHERE contype = 'f'
      UNION ALL SELECT 'policy', polrelid::regclass || '.' || polname, pg_get_expr(polqual, polrelid) FROM pg_policy
      UNION ALL SELECT 'partition', c.relname, c.relrowsecurity || ' ' || c.relforcerowsecurity FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'
      UNION ALL SELECT 'sequence', sequencename, coalesce(last_value::text, 'none') FROM pg_sequences WHERE schemaname = 'public'
      ORDER BY 1, 2`),
  );

/** A new database without a table, on the engine that the run is not on. */
async function openOther(): Promise<{ database: Database; remove(): Promise<void> }> {
  if (database.engine === 'embedded') {
    const cluster = await startPostgisCluster();
    const database = openPool({ engine: 'postgis', target: { url: cluster.url }, maxConnections: 2 });
    return { database, remove: () => database.close().then(() => cluster.stop()) };
  }
  return openEmpty();
}

/** A new embedded database without a table. */
async function openEmpty(): Promise<{ database: Database; dataDir: string; remove(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sd-'));
  const engine = await openEmbedded(dataDir);
  const database = openPool({ engine: 'embedded', target: { socketDir: dataDir }, maxConnections: 2 });
  return {
    database,
    dataDir,
    async remove() {
      await database.close().catch(() => {});
      await engine.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

test('a backup moved to the other engine and back again holds every row of every table as it was', async () => {
  const before = await takeStock(database);
  // What has no rows shows nothing: every table has some, but for what only one moment has.
  const empty = Object.entries(before).filter(([, stock]) => stock.startsWith('0 '));
  expect(empty.map(([name]) => name).filter((name) => !['street_nodes', 'street_edges'].includes(name))).toEqual([]);
  expect(written.tables).toBe(Object.keys(before).length);
  const guards = await takeGuards(database);

  const other = await openOther();
  try {
    const { rows } = await restoreBackup(other.database, file);
    expect(rows).toBe(written.rows);
    expect(await takeStock(other.database)).toEqual(before);
    expect(await takeGuards(other.database)).toEqual(guards);
    const second = join(directory, 'b.backup');
    await writeBackup(other.database, second);
    await alone(async () => {
      const restoring = openPool(source.poolOptions);
      await restoreBackup(restoring, second, { replace: true });
      await restoring.close();
    });
  } finally {
    await other.remove();
  }
  expect(await takeStock(database)).toEqual(before);
  expect(await takeGuards(database)).toEqual(guards);
});

test('after a restore the audit chain verifies, and what is written next follows on', async () => {
  await createAudit(database).write({ stationId: null, actor: null, action: 'test.after', outcome: 'done' });
  const broken = await database.asOwner(async (transaction) => {
    await transaction.execute({
      text: "SET LOCAL shaodian.backup = 'on'; SET LOCAL shaodian.audit = 'on'",
      values: [],
    });
    return transaction.query(sql`
      SELECT e.station_id, e.sequence FROM audit_entries e JOIN audit_heads h ON h.station_id = e.station_id
      WHERE e.hash <> hash_audit_entry(e)
        OR e.previous_hash <> coalesce((SELECT p.hash FROM audit_entries p WHERE p.station_id = e.station_id AND p.sequence = e.sequence - 1), h.anchor_hash)
        OR (e.sequence = h.sequence AND e.hash <> h.hash) OR e.sequence > h.sequence`);
  });
  expect(broken).toEqual([]);
});

test('the file is for its owner only, and never written over another', async () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(existsSync(`${file}.partial`)).toBe(false);
  await expect(writeBackup(database, file)).rejects.toThrow(/is there already/);
});

test('an installation that has stations is not replaced by accident', async () => {
  const before = await takeStock(database);
  await expect(restoreBackup(database, file)).rejects.toThrow(/has stations already.*--replace/);
  expect(await takeStock(database)).toEqual(before);
});

/** The file with its lines changed. */
function damagedCopy(name: string, change: (lines: string[]) => string[]): string {
  const path = join(directory, name);
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  writeFileSync(path, gzipSync(change(lines).join('\n')));
  return path;
}

test('a damaged or cut file is refused with what is wrong, before anything is touched', async () => {
  const before = await takeStock(database);
  const bytes = readFileSync(file);
  const cut = join(directory, 'cut');
  writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length / 2)));
  const flipped = join(directory, 'flipped');
  copyFileSync(file, flipped);
  const other = Buffer.from(bytes);
  other[Math.floor(bytes.length / 2)]! ^= 0x40;
  writeFileSync(flipped, other);
  const plain = join(directory, 'plain');
  writeFileSync(plain, 'CREATE TABLE x ();');
  const empty = join(directory, 'empty');
  writeFileSync(empty, gzipSync(''));
  const isRow = (line: string) => line.startsWith('[');
  const cases: [string, RegExp][] = [
    [join(directory, 'none'), /cannot be read: ENOENT/],
    [plain, /not a backup/],
    [empty, /it is empty/],
    [cut, /ends too early \(in \w+ after \d+ rows\)/],
    [flipped, /(bytes are damaged|were changed|does not belong|ends too early)/],
    [damagedCopy('no-end', (lines) => lines.slice(0, -2).concat('')), /ends too early/],
    [damagedCopy('lost-row', (lines) => lines.toSpliced(lines.findIndex(isRow), 1)), /rows instead of/],
    [
      damagedCopy('changed', (lines) =>
        lines.map((line) => (line.includes('test.done') ? line.replace('test.done', 'test.dome') : line)),
      ),
      /rows of audit_entries were changed/,
    ],
    [
      damagedCopy('lost-table', (lines) => {
        const from = lines.findIndex((line) => line === '{"table":"grids"}');
        return lines.toSpliced(from, lines.findIndex((line) => line.startsWith('{"end":"grids"')) - from + 1);
      }),
      /grids are missing/,
    ],
    [
      damagedCopy('later', (lines) => [lines[0]!.replace('"version":1', '"version":2'), ...lines.slice(1)]),
      /another version/,
    ],
    [
      damagedCopy('newer', (lines) => [
        lines[0]!.replace(/"migrations":\[/, '"migrations":[{"name":"9999_do_more.sql","checksum":"x"},'),
        ...lines.slice(1),
      ]),
      // Its content hash is checked first.
      /content was changed|newer Shaodian/,
    ],
  ];
  for (const [path, expected] of cases) {
    const restoring = restoreBackup(database, path, { replace: true });
    await expect(restoring, path).rejects.toThrow(OperatorError);
    await expect(restoring, path).rejects.toThrow(expected);
  }
  expect(await takeStock(database)).toEqual(before);
});

test('a restore that is killed leaves what was there', async () => {
  const before = await takeStock(database);
  const script = join(import.meta.dirname, 'restore-until-killed.ts');
  const { killed } = await alone(
    () =>
      new Promise<{ killed: boolean }>((resolve) => {
        const child = execFile(process.execPath, [script, JSON.stringify(source.poolOptions), file], (error) =>
          resolve({ killed: error?.signal === 'SIGKILL' }),
        );
        child.stdout?.on('data', (chunk: Buffer) => {
          if (Number.parseFloat(chunk.toString().trim().split('\n').at(-1)!) > 0.6) child.kill('SIGKILL');
        });
      }),
  );
  expect(killed).toBe(true);
  expect(await takeStock(database)).toEqual(before);
});

test('a directory that another major version of the engine made is refused with what to do', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'sd-'));
  const { copyEmbeddedTemplate } = await import('./embedded-template.ts');
  await copyEmbeddedTemplate(empty);
  writeFileSync(join(empty, 'pgdata', 'SHAODIAN_COMPLETE'), '');
  expect(readFileSync(join(empty, 'pgdata', 'PG_VERSION'), 'utf8').trim()).toBe('18');
  writeFileSync(join(empty, 'pgdata', 'PG_VERSION'), '17\n');
  await expect(openEmbedded(empty)).rejects.toThrow(/PostgreSQL 17; this is 18.*npm run backup.*npm run restore/);
  rmSync(empty, { recursive: true, force: true });
});
