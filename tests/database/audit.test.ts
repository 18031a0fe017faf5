import { afterAll, expect, test } from 'vitest';
import { createAudit, type NewAuditEntry } from '../../api/audit/audit.ts';
import { hashEntry, noHash } from '../../api/audit/hash-entry.ts';
import { findChain, listAuditHeads, type ChainedEntry } from '../../api/audit/queries.ts';
import { sql, type Statement } from '../../api/database/sql.ts';
import { makeStation, openTestDatabase } from './harness.ts';

const database = openTestDatabase();
const audit = createAudit(database);
afterAll(() => database.close());

const entry = (stationId: string, more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  stationId,
  actor: null,
  action: 'test.done',
  outcome: 'done',
  ...more,
});

const readChain = (stationId: string): Promise<ChainedEntry[]> =>
  database.inScope([stationId], (transaction) => findChain(transaction, stationId, 0, 1000));

async function headOf(stationId: string) {
  const heads = await database.inScope([], listAuditHeads);
  return heads.find((head) => head.stationId === stationId);
}

/** Each entry hashes to what stands there and names the one before. */
function expectWhole(entries: readonly ChainedEntry[]): void {
  entries.forEach((row, index) => {
    expect(row.sequence).toBe(index + 1);
    expect(row.previousHash.equals(entries[index - 1]?.hash ?? noHash)).toBe(true);
    expect(hashEntry(row).equals(row.hash)).toBe(true);
  });
}

test('an entry keeps what happened, and its hash is the one computed apart from the database', async () => {
  const station = await makeStation(database);
  await audit.write(
    entry(station, {
      actor: { accountId: '018f0000-0000-7000-8000-00000000000A', name: '王 "警官", 1:2' },
      action: 'unit.track-read',
      target: { kind: 'unit', id: 'u1', name: '河湾 1 号' },
      detail: { reason: '核实报警 \u0000 😀 \ud800', b: 1, a: [null, 1.5] },
      address: '2001:db8::1',
    }),
  );
  await audit.write(entry(station, { outcome: 'refused' }));
  const entries = await readChain(station);
  expect(entries).toHaveLength(2);
  expectWhole(entries);
  expect(entries[0]).toMatchObject({
    actorId: '018f0000-0000-7000-8000-00000000000a',
    actorName: '王 "警官", 1:2',
    targetName: '河湾 1 号',
    detail: '{"reason":"核实报警 \ufffd 😀 \ufffd","b":1,"a":[null,1.5]}',
    address: '2001:db8::1',
  });
  const head = await headOf(station);
  expect(head).toMatchObject({ sequence: 2, anchorSequence: 0 });
  expect(head?.hash?.equals(entries[1]!.hash)).toBe(true);
});

test('a hundred written at once are all there, each after the one before', async () => {
  const station = await makeStation(database);
  await Promise.all(Array.from({ length: 100 }, (_, index) => audit.write(entry(station, { detail: { index } }))));
  const entries = await readChain(station);
  expect(entries).toHaveLength(100);
  expectWhole(entries);
  expect(new Set(entries.map(({ detail }) => detail)).size).toBe(100);
  const micros = entries.map(({ atMicros }) => BigInt(atMicros));
  expect(micros.every((at, index) => index === 0 || at >= micros[index - 1]!)).toBe(true);
});

test('an entry of a transaction that fails is not there, and the chain goes on without a hole', async () => {
  const station = await makeStation(database);
  await audit.write(entry(station));
  await expect(
    database.inScope([station], async (transaction) => {
      await audit.writeIn(transaction, entry(station, { action: 'test.undone' }));
      throw new Error('undone');
    }),
  ).rejects.toThrow('undone');
  await audit.write(entry(station));
  const entries = await readChain(station);
  expect(entries.map(({ action }) => action)).toEqual(['test.done', 'test.done']);
  expectWhole(entries);
});

test('the chain of another station is not to be read', async () => {
  const [station, other] = [await makeStation(database), await makeStation(database)];
  await audit.write(entry(station));
  const rows = await database.inScope([other], (transaction) => findChain(transaction, station, 0, 10));
  expect(rows).toEqual([]);
});

test('the app role and the owner can neither change nor remove entries, nor move a head back', async () => {
  const station = await makeStation(database);
  await audit.write(entry(station));
  const attempts: Statement[] = [
    sql`UPDATE audit_entries SET outcome = 'refused' WHERE station_id = ${station}`,
    sql`DELETE FROM audit_entries WHERE station_id = ${station}`,
    sql`TRUNCATE audit_entries`,
    sql`UPDATE audit_heads SET sequence = 0 WHERE station_id = ${station}`,
    sql`UPDATE audit_heads SET hash = sha256('x') WHERE station_id = ${station}`,
    sql`DELETE FROM audit_heads WHERE station_id = ${station}`,
    sql`TRUNCATE audit_heads`,
  ];
  for (const attempt of attempts) {
    await expect(
      database.inScope([station], (transaction) => transaction.execute(attempt)),
      attempt.text,
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      database.asOwner(async (transaction) => {
        await transaction.execute(sql`SET LOCAL shaodian.audit = 'on'`);
        await transaction.execute(sql`SET LOCAL shaodian.audit_removal = 'on'`);
        await transaction.execute(attempt);
      }),
      attempt.text,
    ).rejects.toMatchObject({ code: '42501' });
  }
  await expect(
    database.inScope([station], (transaction) =>
      transaction.execute(sql`INSERT INTO audit_heads (station_id) VALUES (${station})`),
    ),
  ).rejects.toMatchObject({ code: '42501' });
  expectWhole(await readChain(station));
});

test('nothing younger than 183 days is removed', async () => {
  const station = await makeStation(database);
  await audit.write(entry(station));
  await expect(
    database.inScope([station], (transaction) =>
      transaction.execute(sql`SELECT remove_audit_entries(${station}, now() - interval '182 days', 100)`),
    ),
  ).rejects.toMatchObject({ code: '42501' });
  const [row] = await database.inScope([station], (transaction) =>
    transaction.query<{ removed: number }>(
      sql`SELECT remove_audit_entries(${station}, now() - interval '183 days', 100) AS removed`,
    ),
  );
  expect(row?.removed).toBe(0);
  expect(await readChain(station)).toHaveLength(1);
});
