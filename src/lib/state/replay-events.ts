import type { StationEvent } from '$api/events/contract.ts';

/** An event with its moment as a number. */
export interface ReplayEvent extends Omit<StationEvent, 'at'> {
  atMs: number;
}

export const toReplayEvents = (events: readonly StationEvent[]): ReplayEvent[] =>
  events.map(({ at, ...event }) => ({ ...event, atMs: Date.parse(at) })).toSorted((a, b) => a.atMs - b.atMs);

/** How many events were at or before this moment. */
export function countUntil(events: readonly ReplayEvent[], atMs: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events[middle]!.atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first event after this moment; undefined: none. */
export const eventAfter = (events: readonly ReplayEvent[], atMs: number): ReplayEvent | undefined =>
  events[countUntil(events, atMs)];

/** The last event before this moment, of those at one moment too: so that a step back leaves it. */
export const eventBefore = (events: readonly ReplayEvent[], atMs: number): ReplayEvent | undefined =>
  events[countUntil(events, atMs - 1) - 1];

/** How many events fall into each of so many equal parts of a period. */
export function densityOf(
  events: readonly ReplayEvent[],
  { from, to }: { from: number; to: number },
  parts: number,
): number[] {
  const counts = Array.from({ length: parts }, () => 0);
  for (const { atMs } of events) {
    const part = Math.floor(((atMs - from) / (to - from)) * parts);
    if (part >= 0 && part < parts) counts[part]!++;
  }
  return counts;
}
