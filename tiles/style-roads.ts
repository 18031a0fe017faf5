import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl';
import type { BasePalette } from './palette.ts';
import { baseSourceId, type RoadClass } from './schema.ts';

const roads = { source: baseSourceId, 'source-layer': 'roads' } as const;

/** CSS pixels of a street's surface by class at some zooms; in between they grow as the ground does. */
const widths: [zoom: number, byClass: Partial<Record<RoadClass, number>>][] = [
  [8, { motorway: 1.2, trunk: 1, primary: 0.6, secondary: 0.3 }],
  [12, { motorway: 2.8, trunk: 2.4, primary: 2, secondary: 1.3, tertiary: 0.9, residential: 0.4 }],
  [
    14,
    {
      motorway: 5,
      trunk: 4.6,
      primary: 4.2,
      secondary: 3.4,
      tertiary: 2.8,
      residential: 1.9,
      pedestrian: 1.4,
      service: 0.9,
    },
  ],
  [
    16,
    {
      motorway: 12,
      trunk: 11,
      primary: 10.5,
      secondary: 9,
      tertiary: 8,
      residential: 6.5,
      pedestrian: 4,
      service: 3.4,
    },
  ],
  [
    18,
    {
      motorway: 30,
      trunk: 28,
      primary: 27,
      secondary: 23,
      tertiary: 21,
      residential: 18,
      pedestrian: 11,
      service: 9.5,
    },
  ],
];

/** @param edge added on both sides, CSS pixels at zoom 12 and at zoom 16. */
function width(edge: [far: number, near: number] = [0, 0]): ExpressionSpecification {
  const stops = widths.flatMap(([zoom, byClass]) => {
    const extra = 2 * (zoom <= 12 ? edge[0] : edge[1]);
    const cases = Object.entries(byClass).flatMap(([name, px]) => [name, px + extra]);
    return [zoom, ['match', ['get', 'class'], ...cases, 0]];
  });
  return ['interpolate', ['exponential', 1.6], ['zoom'], ...stops] as unknown as ExpressionSpecification;
}

function colour(express: string, main: string, minor: string): ExpressionSpecification {
  return ['match', ['get', 'class'], ['motorway', 'trunk'], express, ['primary', 'secondary', 'tertiary'], main, minor];
}

const isDrivenOrWalked: ExpressionSpecification = ['!', ['in', ['get', 'class'], ['literal', ['path', 'rail']]]];
const isTunnel: ExpressionSpecification = ['has', 'tunnel'];
const isBridge: ExpressionSpecification = ['has', 'bridge'];
const isLevel: ExpressionSpecification = ['all', ['!', isTunnel], ['!', isBridge]];

/** Streets and rails, from below: what is under ground, on it, on bridges; edges under all surfaces, so that crossings are open. */
export function roadLayers(palette: BasePalette): LayerSpecification[] {
  const onTop: ExpressionSpecification = ['-', 0, ['get', 'rank']];
  const surface = (id: string, where: ExpressionSpecification, opacity = 1): LayerSpecification => ({
    id,
    type: 'line',
    ...roads,
    minzoom: 5,
    filter: ['all', isDrivenOrWalked, where] as FilterSpecification,
    layout: { 'line-cap': 'round', 'line-join': 'round', 'line-sort-key': onTop },
    paint: {
      'line-color': colour(palette.express, palette.main, palette.minor),
      'line-width': width(),
      'line-opacity': opacity,
    },
  });
  const edges = (id: string, where: ExpressionSpecification, cap: 'round' | 'butt'): LayerSpecification => ({
    id,
    type: 'line',
    ...roads,
    minzoom: 11,
    filter: ['all', isDrivenOrWalked, where] as FilterSpecification,
    layout: { 'line-cap': cap, 'line-join': 'round', 'line-sort-key': onTop },
    paint: {
      'line-color': colour(palette.expressEdge, palette.mainEdge, palette.minorEdge),
      'line-width': width([0.5, 1]),
      'line-opacity': ['interpolate', ['linear'], ['zoom'], 11, 0, 13, 1],
    },
  });
  return [
    {
      ...(edges('tunnel-edges', isTunnel, 'butt') as Extract<LayerSpecification, { type: 'line' }>),
      paint: {
        'line-color': colour(palette.expressEdge, palette.mainEdge, palette.minorEdge),
        'line-width': width([0.5, 1]),
        'line-dasharray': [1.2, 0.8],
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0, 14, 0.7],
      },
    },
    surface('tunnels', isTunnel, 0.45),
    paths('paths', isLevel, palette),
    edges('street-edges', isLevel, 'round'),
    surface('streets', isLevel),
    ...rails(palette),
    edges('bridge-edges', isBridge, 'butt'),
    surface('bridges', isBridge),
    paths('bridge-paths', isBridge, palette),
    {
      id: 'boundaries',
      type: 'line',
      source: baseSourceId,
      'source-layer': 'boundaries',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.boundary,
        'line-width': ['match', ['get', 'class'], 'country', 1.6, 'province', 1.3, 1],
        'line-dasharray': [4, 2.5],
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 8, 0.8, 15, 0.55],
      },
    },
  ];
}

const paths = (id: string, where: ExpressionSpecification, palette: BasePalette): LayerSpecification => ({
  id,
  type: 'line',
  ...roads,
  minzoom: 14.5,
  filter: ['all', ['==', ['get', 'class'], 'path'], where] as FilterSpecification,
  layout: { 'line-join': 'round' },
  paint: {
    'line-color': palette.path,
    'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 14.5, 0.6, 16, 1.1, 18, 2.2],
    'line-dasharray': [3, 1.6],
    'line-opacity': ['interpolate', ['linear'], ['zoom'], 14.5, 0, 15.5, 1],
  },
});

/** A thin line with cross ties. */
function rails(palette: BasePalette): LayerSpecification[] {
  const filter: FilterSpecification = ['all', ['==', ['get', 'class'], 'rail'], ['!', isTunnel]];
  return [
    {
      id: 'rails',
      type: 'line',
      ...roads,
      filter,
      paint: {
        'line-color': palette.rail,
        'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 10, 0.6, 14, 1, 18, 2.2],
      },
    },
    {
      id: 'rail-ties',
      type: 'line',
      ...roads,
      minzoom: 14,
      filter,
      paint: {
        'line-color': palette.rail,
        'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 14, 3, 18, 8],
        'line-dasharray': [0.25, 2.4],
      },
    },
  ];
}
