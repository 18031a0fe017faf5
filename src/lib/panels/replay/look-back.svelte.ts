import { failureFor } from '$lib/api/client.ts';
import { loadEvents, loadTracks } from '$lib/api/load-replay.ts';
import type { Period, ReplayState } from '$lib/state/replay-state.svelte.ts';
import type { SessionState } from '$lib/state/session-state.svelte.ts';
import type { TrackState } from '$lib/state/track-state.svelte.ts';

interface Sources {
  replay: ReplayState;
  session: SessionState;
  tracks: TrackState;
}

/** Reads a period, asking for a reason first where one is needed; one at a time. */
export class LookBack {
  readonly #from: Sources;
  #stationId: string | undefined;
  #ownNumbers: readonly number[] = [];
  #reading: AbortController | undefined;
  /** Somebody is to say why. */
  isAsking = $state(false);
  /** They did not: nothing is read. */
  isUnanswered = $state(false);

  constructor(from: Sources) {
    this.#from = from;
  }

  /**
   * Looks at what the replay's address says, if it says anything.
   * @param ownNumbers units whose crew the viewer is on: their own shifts need no reason
   */
  open(stationId: string, ownNumbers: readonly number[]): void {
    this.#stationId = stationId;
    this.#ownNumbers = ownNumbers;
    const { period, asked } = this.#from.replay;
    if (period) this.look(period, asked);
  }

  look(period: Period, units: readonly number[] | undefined): void {
    this.stop();
    this.#from.replay.ask(period, units);
    if (this.#needsReason(units)) this.ask();
    else void this.#read(undefined);
  }

  ask(): void {
    this.isUnanswered = true;
    this.isAsking = true;
  }

  answer(reason: string): void {
    this.isAsking = false;
    this.#from.tracks.remember(reason);
    void this.#read(reason);
  }

  stop(): void {
    this.#reading?.abort();
    this.#reading = undefined;
    this.isAsking = false;
    this.isUnanswered = false;
  }

  #needsReason(units: readonly number[] | undefined): boolean {
    if (this.#from.session.audienceOf('tracks', this.#stationId) !== 'exact') return false;
    return !units || units.some((number) => !this.#ownNumbers.includes(number));
  }

  async #read(reason: string | undefined): Promise<void> {
    const { replay } = this.#from;
    const { period, asked: units } = replay;
    const station = this.#stationId;
    if (!period || station === undefined) return;
    this.#reading?.abort();
    const { signal } = (this.#reading = new AbortController());
    this.isUnanswered = false;
    replay.loading();
    const happening = loadEvents(station, period, signal).then(
      ({ events, isWhole }) => !signal.aborted && replay.happened(events, isWhole),
      (error: unknown) => !signal.aborted && replay.eventsFailed(failureFor(error)),
    );
    try {
      const tracks = await loadTracks(station, period, { units, reason, signal }, ({ read, of }) => {
        if (!signal.aborted) replay.loading(read, of);
      });
      await happening;
      if (!signal.aborted) replay.loaded(tracks);
    } catch (error) {
      if (signal.aborted) return;
      const failure = failureFor(error);
      replay.failed(failure);
      if (failure.problem === 'reason-required') this.ask();
    }
  }
}
