import type { Dispatch } from '$api/dispatches/contract.ts';
import type { Figures } from '$api/figures/contract.ts';
import type { Incident } from '$api/incidents/contract.ts';
import type { ChangedNoun } from '$api/live/contract.ts';
import type { SavedView } from '$api/views/contract.ts';
import { entriesOfAlerts, entriesOfDispatches, entriesOfIncidents, feedLength } from '$lib/state/feed.ts';
import type { Listeners } from '$lib/state/listeners.ts';
import type { SessionState } from '$lib/state/session-state.svelte.ts';
import type { WallState } from '$lib/state/wall-state.svelte.ts';
import { readAlerts } from './alerts.ts';
import { failureFor, getJson } from './client.ts';
import { repeatReading, type Repeated } from './repeat-reading.ts';

/** Comparisons move on with the clock, also where nothing happens. */
const figuresEveryMs = 30_000;
/** What live news may have missed is seen by then. */
const restEveryMs = 300_000;

/**
 * Reads what a wall of this station shows besides the map, and again whenever the server says that it changed.
 * @returns the end of it.
 */
export function followWall(
  wall: WallState,
  { stationId, session, news }: { stationId: string; session: SessionState; news: Listeners<ChangedNoun> },
): () => void {
  wall.clear();
  const query = { station: stationId };
  const whenSeen = (noun: 'incidents' | 'dispatches' | 'alerts', reading: () => Repeated): Repeated[] =>
    session.audienceOf(noun, stationId) === 'exact' ? [reading()] : [];
  const readings = [
    repeatReading({
      nouns: ['incidents', 'units', 'sentinels', 'alerts', 'dispatches'],
      everyMs: figuresEveryMs,
      read: async (signal) => wall.figuresLoaded(await getJson<Figures>('/api/figures', { query, signal })),
      failed: (error) => wall.figuresFailed(failureFor(error)),
    }),
    ...whenSeen('incidents', () =>
      repeatReading({
        nouns: ['incidents'],
        everyMs: restEveryMs,
        async read(signal) {
          const newest = { ...query, limit: String(feedLength) };
          const { incidents } = await getJson<{ incidents: Incident[] }>('/api/incidents', { query: newest, signal });
          wall.told('incident', entriesOfIncidents(incidents));
        },
      }),
    ),
    ...whenSeen('dispatches', () =>
      repeatReading({
        nouns: ['dispatches'],
        everyMs: restEveryMs,
        async read(signal) {
          const { dispatches } = await getJson<{ dispatches: Dispatch[] }>('/api/dispatches', { query, signal });
          wall.told('dispatch', entriesOfDispatches(dispatches));
        },
      }),
    ),
    ...whenSeen('alerts', () =>
      repeatReading({
        nouns: ['alerts'],
        everyMs: restEveryMs,
        async read(signal) {
          // The strip shows the open ones; here also what is over.
          const alerts = await readAlerts(stationId, 'all', signal);
          wall.told('alert', entriesOfAlerts(alerts.slice(0, feedLength)));
        },
      }),
    ),
    repeatReading({
      nouns: ['views'],
      everyMs: restEveryMs,
      async read(signal) {
        wall.viewsLoaded((await getJson<{ views: SavedView[] }>('/api/views', { query, signal })).views);
      },
    }),
  ];
  const stopNews = news.add((noun) => {
    for (const reading of readings) reading.changed(noun);
  });
  return () => {
    stopNews();
    for (const reading of readings) reading.end();
  };
}
