import { GeoJsonLayer } from '@deck.gl/layers';
import type { GridFeature } from '$lib/state/base-data-state.svelte.ts';
import type { IncidentColumns } from '$lib/state/incident-columns.ts';
import type { IncidentBounds } from '$lib/state/incident-filter.ts';
import { DensityLayer } from './density-layer.ts';
import { collectGrids } from './grid-layers.ts';
import { IncidentPointsLayer } from './incident-points-layer.ts';
import { placeOf } from './order.ts';
import { classColors, gridClasses, withAlpha, type MapPalette } from './palette.ts';
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
    visible,
  }: { palette: MapPalette; zoom: number; selectedIndex: number; visible: boolean },
) =>
  new IncidentPointsLayer({
    ...placeOf('incidents'),
    ...shown,
    // Found by `nearestIncident`: a second drawing of them all for each move of the pointer would cost more.
    pickable: false,
    visible,
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
