import type { Layer } from '@deck.gl/core';
import { createContext } from 'svelte';
import type { LayerId } from '$lib/layers/order.ts';
import type { MapPalette, Theme } from '$lib/layers/palette.ts';

/** How the map is drawn just now. */
export interface Drawing {
  palette: MapPalette;
  theme: Theme;
  /** In quarter steps, so that layers are not made anew each frame of a zoom. */
  zoom: number;
  /** What the label font holds; texts of other characters are to be named in `texts`. */
  characters: { has(text: string): boolean; ready: Iterable<string> };
}

/** What a tool draws on the map while it is open, or a part of the page for as long as it stands. */
export interface MapExtra {
  /** Read inside a derived state: what it reads of states makes the layers anew. Ids are those of order.ts. */
  layers(drawing: Drawing): Layer[];
  /** Texts that may stand on the map, for its font. */
  texts?(): string[];
  /** Layers of its own that can be clicked, and what a click on an object of theirs does. */
  pickable?: readonly LayerId[];
  /** `index` is the row, where a layer draws columns instead of objects. */
  onpick?(layerId: string, object: unknown, index: number): void;
  /** What to say besides of what is the map's own, as a measure of a grid. */
  alsoSay?(layerId: string, object: unknown): string | undefined;
  /** What to say of what the pointer is on. */
  describe?(layerId: string, object: unknown, index: number): string | undefined;
}

/** The map as it stands, as a picture. */
export interface MapPicture {
  canvas: HTMLCanvasElement;
  /** Pixels of the picture for one of the page. */
  pixelRatio: number;
  /** In its middle, of a pixel of the page. */
  metresPerPx: number;
  bearingDeg: number;
  /** Whose data it is drawn from. */
  attribution: string;
  /** Everything in sight has come. */
  isWhole: boolean;
}

/** What is drawn besides the map's own layers, by parts whose code comes later. */
export class MapExtras {
  /** Takes a picture of the map at once; undefined: there is no map, or its style has not come yet. */
  takePicture: (() => MapPicture | undefined) | undefined;
  /** What the map is drawn in for a picture; undefined: as the page is. */
  theme = $state<Theme>();
  #extras = $state.raw<readonly MapExtra[]>([]);

  get all(): readonly MapExtra[] {
    return this.#extras;
  }

  /** @returns the end of its being drawn. */
  add(extra: MapExtra): () => void {
    this.#extras = [...this.#extras, extra];
    return () => (this.#extras = this.#extras.filter((other) => other !== extra));
  }
}

export const [getMapExtras, setMapExtras] = createContext<MapExtras>();
