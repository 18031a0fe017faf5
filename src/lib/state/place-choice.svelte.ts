import { createContext } from 'svelte';
import type { LngLat } from '$api/positions/contract.ts';

/** Somebody is asked to click a place on the map: the next click means it instead of what lies there. */
export class PlaceChoice {
  #answer = $state.raw<((lngLat: LngLat | undefined) => void) | undefined>();

  get isAsked(): boolean {
    return this.#answer !== undefined;
  }

  /** A second question ends the first. @returns undefined when it was ended without a place. */
  ask(): Promise<LngLat | undefined> {
    this.end();
    return new Promise((resolve) => (this.#answer = resolve));
  }

  choose(lngLat: LngLat): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(lngLat);
  }

  end(): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(undefined);
  }
}

export const [getPlaceChoice, setPlaceChoice] = createContext<PlaceChoice>();
