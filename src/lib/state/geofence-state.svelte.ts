import { createContext } from 'svelte';
import type { Geofence } from '$api/geofences/contract.ts';
import { failedAfter, latestOf, type Failure, type Loadable } from './loadable.ts';

/** The geofences of the station on the screen, by name. */
export class GeofenceState {
  #geofences = $state.raw<Loadable<readonly Geofence[]>>({ kind: 'idle' });
  readonly list: readonly Geofence[] = $derived(latestOf(this.#geofences) ?? []);

  get status(): Loadable<readonly Geofence[]> {
    return this.#geofences;
  }

  find(id: string): Geofence | undefined {
    return this.list.find((fence) => fence.id === id);
  }

  /** Another station. */
  clear(): void {
    this.#geofences = { kind: 'idle' };
  }

  loaded(geofences: readonly Geofence[]): void {
    this.#geofences = { kind: 'ready', value: geofences };
  }

  failed(failure: Failure): void {
    this.#geofences = failedAfter(this.#geofences, failure);
  }
}

export const [getGeofenceState, setGeofenceState] = createContext<GeofenceState>();
