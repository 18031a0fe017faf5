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

/** Grids (警务网格): a breath of colour and an outline, so that the streets stay the picture. */
export const createGridAreasLayer = (features: readonly GridFeature[], palette: MapPalette) =>
  new GeoJsonLayer({
    ...placeOf('grid-areas'),
    data: collectGrids(features),
    pickable: true,
    stroked: true,
    filled: true,
    getFillColor: withAlpha(palette.grid, 12),
    getLineColor: withAlpha(palette.grid, 150),
    getLineWidth: 1.6,
    lineWidthUnits: 'pixels',
    lineJointRounded: true,
    updateTriggers: { getFillColor: palette, getLineColor: palette },
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
