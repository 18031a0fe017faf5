import type { Database } from '../database/database.ts';
import { asError, type Log } from '../operation/log.ts';
import { listAuditHeads } from './queries.ts';

const dayMs = 86_400_000;
/** After a start the database has better to do. */
const firstAfterMs = 30_000;

/**
 * Writes where each chain ends to the log, soon after the start and then daily, for keeping on another machine: a chain
 * that was rewritten to its end verifies against everything but a head that its writer cannot reach.
 */
export async function logHeads(database: Database, log: Log): Promise<void> {
  for (const { stationId, sequence, hash, at } of await database.inScope([], listAuditHeads))
    log.info('audit.head', { stationId, sequence, hash: hash?.toString('hex'), at: at?.toISOString() });
}

/** @returns ends it */
export function logHeadsDaily(database: Database, log: Log): () => void {
  const run = () =>
    void logHeads(database, log).catch((error: unknown) => log.error('audit.head-failed', { error: asError(error) }));
  const first = setTimeout(run, firstAfterMs).unref();
  const daily = setInterval(run, dayMs).unref();
  return () => {
    clearTimeout(first);
    clearInterval(daily);
  };
}
