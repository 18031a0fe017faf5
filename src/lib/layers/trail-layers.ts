import type { Layer } from '@deck.gl/core';
import { unitKinds } from '$api/positions/contract.ts';
import { trailLifeMs, type TrailChunk, type Trails } from '$lib/state/trails.ts';
import type { ReadFrameTime } from './movement.ts';
import { placeOf } from './order.ts';
import type { MapPalette } from './palette.ts';
import { unitRadiusPx } from './symbol-sizes.ts';
import { packTrailColumns } from './trail-columns.ts';
import { TrailLayer } from './trail-layer.ts';

interface Made {
  version: number;
  palette: MapPalette;
  zoom: number;
  layer: Layer;
}

/** One layer a chunk: those that are full keep their data and their layer, and so cost a tick nothing. */
export class TrailLayers {
  readonly #readFrameTime: ReadFrameTime;
  #made = new Map<TrailChunk, Made>();
  #layers: Layer[] = [];

  constructor(readFrameTime: ReadFrameTime) {
    this.#readFrameTime = readFrameTime;
  }

  /** @returns the same array as long as all of it is the same. */
  layersOf({ chunks }: Trails, palette: MapPalette, zoom: number): Layer[] {
    this.#made = new Map(
      chunks.map((chunk) => {
        const known = this.#made.get(chunk);
        const isSame = known?.version === chunk.version && known.palette === palette && known.zoom === zoom;
        return [chunk, isSame ? known : this.#make(chunk, palette, zoom)];
      }),
    );
    const layers = [...this.#made.values()].map(({ layer }) => layer);
    const isSame = layers.length === this.#layers.length && layers.every((layer, i) => layer === this.#layers[i]);
    return isSame ? this.#layers : (this.#layers = layers);
  }

  /** A layer that was taken off the map cannot come back: for the next time all are made anew. */
  none(): Layer[] {
    this.#made.clear();
    return this.#layers.length === 0 ? this.#layers : (this.#layers = []);
  }

  #make(chunk: TrailChunk, palette: MapPalette, zoom: number): Made {
    const layer = new TrailLayer({
      ...placeOf('trails'),
      id: `trails-${chunk.id}`,
      data: packTrailColumns(chunk) as never,
      kindColors: unitKinds.map((kind) => palette.units[kind]),
      widthPx: Math.max(2.25, unitRadiusPx(zoom) * 0.54),
      lifeS: trailLifeMs / 1000,
      readFrameTime: this.#readFrameTime,
    });
    return { version: chunk.version, palette, zoom, layer };
  }
}
