import type { Database } from '../database/database.ts';
import { makeFixPartitions } from './queries.ts';

const dayMs = 86_400_000;

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * The day partitions of fixes. Made in a transaction of their own, because making one locks the whole table until the
 * transaction ends; those that are there are remembered.
 */
export class FixPartitions {
  #database: Database;
  #known = new Set<number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes what is missing of the days of these times (ms since 1970). */
  async ensure(times: Iterable<number>): Promise<void> {
    const missing = new Set<number>();
    for (const ms of times) {
      const day = Math.floor(ms / dayMs);
      if (!this.#known.has(day)) missing.add(day);
    }
    if (missing.size === 0) return;
    const days = [...missing].map((day) => dayOf(day * dayMs));
    await this.#database.inScope([], (transaction) => makeFixPartitions(transaction, days));
    for (const day of missing) this.#known.add(day);
  }

  /** Today and tomorrow, so that midnight finds its partition made. */
  ensureAhead(): Promise<void> {
    return this.ensure([Date.now(), Date.now() + dayMs]);
  }

  /** After a write found one missing: somebody dropped it. */
  forget(): void {
    this.#known.clear();
  }
}
