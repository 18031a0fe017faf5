import { createContext } from 'svelte';
import type { Station } from '$api/stations/contract.ts';
import { RowsState } from './rows-state.svelte.ts';

/** What all of administration shares: the stations of the viewer and the one that is looked after now. */
export class AdminState {
  readonly stations = new RowsState<Station>();
  #wantedId = $state<string>();
  /** The station that was chosen, else the first that is a station, not a bureau above stations. */
  readonly station: Station | undefined = $derived.by(() => {
    const { list } = this.stations;
    return list.find(({ id }) => id === this.#wantedId) ?? list.find(({ kind }) => kind === 'station') ?? list[0];
  });

  constructor(stationId?: string) {
    this.#wantedId = stationId;
  }

  choose(stationId: string): void {
    this.#wantedId = stationId;
  }

  nameOf(stationId: string): string {
    return this.stations.find(stationId)?.name ?? '—';
  }
}

export const [getAdminState, setAdminState] = createContext<AdminState>();
