import { asError, type Log } from '../operation/log.ts';
import type { Audit } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { removeExpired } from './remove-expired.ts';

/** The hour of this machine's day at which little happens. */
const quietHour = 3;
/** A machine that is off at night keeps nothing for ever: once after each start, when that has settled. */
const afterStartMs = 15 * 60_000;

/** How long until the next quiet hour, ms; at least a minute. */
export function untilQuietHour(now: Date): number {
  const next = new Date(now);
  next.setHours(quietHour, 20, 0, 0);
  if (next.getTime() - now.getTime() < 60_000) next.setDate(next.getDate() + 1);
  return next.getTime() - now.getTime();
}

/** Removes what has expired every night, and once after the start. @returns ends it, when the run under way is done */
export function removeExpiredNightly(parts: { database: Database; audit: Audit; log: Log }): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isEnding = false;
  const run = (): void => {
    running ??= removeExpired({
      ...parts,
      pause: async () => {
        // What is left goes the next time.
        if (isEnding) throw new Error('the server ends');
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
    })
      .then(() => {})
      .catch((error: unknown) => {
        if (!isEnding) parts.log.error('retention.failed', { error: asError(error) });
      })
      .finally(() => (running = undefined));
  };
  const first = setTimeout(run, afterStartMs).unref();
  let nightly: NodeJS.Timeout;
  const schedule = (): void => {
    nightly = setTimeout(() => {
      run();
      schedule();
    }, untilQuietHour(new Date())).unref();
  };
  schedule();
  return async () => {
    isEnding = true;
    clearTimeout(first);
    clearTimeout(nightly);
    await running;
  };
}
