import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';

export type RevisedNoun = 'units' | 'grids' | 'sentinels' | 'incidents' | 'stations';

/** How often has this noun changed in each station? By the primary key; a station without a row never changed. */
export async function findRevisions(transaction: Transaction, noun: RevisedNoun, stationIds: readonly string[]) {
  return transaction.query<{ stationId: string; revision: number }>(sql`
    SELECT station_id AS "stationId", revision FROM revisions
    WHERE noun = ${noun} AND station_id = ANY(${stationIds}::uuid[]) ORDER BY station_id`);
}

/** Tells readers that a noun of a station changed; belongs in the transaction that changes it. */
export async function raiseRevision(transaction: Transaction, noun: RevisedNoun, stationId: string): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO revisions (station_id, noun) VALUES (${stationId}, ${noun})
    ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1`);
}
