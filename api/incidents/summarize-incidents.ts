import { fewestTold, summaryDays, type IncidentSummary } from './contract.ts';
import type { GridCountRow } from './reading-queries.ts';

const hourMs = 3_600_000;

/** The time a summary counts: seven days up to the last full hour. */
export function summaryRange(nowMs: number): { from: Date; to: Date } {
  const toMs = Math.floor(nowMs / hourMs) * hourMs;
  return { from: new Date(toMs - summaryDays * 24 * hourMs), to: new Date(toMs) };
}

/** Counts in the order of `rows`; where only grids may be seen, a small count is one of "1–2" and no sum gives it away. */
export function summarizeIncidents(
  rows: readonly GridCountRow[],
  { from, to }: { from: Date; to: Date },
  exactStationIds: ReadonlySet<string>,
): IncidentSummary {
  const grids = new Map<string, IncidentSummary['grids'][number]>();
  for (const { stationId, gridId, category, count } of rows) {
    const key = `${stationId} ${gridId}`;
    const grid = grids.get(key) ?? { stationId, gridId, atLeast: 0, categories: [] };
    grids.set(key, grid);
    const isTold = count >= fewestTold || exactStationIds.has(stationId);
    grid.categories.push({ category, count: isTold ? count : null });
    grid.atLeast += isTold ? count : 1;
  }
  // The order of counts must not tell one from two.
  for (const { categories } of grids.values())
    categories.sort((a, b) => (b.count ?? 1) - (a.count ?? 1) || (a.category < b.category ? -1 : 1));
  return { from: from.toISOString(), to: to.toISOString(), grids: [...grids.values()] };
}
