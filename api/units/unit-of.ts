import { staleAfterS, type Unit } from './contract.ts';
import type { UnitRow } from './queries.ts';

/** A unit as it is sent: how old its newest fix is decides whether it is stale. */
export function unitOf({ lng, lat, observedAtMs, ...row }: UnitRow, nowMs: number): Unit {
  const isOld = observedAtMs === null || nowMs - observedAtMs > staleAfterS[row.kind] * 1000;
  return {
    ...row,
    lngLat: lng === null || lat === null ? null : [lng, lat],
    at: observedAtMs === null ? null : new Date(observedAtMs).toISOString(),
    stale: row.dutyState === 'on' && isOld,
  };
}
