import type { StationState } from '$lib/state/station-state.svelte.ts';
import type { UnitState } from '$lib/state/unit-state.svelte.ts';
import { readUnits } from './reads.ts';

const everyMs = 10_000;
/** A list of a city is megabytes: there the numbers stay those of the last read. */
const maxUnits = 2000;

/**
 * Keeps speed, battery and accuracy of the units true while someone looks at them: live frames tell where and when a
 * unit was, to stay small, and not what else its device measured.
 * @returns the end of it.
 */
export function followMeasures(stations: StationState, units: UnitState): () => void {
  const ended = new AbortController();
  const read = async (): Promise<void> => {
    const stationId = stations.current?.id;
    // Without whereabouts there is nothing measured to read.
    if (
      !stationId ||
      units.connection.kind === 'off' ||
      document.hidden ||
      units.status.kind !== 'ready' ||
      units.list.length > maxUnits
    )
      return;
    try {
      const list = await readUnits(stationId, ended.signal);
      if (!ended.signal.aborted && stations.current?.id === stationId) units.loaded(list);
    } catch {
      // That the server is gone is told by the live connection; the next round tries again.
    }
  };
  void read();
  const timer = setInterval(() => void read(), everyMs);
  return () => {
    clearInterval(timer);
    ended.abort();
  };
}
