import type { Database } from '../database/database.ts';
import { countByGridNow, countWeeksBefore, findBurstStation, type GridCount } from './burst-queries.ts';
import {
  burstThreshold,
  historyWeeks,
  judgeBurst,
  leastCount,
  leastWeeks,
  windowAt,
  windowHours,
  type Burst,
} from './judge-burst.ts';
import { findOpenCauses } from './queries.ts';
import { raiseAlert, resolveAlert } from './raise-alert.ts';

interface Parts {
  database: Database;
  announce(stationId: string): void;
  now(): number;
}

/** A burst is over when what happens now is nothing special; what raises and what ends it lie apart, or it would flicker. */
const overProbability = 0.05;

const causeOf = (gridId: string): string => `incidentBurst:${gridId}`;
const weekMs = 7 * 86_400_000;

/**
 * Compares what happens in each grid with the grid's own history (`judge-burst.ts`), raises an alert of a burst and
 * resolves it. In short transactions, one a grid, so that the embedded engine's session is soon free again.
 */
export async function lookForBursts({ database, announce, now }: Parts, stationId: string): Promise<void> {
  const nowMs = now();
  const window = windowAt(nowMs);
  const { station, counts, open } = await database.inScope([stationId], async (transaction) => ({
    station: await findBurstStation(transaction, stationId),
    counts: await countByGridNow(transaction, stationId, window),
    open: new Set(await findOpenCauses(transaction, [stationId], 'incidentBurst')),
  }));
  if (!station) return;
  const weeks = Math.min(historyWeeks, Math.floor((window.fromMs - (station.firstAtMs ?? nowMs)) / weekMs));
  const threshold = burstThreshold(station.grids);
  const bursts: { grid: GridCount; burst: Burst }[] = [];
  const lasting = new Set<string>();
  for (const grid of weeks >= leastWeeks ? counts : []) {
    if (grid.count < leastCount) continue;
    const history = await database.inScope([stationId], (transaction) =>
      countWeeksBefore(transaction, { stationId, gridId: grid.gridId }, window, { timeZone: station.timeZone, weeks }),
    );
    const burst = judgeBurst(grid.count, history);
    if (burst.probability < overProbability) lasting.add(causeOf(grid.gridId));
    if (burst.probability < threshold && !open.has(causeOf(grid.gridId))) bursts.push({ grid, burst });
  }
  const over = [...open].filter((cause) => !lasting.has(cause));
  if (bursts.length === 0 && over.length === 0) return;
  await database.inScope([stationId], async (transaction) => {
    for (const cause of over) await resolveAlert(transaction, stationId, cause);
    for (const { grid, burst } of bursts)
      await raiseAlert(transaction, {
        stationId,
        kind: 'incidentBurst',
        cause: causeOf(grid.gridId),
        severity: 'warning',
        gridId: grid.gridId,
        lngLat: [grid.lng, grid.lat],
        detail: {
          grid: grid.gridNumber,
          count: grid.count,
          windowHours,
          weeks,
          method: burst.method,
          expected: Math.round(burst.expected * 100) / 100,
          probability: Number(burst.probability.toPrecision(2)),
        },
      });
  });
  announce(stationId);
}
