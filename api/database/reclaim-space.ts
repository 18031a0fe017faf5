import { asError, type Log } from '../operation/log.ts';
import type { Database } from './database.ts';
import { sql } from './sql.ts';

/** A table below this has nothing worth the statement; beyond, as autovacuum does: when a fifth of it is dead. */
const minDeadRows = 500;
const deadShare = 0.2;

/** What was done to one table, for the log. */
export interface Reclaimed {
  table: string;
  deadRows: number;
  tookMs: number;
}

/**
 * Makes room of what was changed or deleted, one table after another. The embedded engine says that autovacuum is on
 * and has no process for it: without this, whatever is deleted or indexed anew takes space for good. PostGIS does it by
 * itself. Rows that ingest updates need none of it: latest_fixes leaves half of each page free, so that its updates
 * take the place of dead rows.
 * @param untilQuiet resolves when nobody waits for the engine, which does nothing else meanwhile
 */
export async function reclaimSpace(
  database: Database,
  untilQuiet: () => Promise<void> = async () => {},
): Promise<Reclaimed[]> {
  if (database.engine !== 'embedded') return [];
  const tables = await database.asOwner((transaction) =>
    transaction.query<{ schema: string; name: string; deadRows: number }>(sql`
      SELECT schemaname AS schema, relname AS name, n_dead_tup AS "deadRows" FROM pg_stat_user_tables
      WHERE n_dead_tup >= ${minDeadRows} + ${deadShare}::float8 * n_live_tup ORDER BY n_dead_tup`),
  );
  const reclaimed: Reclaimed[] = [];
  for (const { schema, name, deadRows } of tables) {
    await untilQuiet();
    const startMs = performance.now();
    await database.vacuum({ schema, name });
    reclaimed.push({ table: name, deadRows, tookMs: Math.round(performance.now() - startMs) });
  }
  return reclaimed;
}

const everyMs = 10 * 60_000;
/** A server that is never quiet for so long is vacuumed all the same. */
const maxWaitMs = 30_000;

/** Reclaims space now and then while the server runs. @returns what ends it */
export function keepReclaiming(
  database: Database,
  { isQuiet, log }: { isQuiet: () => boolean; log: Log },
): () => Promise<void> {
  let isOver = false;
  let running: Promise<void> = Promise.resolve();
  const untilQuiet = async () => {
    for (const startMs = Date.now(); !isOver && !isQuiet() && Date.now() - startMs < maxWaitMs;)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const timer = setInterval(() => {
    running = reclaimSpace(database, untilQuiet)
      .then((tables) => tables.forEach((table) => log.info('database.space-reclaimed', { ...table })))
      .catch((error: unknown) => log.warn('database.space-not-reclaimed', { error: asError(error) }));
  }, everyMs);
  timer.unref();
  return async () => {
    isOver = true;
    clearInterval(timer);
    await running;
  };
}
