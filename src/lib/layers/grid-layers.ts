import { GeoJsonLayer } from '@deck.gl/layers';
import type { GridFeature, GridCollection } from '$lib/state/base-data-state.svelte.ts';
import { withAlpha, type MapPalette } from './palette.ts';
import { placeOf } from './order.ts';

const collections = new WeakMap<readonly GridFeature[], GridCollection>();

/** The same collection for the same features, so that nothing is cut into triangles twice. */
export function collectGrids(features: readonly GridFeature[]): GridCollection {
  let collection = collections.get(features);
  if (!collection) {
    collection = { type: 'FeatureCollection', features: features as GridFeature[] };
    collections.set(features, collection);
  }
  return collection;
}

/** Grids (警务网格): a breath of colour under the streets, so that the town stays the picture. */
export const createGridAreasLayer = (features: readonly GridFeature[], palette: MapPalette) =>
  new GeoJsonLayer({
    ...placeOf('grid-areas'),
    data: collectGrids(features),
    pickable: true,
    stroked: false,
    filled: true,
    getFillColor: withAlpha(palette.grid, 14),
    updateTriggers: { getFillColor: palette },
  });

/** Their outlines, over the streets that most of them follow. */
export const createGridOutlinesLayer = (features: readonly GridFeature[], palette: MapPalette) =>
  new GeoJsonLayer({
    ...placeOf('grid-outlines'),
    data: collectGrids(features),
    stroked: true,
    filled: false,
    getLineColor: withAlpha(palette.grid, 140),
    getLineWidth: 1.6,
    lineWidthUnits: 'pixels',
    lineJointRounded: true,
    updateTriggers: { getLineColor: palette },
  });

/** The grid that is open in the inspector; none: nothing is drawn. */
export const createSelectedGridLayer = (features: readonly GridFeature[], palette: MapPalette) =>
  new GeoJsonLayer({
    ...placeOf('grid-selected'),
    data: collectGrids(features),
    stroked: true,
    filled: true,
    getFillColor: withAlpha(palette.selected, 22),
    getLineColor: withAlpha(palette.selected, 255),
    getLineWidth: 3,
    lineWidthUnits: 'pixels',
    lineJointRounded: true,
    updateTriggers: { getFillColor: palette, getLineColor: palette },
  });
