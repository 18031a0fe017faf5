import type { Connection } from '$lib/state/unit-state.svelte.ts';

/** Ticks come once a second; a picture older than this is no longer what happens now, and the bar says so loudly. */
export const oldAfterS = 8;
/**
 * A live connection that says nothing is given up before this; what looks older is a page that was held up for a
 * moment and has its ticks waiting, and must not flash an alarm.
 */
const brokenAfterS = 20;
/** Below this a tick is merely late. */
const freshBelowS = 4;

/** `waiting`: not live, but what is shown is still true; `old`: what is shown may mislead; `off`: nothing live is shown. */
export type Freshness = 'connecting' | 'live' | 'waiting' | 'old' | 'off';

export function readFreshness(connection: Connection, dataAgeS: number | undefined): Freshness {
  if (connection.kind === 'off') return 'off';
  if (dataAgeS === undefined) return connection.kind === 'waiting' ? 'old' : 'connecting';
  if (dataAgeS >= (connection.kind === 'live' ? brokenAfterS : oldAfterS)) return 'old';
  return connection.kind === 'live' && dataAgeS < freshBelowS ? 'live' : 'waiting';
}
