import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAudit } from '../../api/audit/audit.ts';
import { findChain } from '../../api/audit/queries.ts';
import { verifyAudit } from '../../api/audit/verify-audit.ts';
import { sql } from '../../api/database/sql.ts';
import { createLog } from '../../api/operation/log.ts';
import { defaultRetention, type RetentionDays } from '../../api/retention/contract.ts';
import { findRetentionRuns, listFixDays, putRetention } from '../../api/retention/queries.ts';
import { removeExpired } from '../../api/retention/remove-expired.ts';
import { untilQuietHour } from '../../api/retention/schedule.ts';
import { makeFixes, makeUnit } from './base-data.ts';
import { makeStation } from './make-station.ts';
import { openOwnDatabase, type OwnDatabase } from './own-database.ts';
import { makeOld } from './tamper-audit.ts';

let own: OwnDatabase;
let station: string;
let lines: string[];

beforeAll(async () => {
  own = await openOwnDatabase();
});
afterAll(() => own.remove());
beforeEach(async () => {
  station = await makeStation(own.database);
  lines = [];
});

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
const dayOf = (days: number) => daysAgo(days).slice(0, 10);

const keep = (days: Partial<RetentionDays>, stationId = station) =>
  own.database.inScope([stationId], (transaction) =>
    putRetention(transaction, { stationId, days: { ...defaultRetention, ...days }, overdueShiftHours: 2 }),
  );

const run = (more: { pause?: () => Promise<void> } = {}) =>
  removeExpired({
    database: own.database,
    audit: createAudit(own.database),
    log: createLog((line) => void lines.push(line)),
    ...more,
  });

let nextNumber = 1;
/** A unit of the station that reported so many days ago. */
async function makeTrack(ages: readonly number[], stationId = station): Promise<void> {
  const number = nextNumber++;
  const unit = await makeUnit(own.database, stationId, { number, callSign: `unit ${number}` });
  await makeFixes(
    own.database,
    stationId,
    { number, ...unit },
    ages.map((age) => ({ at: daysAgo(age), lng: 116, lat: 39 })),
  );
}

async function count(table: string, condition = 'true', stationId = station): Promise<number> {
  const [row] = await own.database.inScope([stationId], (transaction) =>
    transaction.query<{ n: number }>({
      text: `SELECT count(*) AS n FROM ${table} WHERE station_id = $1 AND ${condition}`,
      values: [stationId],
    }),
  );
  return row!.n;
}

const runsOf = (stationId = station) =>
  own.database.inScope([stationId], (transaction) => findRetentionRuns(transaction, [stationId], 10));
const days = () => own.database.inScope([], listFixDays);
const auditOf = async (stationId = station) =>
  (await own.database.inScope([stationId], (transaction) => findChain(transaction, stationId, 0, 1000))).map(
    ({ action, detail }) => ({ action, detail: JSON.parse(detail) as Record<string, unknown> }),
  );

test('a day that no station keeps any more is dropped whole; one that a station still keeps stays, with its rows alone', async () => {
  const other = await makeStation(own.database);
  await makeTrack([400, 300, 10]);
  await makeTrack([300, 10], other);
  await keep({ fixes: 350 }, other);
  await run();
  expect(await days()).not.toContain(dayOf(400));
  expect(await days()).toContain(dayOf(300));
  expect([await count('fixes'), await count('fixes', 'true', other)]).toEqual([1, 2]);
  expect((await runsOf())[0]!.removed).toMatchObject({ fixes: 1 });
  expect((await runsOf())[0]!.removed['days']).toBeGreaterThan(0);
  expect((await auditOf()).at(-1)).toMatchObject({ action: 'retention.run', detail: { removed: { fixes: 1 } } });
  expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(
    expect.arrayContaining(['retention.day-dropped', 'retention.removed']),
  );
  // Later the other station lets go of it too.
  await keep({ fixes: 183 }, other);
  await run();
  expect(await days()).not.toContain(dayOf(300));
  expect(await count('fixes', 'true', other)).toBe(1);
});

test('the database refuses to drop a day that a station keeps, whoever asks', async () => {
  await keep({ fixes: 3000 });
  await makeTrack([400]);
  await expect(
    own.database.inScope([], (transaction) => transaction.execute(sql`SELECT drop_fix_partition(${dayOf(400)}::date)`)),
  ).rejects.toMatchObject({ code: '42501' });
  expect(await days()).toContain(dayOf(400));
  await keep({});
});

test('each kind goes when its own time has come, and what is younger stays', async () => {
  const device = 900_000 + nextNumber++;
  await own.database.inScope([station], async (transaction) => {
    for (const [age, hash] of [
      [31, 'a'],
      [29, 'b'],
    ] as const) {
      await transaction.execute(sql`
        INSERT INTO quarantined_fixes (station_id, device_number, day, body_hash, reason, received_at, body)
        VALUES (${station}, ${device}, ${dayOf(age)}, ${Buffer.from(hash)}, 'null-island', ${daysAgo(age)}, '{}')`);
    }
    for (const age of [368, 360])
      await transaction.execute(
        sql`INSERT INTO device_days (station_id, device_number, day, off_duty_count) VALUES (${station}, ${device}, ${dayOf(age)}, 1)`,
      );
    for (const [number, age] of [
      [1, 367],
      [2, 360],
    ])
      await transaction.execute(sql`
        INSERT INTO incidents (id, station_id, number, category, occurred_at, point, description)
        VALUES (${uuidv7()}, ${station}, ${number}, 'theft', ${daysAgo(age!)}, ST_SetSRID(ST_MakePoint(116, 39), 4326), '报警人称…')`);
    for (const [name, age] of [
      ['old.csv', 367],
      ['new.csv', 360],
    ] as const)
      await transaction.execute(sql`
        INSERT INTO imports (id, station_id, noun, file_name, host, published_at) VALUES (${uuidv7()}, ${station}, 'grids', ${name}, 'desk-1', ${daysAgo(age)})`);
    const account = uuidv7();
    await transaction.execute(
      sql`INSERT INTO accounts (id, station_id, username, display_name) VALUES (${account}, ${station}, ${account}, 'x')`,
    );
    for (const [ended, expires] of [
      [daysAgo(184), daysAgo(-1)],
      [null, daysAgo(184)],
      [daysAgo(10), daysAgo(-1)],
      [null, daysAgo(-1)],
    ])
      await transaction.execute(sql`
        INSERT INTO sessions (id, station_id, account_id, token_hash, expires_at, ended_at)
        VALUES (${uuidv7()}, ${station}, ${account}, sha256(${uuidv7()}::bytea), ${expires}, ${ended})`);
  });
  await makeTrack([200]);
  await run();
  expect(await count('quarantined_fixes')).toBe(1);
  expect(await count('device_days')).toBe(1);
  expect(await count('incidents')).toBe(2);
  expect(await count('incidents', 'description IS NOT NULL')).toBe(1);
  expect(await count('imports', `file_name = 'new.csv' AND host = 'desk-1'`)).toBe(1);
  expect(await count('imports', `file_name = '' AND host = ''`)).toBe(1);
  expect(await count('sessions')).toBe(2);
  expect(await count('latest_fixes')).toBe(0);
  expect((await runsOf())[0]!.removed).toMatchObject({
    quarantinedFixes: 1,
    deviceDays: 1,
    incidentTexts: 1,
    imports: 1,
    endedSessions: 2,
    latestFixes: 1,
  });
  const [before] = await runsOf();
  await run();
  expect(await runsOf()).toEqual([before]);
});

test('the audit log goes after its time and not before 183 days, and what is left verifies', async () => {
  const audit = createAudit(own.database);
  for (let index = 0; index < 4; index++)
    await audit.write({ stationId: station, actor: null, action: 'test.done', outcome: 'done' });
  await makeOld(own.database, station, [400, 300, 184, 1]);
  await run();
  expect((await auditOf()).map(({ action }) => action)).toEqual([
    'test.done',
    'test.done',
    'test.done',
    'retention.run',
  ]);
  await keep({ audit: 183 });
  await run();
  expect((await auditOf()).filter(({ action }) => action === 'test.done')).toHaveLength(1);
  for await (const { stationId, findings } of verifyAudit(own.database, []))
    if (stationId === station) expect(findings).toEqual([]);
  await expect(keep({ audit: 182 })).rejects.toMatchObject({ code: '23514' });
});

test('a run that is killed in the middle has removed what its report says; the next goes on and closes it', async () => {
  const rows = 2500;
  await own.database.inScope([station], (transaction) =>
    transaction.execute(sql`
      INSERT INTO quarantined_fixes (station_id, device_number, day, body_hash, reason, received_at, body)
      SELECT ${station}, 800000, current_date - 40, int4send(n), 'null-island', now() - interval '40 days', '{}' FROM generate_series(1, ${rows}::integer) AS n`),
  );
  await expect(run({ pause: () => Promise.reject(new Error('killed')) })).rejects.toThrow('killed');
  const [killed] = await runsOf();
  expect(killed).toMatchObject({ finishedAt: null, removed: { quarantinedFixes: 1000 } });
  expect(await count('quarantined_fixes')).toBe(rows - 1000);
  expect(await auditOf()).toEqual([]);
  await own.database.inScope([station], (transaction) =>
    transaction.execute(
      sql`UPDATE retention_runs SET touched_at = now() - interval '2 minutes' WHERE station_id = ${station}`,
    ),
  );
  await run();
  expect(await count('quarantined_fixes')).toBe(0);
  expect((await runsOf()).map(({ finishedAt, removed }) => [finishedAt !== null, removed])).toEqual([
    [true, { quarantinedFixes: 1500 }],
    [true, { quarantinedFixes: 1000 }],
  ]);
  expect((await auditOf()).map(({ detail }) => ['killed' in detail, detail['removed']])).toEqual(
    expect.arrayContaining([
      [true, { quarantinedFixes: 1000 }],
      [false, { quarantinedFixes: 1500 }],
    ]),
  );
});

test('the command removes and tells', async () => {
  const { target } = own.poolOptions;
  const command = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../api/commands/retention.ts'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...('url' in target ? { DATABASE_URL: target.url } : { DATA_DIR: target.socketDir }) },
    });
  await makeTrack([250]);
  const ran = command('run');
  expect(ran.stderr).not.toContain('Error');
  expect([ran.status, ran.stdout]).toEqual([0, expect.stringContaining(`station ${station}: `)]);
  expect(ran.stderr).toContain('"event":"retention.removed"');
  expect(command('run').stdout).toContain('Nothing was older');
  const { stdout } = command('report');
  expect(stdout).toContain(`station ${station}: keeps fixes 183, `);
  expect(stdout).toMatch(new RegExp(`^\\d{4}-.* station ${station}: removed `, 'm'));
  expect(command().stderr).toContain('npm run retention -- run');
}, 180_000);

test('the quiet hour is the next twenty past three', () => {
  expect(untilQuietHour(new Date(2026, 10, 22, 3, 10)) / 60_000).toBe(10);
  expect(untilQuietHour(new Date(2026, 10, 22, 3, 20)) / 3_600_000).toBeCloseTo(24, 5);
  expect(untilQuietHour(new Date(2026, 10, 22, 23, 20)) / 3_600_000).toBeCloseTo(4, 5);
});
