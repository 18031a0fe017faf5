import { createContext } from 'svelte';
import type { Station } from '$api/stations/contract.ts';
import { Listeners } from './listeners.ts';
import { failedAfter, latestOf, loadingAfter, type Failure, type Loadable } from './loadable.ts';

/** The stations that the viewer sees and the one on the screen. */
export class StationState {
  #stations = $state.raw<Loadable<readonly Station[]>>({ kind: 'idle' });
  #wantedId = $state<string | undefined>();
  /** Told when a person chose another one. */
  readonly choices = new Listeners<Station>();

  /** The one on the screen: the wanted one, else the first that is a station, not a bureau above stations. */
  readonly current: Station | undefined = $derived.by(() => {
    const all = this.list;
    return all.find(({ id }) => id === this.#wantedId) ?? all.find(({ kind }) => kind === 'station') ?? all[0];
  });

  constructor(initialId?: string) {
    this.#wantedId = initialId;
  }

  get status(): Loadable<readonly Station[]> {
    return this.#stations;
  }

  get list(): readonly Station[] {
    return latestOf(this.#stations) ?? [];
  }

  /** A person chose another station. */
  choose(stationId: string): void {
    if (stationId === this.current?.id) return;
    this.#wantedId = stationId;
    if (this.current) this.choices.tell(this.current);
  }

  loading(): void {
    this.#stations = loadingAfter(this.#stations);
  }

  loaded(stations: readonly Station[]): void {
    this.#stations = { kind: 'ready', value: stations };
  }

  failed(failure: Failure): void {
    this.#stations = failedAfter(this.#stations, failure);
  }
}

export const [getStationState, setStationState] = createContext<StationState>();
