import { GeoJsonLayer } from '@deck.gl/layers';
import { chooseThresholds } from '$lib/geo/density.ts';
import type { GridFeature } from '$lib/state/base-data-state.svelte.ts';
import type { IncidentColumns } from '$lib/state/incident-columns.ts';
import type { IncidentBounds } from '$lib/state/incident-filter.ts';
import { DensityLayer } from './density-layer.ts';
import { collectGrids } from './grid-layers.ts';
import { IncidentPointsLayer } from './incident-points-layer.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette, type Rgb } from './palette.ts';
import { incidentRadiusPx } from './symbol-sizes.ts';

interface ShownIncidents {
  columns: IncidentColumns;
  version: number;
  bounds: IncidentBounds;
}

export const createIncidentsLayer = (
  shown: ShownIncidents,
  {
    palette,
    zoom,
    selectedIndex,
    opacity,
  }: { palette: MapPalette; zoom: number; selectedIndex: number; opacity: number },
) =>
  new IncidentPointsLayer({
    ...placeOf('incidents'),
    ...shown,
    pickable: true,
    opacity,
    radiusPx: incidentRadiusPx(zoom),
    selectedIndex,
    fillColor: palette.incident,
    rimColor: palette.incidentRim,
    selectedColor: palette.selected,
  });

/** @param thresholds incidents per km² from which each class begins */
export const createDensityLayer = (
  shown: ShownIncidents,
  bandwidthM: number,
  thresholds: readonly number[],
  { density, densityOpacity }: MapPalette,
) =>
  new DensityLayer({
    ...placeOf('density'),
    ...shown,
    bandwidthM,
    thresholds,
    colors: classColors(density, thresholds.length),
    shownOpacity: densityOpacity,
  });

/** Fewer classes are spread over the whole ramp. */
export const classColors = (ramp: readonly Rgb[], classes: number): Rgb[] =>
  Array.from(
    { length: classes },
    (_, i) => ramp[classes === 1 ? 0 : Math.round((i * (ramp.length - 1)) / (classes - 1))]!,
  );

/** From how many incidents on a grid has each class's colour, whole numbers; the first is 1. */
export function gridClasses(counts: Iterable<number>): number[] {
  const most = Math.max(0, ...counts);
  return most === 0 ? [] : [...new Set([1, ...chooseThresholds(most).map((value) => Math.max(1, Math.round(value)))])];
}

/** Grids coloured by how many incidents they had: all that some may see of them. */
export function createIncidentGridsLayer(
  features: readonly GridFeature[],
  countByGrid: ReadonlyMap<string, number>,
  palette: MapPalette,
) {
  const classes = gridClasses(countByGrid.values());
  const colors = classColors(palette.density, classes.length);
  return new GeoJsonLayer({
    ...placeOf('incident-grids'),
    data: collectGrids(features),
    stroked: false,
    filled: true,
    getFillColor: (grid) => {
      const count = countByGrid.get(String((grid as GridFeature).id)) ?? 0;
      const color = colors[classes.findLastIndex((from) => count >= from)];
      return color ? withAlpha(color, 255 * palette.densityOpacity) : [0, 0, 0, 0];
    },
    updateTriggers: { getFillColor: [countByGrid, palette] },
  });
}
