import type { Database, Transaction } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { hashEntry, noHash } from '../../api/audit/hash-entry.ts';
import { findChain } from '../../api/audit/queries.ts';

/** What a database superuser can do: with the triggers off, for this transaction. */
export async function asTamperer(database: Database, work: (transaction: Transaction) => Promise<void>): Promise<void> {
  await database.asOwner(async (transaction) => {
    for (const table of ['audit_entries', 'audit_heads'])
      await transaction.execute({ text: `ALTER TABLE ${table} DISABLE TRIGGER USER`, values: [] });
    await work(transaction);
    for (const [table, triggers] of [
      ['audit_entries', ['refuse_update', 'refuse_delete', 'refuse_truncate']],
      ['audit_heads', ['only_forward', 'refuse_delete', 'refuse_truncate']],
    ] as const)
      for (const trigger of triggers)
        await transaction.execute({ text: `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${trigger}`, values: [] });
  });
}

/** Rewrites a chain from this sequence on so that it hangs together again, head and all: what only a kept head tells. */
export async function rehash(transaction: Transaction, stationId: string, from = 1): Promise<void> {
  const entries = await findChain(transaction, stationId, 0, 100_000);
  let previousHash: Buffer = noHash;
  for (const entry of entries) {
    if (entry.sequence >= from) {
      const hash = hashEntry({ ...entry, previousHash });
      await transaction.execute(sql`
        UPDATE audit_entries SET previous_hash = ${previousHash}, hash = ${hash} WHERE station_id = ${stationId} AND sequence = ${entry.sequence}`);
      previousHash = hash;
    } else previousHash = entry.hash;
  }
  await transaction.execute(sql`
    UPDATE audit_heads SET sequence = ${entries.at(-1)?.sequence ?? 0}, hash = ${previousHash} WHERE station_id = ${stationId}`);
}

/** Makes entries look so many days old, each, in their order. */
export async function makeOld(database: Database, stationId: string, ages: readonly number[]): Promise<void> {
  await asTamperer(database, async (transaction) => {
    for (const [index, days] of ages.entries())
      await transaction.execute(sql`
        UPDATE audit_entries SET at = now() - ${days}::integer * interval '1 day' WHERE station_id = ${stationId} AND sequence = ${index + 1}`);
    await rehash(transaction, stationId);
  });
}
