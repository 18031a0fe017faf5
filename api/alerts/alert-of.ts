import type { Alert } from './contract.ts';
import type { AlertRow } from './queries.ts';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The server's own marks in `detail` are not told. */
const withoutMarks = ({ requestId: _, ...detail }: Record<string, unknown>): Record<string, unknown> => detail;

/** A row as it is answered. */
export function alertOf({ lng, lat, openedAtMs, acknowledgedAtMs, resolvedAtMs, ...row }: AlertRow): Alert {
  return {
    ...row,
    detail: withoutMarks(row.detail),
    openedAt: new Date(openedAtMs).toISOString(),
    lngLat: lng === null || lat === null ? null : [lng, lat],
    acknowledgedAt: iso(acknowledgedAtMs),
    resolvedAt: iso(resolvedAtMs),
  };
}
