import type { Database } from '../database/database.ts';
import { asError, type Log } from '../operation/log.ts';
import { rollUpPresence } from './roll-up.ts';

const everyMs = 60_000;
/** After the start, which has enough to do. */
const firstAfterMs = 20_000;

/**
 * Rolls presence up every minute while the server runs; with nothing due that is three light queries a station.
 * @param isQuiet whether nobody waits for the database; the work stands back for a while when somebody does
 * @returns ends it, when the transaction under way is done
 */
export function keepRollingUp({
  database,
  log,
  isQuiet,
}: {
  database: Database;
  log: Log;
  isQuiet: () => boolean;
}): () => Promise<void> {
  let isEnding = false;
  let running: Promise<unknown> | undefined;
  const pause = async (): Promise<void> => {
    for (let waited = 0; waited < 2000 && !isEnding; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (isQuiet()) break;
    }
    if (isEnding) throw new Error('the server ends');
  };
  const run = (): void => {
    running ??= rollUpPresence({ database, pause })
      .catch((error: unknown) => {
        if (!isEnding) log.error('presence.roll-up-failed', { error: asError(error) });
      })
      .finally(() => (running = undefined));
  };
  const first = setTimeout(run, firstAfterMs).unref();
  const timer = setInterval(run, everyMs).unref();
  return async () => {
    isEnding = true;
    clearTimeout(first);
    clearInterval(timer);
    await running;
  };
}
