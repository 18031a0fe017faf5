import type { Station } from '$api/stations/contract.ts';
import type { Bbox } from '$api/positions/contract.ts';
import { cellRangeOf, type ChangedNoun } from '$api/live/contract.ts';
import { uniteBboxes } from '$lib/geo/bbox.ts';
import { applyTick } from '$lib/state/apply-tick.ts';
import type { Failure } from '$lib/state/loadable.ts';
import type { ScreenState } from '$lib/state/screen-state.svelte.ts';
import type { SessionState } from '$lib/state/session-state.svelte.ts';
import { failureFor, sessionDoubts } from './client.ts';
import { followIncidents } from './follow-incidents.ts';
import { LiveConnection } from './live.ts';
import { readGrids, readSentinels, readStations, readUnits } from './reads.ts';

/** How long the picture of a failed first read is looked at before the next try. */
const retryMs = 5000;

/**
 * Feeds the screen: reads the stations, then for the one on the screen its base data and its live units, as far as the
 * account sees them; and again whenever a person chooses another one, the server says that something changed, or the
 * account's rights do.
 * @returns the end of it.
 */
export function followScreen(screen: ScreenState, session: SessionState): () => void {
  const { stations, view, clock } = screen;
  const whole = new AbortController();
  let stopStation = (): void => {};
  const follow = (station: Station): void => {
    stopStation();
    stopStation = followStation(screen, session, station);
  };
  clock.start();
  const stopChoices = stations.choices.add((station) => {
    screen.selection.clear();
    if (station.bbox) view.fitTo(station.bbox);
    follow(station);
  });
  const stopRights = session.changes.add(() => {
    if (session.current && stations.current) follow(stations.current);
  });
  let again: ReturnType<typeof setTimeout> | undefined;
  const readList = () =>
    void keepReading(whole.signal, stations, readStations, (list) => {
      stations.loaded(list);
      const station = stations.current;
      // An empty installation is looked at again, until an import made its first station.
      if (!station) return void (again = setTimeout(readList, retryMs));
      if (!view.current && station.bbox) view.fitTo(station.bbox);
      follow(station);
    });
  readList();
  return () => {
    clearTimeout(again);
    whole.abort();
    stopChoices();
    stopRights();
    stopStation();
    clock.stop();
  };
}

/** Reads the base data of one station and holds its live connection. @returns the end of it. */
function followStation(
  { base, units, view, clock, incidents, news }: ScreenState,
  session: SessionState,
  station: Station,
): () => void {
  const ended = new AbortController();
  base.clear();
  units.clear();
  const gridVerbs = { loading: () => base.gridsLoading(), failed: (failure: Failure) => base.gridsFailed(failure) };
  const sentinelVerbs = {
    loading: () => base.sentinelsLoading(),
    failed: (failure: Failure) => base.sentinelsFailed(failure),
  };
  const reads = {
    grids: newestOnly(ended.signal, (signal) =>
      keepReading(
        signal,
        gridVerbs,
        () => readGrids(station.id, signal),
        (grids) => base.gridsLoaded(grids),
      ),
    ),
    sentinels: newestOnly(ended.signal, (signal) =>
      keepReading(
        signal,
        sentinelVerbs,
        () => readSentinels(station.id, signal),
        (points) => base.sentinelsLoaded(points),
      ),
    ),
    units: newestOnly(ended.signal, (signal) =>
      keepReading(
        signal,
        units,
        () => readUnits(station.id, signal),
        (list) => units.loaded(list),
      ),
    ),
  };
  const nouns = ['grids', 'sentinels', 'units'] as const;
  const isRead = (noun: ChangedNoun): noun is (typeof nouns)[number] => nouns.some((known) => known === noun);
  const seen = nouns.filter((noun) => session.sees(noun, station.id));
  for (const noun of seen) reads[noun]();
  const audience = session.audienceOf('incidents', station.id);
  const following = followIncidents(incidents, station, audience === 'own' ? 'none' : audience);
  if (!session.sees('whereabouts', station.id)) {
    units.connectionOff();
    return () => {
      ended.abort();
      following.end();
    };
  }

  const connection = new LiveConnection({
    url: `/api/live?station=${station.id}`,
    onTick: (tick) => {
      clock.observeServerTime(tick.serverTimeMs);
      units.tick(tick.serverTimeMs, (live) => applyTick(live, tick));
    },
    onState: (state) => units.connectionChanged(state),
    onChanged: ({ noun }) => {
      if (noun === 'incidents') following.changed();
      else if (isRead(noun) && seen.includes(noun)) reads[noun]();
      news.tell(noun);
    },
    onRefused: () => sessionDoubts.tell(),
  });
  const look = (bbox: Bbox | undefined): void => {
    // A station without a place yet is watched wherever its units are.
    connection.setView(watchedBbox(bbox, station.bbox ?? undefined) ?? everywhere);
  };
  look(view.bbox);
  const stopMoves = view.moves.add(({ bbox }) => look(bbox));
  return () => {
    ended.abort();
    following.end();
    stopMoves();
    connection.close();
  };
}

const everywhere: Bbox = [-180, -90, 180, 90];

/** A station and what lies around it; a city is told by what is in sight. */
const maxWatchedCells = 100;

/**
 * What the live connection is to tell: the whole station, so that its lists are live too, and what is in sight. Where
 * that is too much, what is in sight alone. Undefined: neither is known.
 */
export function watchedBbox(seen: Bbox | undefined, station: Bbox | undefined): Bbox | undefined {
  if (!seen || !station) return seen ?? station;
  const both = uniteBboxes(seen, station);
  const { west, south, east, north } = cellRangeOf(both);
  return (east - west + 1) * (north - south + 1) <= maxWatchedCells ? both : seen;
}

/** A function that starts a read and ends the one before, so that an older answer never replaces a newer one. */
function newestOnly(ended: AbortSignal, read: (signal: AbortSignal) => Promise<void>): () => void {
  let last: AbortController | undefined;
  return () => {
    last?.abort();
    last = new AbortController();
    void read(AbortSignal.any([ended, last.signal]));
  };
}

/** Reads until it succeeds once or is ended; each failure is shown and followed by another try. */
async function keepReading<T>(
  signal: AbortSignal,
  verbs: { loading(): void; failed(failure: Failure): void },
  read: (signal: AbortSignal) => Promise<T>,
  loaded: (value: T) => void,
): Promise<void> {
  while (!signal.aborted) {
    verbs.loading();
    try {
      const value = await read(signal);
      if (!signal.aborted) loaded(value);
      return;
    } catch (error) {
      if (signal.aborted) return;
      verbs.failed(failureFor(error));
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}
