import type { Database } from '../database/database.ts';
import type { UnitKind } from '../positions/contract.ts';
import { hourMs, type Presence } from './contract.ts';
import { hourOf, settledEnd } from './hours.ts';
import { countDueHours, findDueHours, findFirstTracked, findProgress, sumPresence } from './queries.ts';
import type { RunningPresence } from './running-presence.ts';

/** Hours that are not rolled up are counted from their fixes, so far back; what is older waits for the roll-up. */
const maxRunningHours = 3;

/** What is asked for: whole hours, ms since 1970. */
export interface PresenceSpan {
  fromMs: number;
  toMs: number;
  kinds: readonly UnitKind[];
}

/** The presence of a station's grids: rolled up hours, and those that run or are due from their fixes. */
export async function findPresence(
  database: Database,
  running: RunningPresence,
  stationId: string,
  span: PresenceSpan,
  nowMs: number,
): Promise<Presence> {
  const recentMs = hourOf(nowMs) - (maxRunningHours - 1) * hourMs;
  const { countedFromMs, counted, rows, hoursDue } = await database.inScope([stationId], async (transaction) => {
    const progress = await findProgress(transaction, stationId);
    const firstMs = progress?.countedFromMs ?? (await findFirstTracked(transaction, stationId));
    if (firstMs === null)
      return {
        countedFromMs: null,
        counted: [],
        rows: await sumPresence(transaction, stationId, span, []),
        hoursDue: 0,
      };
    const countedFromMs = hourOf(firstMs);
    const rolledUpToMs = progress?.rolledUpToMs ?? Math.max(countedFromMs, settledEnd(nowMs));
    const due = await findDueHours(transaction, stationId, { fromMs: recentMs, toMs: rolledUpToMs });
    for (let hour = Math.max(rolledUpToMs, recentMs); hour <= nowMs; hour += hourMs) due.push(hour);
    const counted = due.filter((hour) => hour >= span.fromMs && hour < span.toMs);
    // What stopped for long has hours that nobody marked yet.
    const unmarkedMs = Math.min(recentMs, span.toMs) - Math.max(rolledUpToMs, span.fromMs);
    const marked = await countDueHours(transaction, stationId, {
      fromMs: span.fromMs,
      toMs: Math.min(span.toMs, recentMs),
    });
    return {
      countedFromMs,
      counted,
      rows: await sumPresence(transaction, stationId, span, counted),
      hoursDue: marked + Math.max(0, unmarkedMs / hourMs),
    };
  });
  const grids = new Map(rows.map((row) => [row.gridId, { ...row }]));
  running.forget(stationId, Math.min(recentMs, ...counted));
  for (const hour of counted) {
    const { ids, totals } = await running.read(stationId, hour, nowMs);
    for (const kind of span.kinds)
      ids.forEach((id, at) => {
        const grid = grids.get(id);
        if (!grid) return;
        grid.seconds += totals.seconds.get(kind)?.[at] ?? 0;
        grid.visits += totals.visits.get(kind)?.[at] ?? 0;
      });
  }
  return {
    from: new Date(span.fromMs).toISOString(),
    to: new Date(Math.min(span.toMs, nowMs)).toISOString(),
    countedFrom: countedFromMs === null ? null : new Date(countedFromMs).toISOString(),
    hoursDue,
    grids: [...grids.values()],
  };
}
