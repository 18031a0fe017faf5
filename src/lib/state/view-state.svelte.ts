import { createContext } from 'svelte';
import type { Bbox, LngLat } from '$api/positions/contract.ts';
import { Listeners } from './listeners.ts';
import type { View } from './url.ts';

/** Where a person asked to be taken; the map goes there and then tells where it is. */
export type Flight =
  /** At once and as near as it is: for what is kept in the middle while it moves. */
  | { kind: 'middle'; lngLat: LngLat }
  | { kind: 'point'; lngLat: LngLat; minZoom: number }
  | { kind: 'bbox'; bbox: Bbox }
  /** A whole view, as a saved one is. */
  | { kind: 'view'; view: View };

/** Where the map looks. The map tells it by `moved`, everyone else asks by `flyTo`. */
export class ViewState {
  #view = $state.raw<View | undefined>();
  #bbox = $state.raw<Bbox | undefined>();
  #flight = $state.raw<Flight | undefined>();
  /** Told when the map came to rest. */
  readonly moves = new Listeners<{ view: View; bbox: Bbox }>();

  constructor(initial: View | undefined) {
    this.#view = initial;
  }

  /** Undefined until the URL, the station or the map said where. */
  get current(): View | undefined {
    return this.#view;
  }

  /** What is in sight, undefined before the map is there. */
  get bbox(): Bbox | undefined {
    return this.#bbox;
  }

  get flight(): Flight | undefined {
    return this.#flight;
  }

  /** The map came to rest here. */
  moved(view: View, bbox: Bbox): void {
    this.#view = view;
    this.#bbox = bbox;
    this.moves.tell({ view, bbox });
  }

  flyTo(lngLat: LngLat, minZoom = 16): void {
    this.#flight = { kind: 'point', lngLat, minZoom };
  }

  keepInMiddle(lngLat: LngLat): void {
    this.#flight = { kind: 'middle', lngLat };
  }

  fitTo(bbox: Bbox): void {
    this.#flight = { kind: 'bbox', bbox };
  }

  goTo(view: View): void {
    this.#flight = { kind: 'view', view };
  }
}

export const [getViewState, setViewState] = createContext<ViewState>();
