import { GeoJsonLayer } from '@deck.gl/layers';
import type { GridFeature } from '$lib/state/base-data-state.svelte.ts';
import type { ShownMeasure } from '$lib/state/measure-state.svelte.ts';
import { collectGrids } from './grid-layers.ts';
import { classOf } from './measure-classes.ts';
import { placeOf } from './order.ts';
import { classColors, withAlpha, type MapPalette } from './palette.ts';

const nothing: [number, number, number, number] = [0, 0, 0, 0];
/** 0 is a breath of grey; what is not known has no colour at all. */
export const zeroOpacity = 0.3;

/** Grids coloured by the class of their measure, as the legend tells it. */
export function createGridMeasuresLayer(
  features: readonly GridFeature[],
  { values, from }: Pick<ShownMeasure, 'values' | 'from'>,
  palette: MapPalette,
) {
  const colors = classColors(palette.measure, from.length);
  const alpha = Math.round(255 * palette.measureOpacity);
  return new GeoJsonLayer({
    ...placeOf('grid-measures'),
    data: collectGrids(features),
    stroked: false,
    filled: true,
    getFillColor: ({ id }: { id?: unknown }) => {
      const value = values.get(String(id));
      if (value === undefined) return nothing;
      const place = classOf(value, from);
      return place < 0
        ? withAlpha(palette.measureZero, Math.round(255 * zeroOpacity))
        : withAlpha(colors[place]!, alpha);
    },
    updateTriggers: { getFillColor: [values, from, palette] },
  });
}
