import type { UnitKind } from '../positions/contract.ts';
import { staleAfterS } from '../units/contract.ts';

/** What is known of a unit on duty, ms since 1970. */
export interface HeardUnit {
  kind: UnitKind;
  /** Its newest fix, by the device's clock; undefined: it never reported. */
  fixAtMs: number | undefined;
  /** Beginnings and ends of its duty in turn; empty: on duty since it was made. */
  dutyPeriods: readonly number[];
}

/**
 * Since when a unit on duty has been silent: its newest fix, or the beginning of its shift when it has not reported since.
 * undefined: it never reported and nobody ever began a shift, so that no device can be missed.
 */
export function silentSince({ fixAtMs, dutyPeriods }: HeardUnit): number | undefined {
  const shiftMs = dutyPeriods.at(-2);
  if (fixAtMs === undefined) return shiftMs;
  return shiftMs === undefined ? fixAtMs : Math.max(fixAtMs, shiftMs);
}

/**
 * Whether it has been silent for longer than its kind may be (`staleAfterS`, as lists and the map show it). What was not
 * heard while nobody listened is no silence: it counts from `listeningSinceMs` on.
 */
export function isSilent(unit: HeardUnit, nowMs: number, listeningSinceMs: number): boolean {
  const sinceMs = silentSince(unit);
  return sinceMs !== undefined && nowMs - Math.max(sinceMs, listeningSinceMs) > staleAfterS[unit.kind] * 1000;
}
