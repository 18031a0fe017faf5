import { maxTracksRangeMs } from '$api/tracks/contract.ts';
import { defaultShiftMs } from '$api/units/contract.ts';
import type { Period } from '$lib/state/replay-state.svelte.ts';
import { instantOf, wallTimeOf } from '../admin/wall-time.ts';

export const periodChoices = ['lastHour', 'shift', 'today', 'own'] as const;
export type PeriodChoice = (typeof periodChoices)[number];

/** Times as two date-and-time fields hold them, on the station's own clock. */
export interface WallTimes {
  from: string;
  to: string;
}

/** The period of a choice that needs nothing typed. */
export function periodOf(choice: Exclude<PeriodChoice, 'own'>, nowMs: number, timeZone: string): Period {
  if (choice === 'lastHour') return { from: nowMs - 3_600_000, to: nowMs };
  if (choice === 'shift') return { from: nowMs - defaultShiftMs, to: nowMs };
  const midnight = Date.parse(instantOf(`${wallTimeOf(nowMs, timeZone).slice(0, 10)}T00:00`, timeZone));
  // A day that is set back is an hour longer than one look.
  return { from: Math.max(midnight, nowMs - maxTracksRangeMs), to: nowMs };
}

export const wallTimesOf = ({ from, to }: Period, timeZone: string): WallTimes => ({
  from: wallTimeOf(from, timeZone),
  to: wallTimeOf(to, timeZone),
});

/** The period that was typed, or what is wrong with it. */
export function readWallTimes(
  { from, to }: WallTimes,
  timeZone: string,
): { period: Period } | { problem: 'badTime' | 'badOrder' | 'tooLong' } {
  const read = (text: string): number =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(instantOf(text, timeZone)) : NaN;
  const period = { from: read(from), to: read(to) };
  if (Number.isNaN(period.from) || Number.isNaN(period.to)) return { problem: 'badTime' };
  if (period.from >= period.to) return { problem: 'badOrder' };
  return period.to - period.from > maxTracksRangeMs ? { problem: 'tooLong' } : { period };
}
