import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAudit } from '../../api/audit/audit.ts';
import { logHeads } from '../../api/audit/log-heads.ts';
import { listAuditHeads } from '../../api/audit/queries.ts';
import { readHeads, writeHead } from '../../api/audit/read-heads.ts';
import { verifyAudit } from '../../api/audit/verify-audit.ts';
import type { Transaction } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { createLog } from '../../api/operation/log.ts';
import { makeStation } from './make-station.ts';
import { openOwnDatabase, type OwnDatabase } from './own-database.ts';
import { asTamperer, makeOld, rehash } from './tamper-audit.ts';

let own: OwnDatabase;
const directory = mkdtempSync(join(tmpdir(), 'sd-audit-'));

beforeAll(async () => {
  own = await openOwnDatabase();
});
afterAll(async () => {
  await own.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** A station whose chain has so many entries. */
async function makeChain(length: number): Promise<string> {
  const station = await makeStation(own.database);
  const audit = createAudit(own.database);
  for (let index = 1; index <= length; index++)
    await audit.write({ stationId: station, actor: null, action: 'test.done', detail: { index }, outcome: 'done' });
  return station;
}

const keepHeads = async (): Promise<string> =>
  (await own.database.inScope([], listAuditHeads)).map(writeHead).join('\n');

/** What is found wrong with this station's chain: kind and sequence. */
async function findingsOf(station: string, kept = ''): Promise<[string, number][]> {
  const heads = kept === '' ? [] : readHeads(kept, 'kept').filter(({ stationId }) => stationId === station);
  for await (const chain of verifyAudit(own.database, heads))
    if (chain.stationId === station) return chain.findings.map(({ kind, sequence }) => [kind, sequence]);
  return [];
}

const tamper = (work: (transaction: Transaction) => Promise<unknown>) =>
  asTamperer(own.database, async (transaction) => void (await work(transaction)));

test('a chain that nobody touched is whole, also against its kept head and while it grows', async () => {
  const station = await makeChain(3);
  const kept = await keepHeads();
  expect(await findingsOf(station, kept)).toEqual([]);
  await createAudit(own.database).write({ stationId: station, actor: null, action: 'test.done', outcome: 'done' });
  expect(await findingsOf(station, kept)).toEqual([]);
});

test.each([
  ['actor_name', 'somebody else'],
  ['action', 'test.undone'],
  ['target_name', 'x'],
  ['detail', '{"index": 3}'],
  ['address', '10.0.0.1'],
  ['outcome', 'refused'],
  ['at', '2026-01-01T00:00:00Z'],
])('an edited %s is found where it stands', async (column, value) => {
  const station = await makeChain(5);
  await tamper((transaction) =>
    transaction.execute({
      text: `UPDATE audit_entries SET ${column} = $2 WHERE station_id = $1 AND sequence = 3`,
      values: [station, value],
    }),
  );
  expect(await findingsOf(station)).toEqual([['edited', 3]]);
});

test('an entry that was edited and hashed anew is found by the one after it', async () => {
  const station = await makeChain(5);
  await tamper(async (transaction) => {
    await transaction.execute(
      sql`UPDATE audit_entries SET outcome = 'refused' WHERE station_id = ${station} AND sequence = 3`,
    );
    await transaction.execute(
      sql`UPDATE audit_entries e SET hash = hash_audit_entry(e) WHERE station_id = ${station} AND sequence = 3`,
    );
  });
  expect(await findingsOf(station)).toEqual([['edited', 3]]);
});

test('a missing entry and a missing beginning are found where they were', async () => {
  const [middle, beginning] = [await makeChain(5), await makeChain(5)];
  await tamper(async (transaction) => {
    await transaction.execute(sql`DELETE FROM audit_entries WHERE station_id = ${middle} AND sequence IN (2, 3)`);
    await transaction.execute(sql`DELETE FROM audit_entries WHERE station_id = ${beginning} AND sequence = 1`);
  });
  expect(await findingsOf(middle)).toEqual([['missing', 2]]);
  expect(await findingsOf(beginning)).toEqual([['missing', 1]]);
});

test('entries that changed places are told from edited ones', async () => {
  const station = await makeChain(5);
  await tamper(async (transaction) => {
    for (const [from, to] of [
      [2, 99],
      [4, 2],
      [99, 4],
    ])
      await transaction.execute(
        sql`UPDATE audit_entries SET sequence = ${to} WHERE station_id = ${station} AND sequence = ${from}`,
      );
  });
  expect(await findingsOf(station)).toEqual([
    ['reordered', 2],
    ['reordered', 4],
  ]);
});

test('an end that was cut off shows by the head, and where the head was cut too by the kept one', async () => {
  const station = await makeChain(5);
  const kept = await keepHeads();
  await tamper((transaction) =>
    transaction.execute(sql`DELETE FROM audit_entries WHERE station_id = ${station} AND sequence > 3`),
  );
  expect(await findingsOf(station)).toEqual([['truncated', 4]]);
  await tamper((transaction) => rehash(transaction, station));
  expect(await findingsOf(station)).toEqual([]);
  expect(await findingsOf(station, kept)).toEqual([['truncated', 4]]);
});

test('a chain that was rewritten to its end verifies by itself, and not against the kept head', async () => {
  const station = await makeChain(5);
  const kept = await keepHeads();
  await tamper(async (transaction) => {
    await transaction.execute(
      sql`UPDATE audit_entries SET actor_name = 'nobody' WHERE station_id = ${station} AND sequence = 2`,
    );
    await rehash(transaction, station);
  });
  expect(await findingsOf(station)).toEqual([]);
  expect(await findingsOf(station, kept)).toEqual([['rewritten', 5]]);
});

test('a chain that is gone whole is missed by who kept its head', async () => {
  const station = await makeChain(2);
  const kept = await keepHeads();
  await tamper(async (transaction) => {
    await transaction.execute(sql`DELETE FROM audit_entries WHERE station_id = ${station}`);
    await transaction.execute(sql`DELETE FROM audit_heads WHERE station_id = ${station}`);
  });
  expect((await findingsOf(station, kept)).map(([kind]) => kind)).toContain('truncated');
});

test('a head row that is gone is told, and one that was forged', async () => {
  const [gone, forged] = [await makeChain(2), await makeChain(2)];
  await tamper(async (transaction) => {
    await transaction.execute(sql`DELETE FROM audit_heads WHERE station_id = ${gone}`);
    await transaction.execute(sql`UPDATE audit_heads SET hash = sha256('x') WHERE station_id = ${forged}`);
  });
  expect(await findingsOf(gone)).toEqual([['head', 2]]);
  expect(await findingsOf(forged)).toEqual([['head', 2]]);
});

test('what retention removed is not missing: the rest verifies from the anchor, against old and new heads', async () => {
  const station = await makeChain(5);
  await makeOld(own.database, station, [300, 250, 200, 184, 10]);
  const kept = await keepHeads();
  const remove = (days: number, atMost: number) =>
    own.database.inScope([], (transaction) =>
      transaction.query<{ removed: number }>(
        sql`SELECT remove_audit_entries(${station}, now() - ${days}::integer * interval '1 day', ${atMost}) AS removed`,
      ),
    );
  expect(await remove(220, 1)).toEqual([{ removed: 1 }]);
  expect(await remove(220, 100)).toEqual([{ removed: 1 }]);
  expect(await findingsOf(station, kept)).toEqual([]);
  expect(await remove(183, 100)).toEqual([{ removed: 2 }]);
  expect(await remove(183, 100)).toEqual([{ removed: 0 }]);
  expect(await findingsOf(station, kept)).toEqual([]);
  await createAudit(own.database).write({ stationId: station, actor: null, action: 'test.done', outcome: 'done' });
  expect(await findingsOf(station, kept)).toEqual([]);
});

test('a beginning that was cut off as if its time had come is missed by who kept a younger head', async () => {
  const station = await makeChain(5);
  const kept = await keepHeads();
  await tamper(async (transaction) => {
    await transaction.execute(sql`
      UPDATE audit_heads h SET anchor_sequence = 5, anchor_hash = e.hash FROM audit_entries e
      WHERE h.station_id = ${station} AND e.station_id = ${station} AND e.sequence = 5`);
    await transaction.execute(sql`DELETE FROM audit_entries WHERE station_id = ${station}`);
  });
  expect(await findingsOf(station, kept)).toEqual([['removed-early', 5]]);
});

test('the server’s log lines serve as kept heads; a file without any is refused', async () => {
  const station = await makeChain(2);
  const lines: string[] = [];
  await logHeads(
    own.database,
    createLog((line) => void lines.push(`2026-11-22 host shaodian: ${line}`)),
  );
  const heads = readHeads(['', '# kept', ...lines, '{"event":"request"}'].join('\n'), 'log');
  expect(heads.find(({ stationId }) => stationId === station)).toMatchObject({ sequence: 2 });
  expect(await findingsOf(station, lines.join('\n'))).toEqual([]);
  expect(() => readHeads('{"event":"request"}', 'log')).toThrow('log has no audit heads');
  expect(() => readHeads('x y z', 'log')).toThrow('log, line 1');
});

test('the command ends with 1 and says where a chain breaks, and prints heads it reads again', async () => {
  const { target } = own.poolOptions;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../api/commands/audit.ts'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...('url' in target ? { DATABASE_URL: target.url } : { DATA_DIR: target.socketDir }) },
    });
  const station = await makeChain(3);
  const file = join(directory, 'heads.txt');
  const printed = run('head');
  expect([printed.status, printed.stderr]).toEqual([0, '']);
  writeFileSync(
    file,
    printed.stdout
      .split('\n')
      .filter((line) => line.startsWith(station))
      .join('\n'),
  );
  await tamper((transaction) =>
    transaction.execute(
      sql`UPDATE audit_entries SET outcome = 'failed' WHERE station_id = ${station} AND sequence = 2`,
    ),
  );
  const verified = run('verify', '--head', file);
  expect(verified.status).toBe(1);
  expect(verified.stdout).toMatch(new RegExp(`BROKEN ${station} .*\\n +edited: entry 2 is not what was hashed`));
  expect(run('verify', '--head', join(directory, 'none')).status).toBe(1);
  expect(run('nonsense').stderr).toContain('npm run audit -- verify');
}, 180_000);
