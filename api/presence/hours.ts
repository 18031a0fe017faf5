import { staleAfterS } from '../units/contract.ts';
import { absenceMs, hourMs, visitWithinMs } from './contract.ts';

const maxGapMs = 1000 * Math.max(...Object.values(staleAfterS));
/** So long before an hour fixes are read for it: a line that crosses into it, and a stay that goes on in it. */
export const lookBackMs = maxGapMs + absenceMs;
/** So long after it: a line that crosses out of it, and a stay of which is not known yet whether it is a visit. */
export const lookAheadMs = maxGapMs + visitWithinMs;
/** An hour is rolled up when all that it reads may have come. */
export const settleMs = lookAheadMs + 60_000;

export const hourOf = (atMs: number): number => Math.floor(atMs / hourMs) * hourMs;

/** The end of the hours that may be rolled up now. */
export const settledEnd = (nowMs: number): number => hourOf(nowMs - settleMs);

/** A fix that came so late may belong to an hour that is rolled up already. */
export const isLate = (atMs: number, receivedAtMs: number): boolean => atMs < receivedAtMs - 60_000;

/** The settled hours whose presence a late fix changes: its own, and those that look so far. */
export function hoursTouched(atMs: number, receivedAtMs: number): number[] {
  const end = settledEnd(receivedAtMs + 60_000);
  const hours = new Set([hourOf(atMs - lookAheadMs), hourOf(atMs), hourOf(atMs + lookBackMs)]);
  return [...hours].filter((hour) => hour < end);
}
