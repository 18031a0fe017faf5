import { raiseAlert } from '../alerts/raise-alert.ts';
import type { Database } from '../database/database.ts';
import type { LiveHub } from '../live/hub.ts';
import { asError, type Log } from '../operation/log.ts';
import type { UnitRegistry } from '../units/registry.ts';
import { includeWithdrawn } from './queries.ts';
import { markUnanswered, type UnansweredRow } from './unanswered-queries.ts';

/** The limit is in minutes; an index lookup so often costs nothing worth mentioning. */
const everyMs = 5000;

interface Parts {
  database: Database;
  live: Pick<LiveHub, 'announceChange'>;
  registry: Pick<UnitRegistry, 'stationIds'>;
  log: Log;
}

/** Of one dispatch one alert is open: it ends with the answer. */
export const unansweredCause = (dispatchId: string): string => `dispatchUnanswered:${dispatchId}`;

/**
 * Raises an alert for each dispatch that nobody answered in time. By the times in the database, so that a server that was
 * down meanwhile does it when it comes back.
 * @returns those it raised one for
 */
export async function raiseUnanswered({ database, live, registry }: Omit<Parts, 'log'>): Promise<UnansweredRow[]> {
  const { stationIds } = registry;
  const unanswered = await database.inScope(stationIds, async (transaction) => {
    await includeWithdrawn(transaction);
    const rows = await markUnanswered(transaction, stationIds);
    for (const { id, stationId, unitId, incidentId, incidentNumber, answerSeconds } of rows)
      await raiseAlert(transaction, {
        stationId,
        kind: 'dispatchUnanswered',
        cause: unansweredCause(id),
        severity: 'warning',
        unitId,
        incidentId,
        dispatchId: id,
        detail: { incidentNumber, answerSeconds },
      });
    return rows;
  });
  for (const stationId of new Set(unanswered.map((row) => row.stationId))) {
    live.announceChange(stationId, 'dispatches');
    live.announceChange(stationId, 'alerts');
  }
  return unanswered;
}

/** @returns ends it */
export function keepWatchingAnswers(parts: Parts): () => void {
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    raiseUnanswered(parts)
      .catch((error: unknown) => parts.log.error('dispatch.watch-failed', { error: asError(error) }))
      .finally(() => (isRunning = false));
  }, everyMs).unref();
  return () => clearInterval(timer);
}
