import type { ExportRequest } from '$api/exports/contract.ts';
import type { Bbox } from '$api/positions/contract.ts';
import { toTimeMs } from '$lib/state/incident-columns.ts';
import type { IncidentBounds, IncidentFilter } from '$lib/state/incident-filter.ts';

export const exportedThings = ['incidents', 'grids', 'sentinels', 'units'] as const;
export type ExportedThing = (typeof exportedThings)[number];
export type ExportFormat = 'csv' | 'geojson';

export interface ExportChoice {
  what: ExportedThing;
  format: ExportFormat;
  stationId: string;
  /** Undefined: the whole station. */
  bbox: Bbox | undefined;
}

/** The request for exactly what the map's filter shows; times beyond any calendar are no bounds. */
export function exportRequest(
  { what, format, stationId, bbox }: ExportChoice,
  {
    filter,
    bounds,
    presenceFromMs,
  }: { filter: IncidentFilter; bounds: IncidentBounds; presenceFromMs: number | undefined },
): ExportRequest {
  const rows = { format, stationId, ...(bbox && { bbox: [...bbox] as Bbox }) };
  if (what === 'sentinels' || what === 'units') return { what, ...rows };
  const instant = (minute: number): string | undefined => {
    const timeMs = toTimeMs(minute);
    return Math.abs(timeMs) < 4e12 ? new Date(timeMs).toISOString() : undefined;
  };
  const [from, to] = [instant(bounds.fromMinute), instant(bounds.toMinute)];
  const narrowed = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    hours: filter.hours,
    weekdays: filter.weekdays,
    hiddenCategories: [...filter.hiddenCategories],
    hiddenSources: [...filter.hiddenSources],
  };
  if (what === 'incidents') return { what, ...rows, filter: narrowed };
  return {
    what,
    ...rows,
    filter: narrowed,
    ...(presenceFromMs !== undefined && { presenceFrom: new Date(presenceFromMs).toISOString() }),
  };
}
