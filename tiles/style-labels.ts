import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl';
import type { BasePalette } from './palette.ts';
import type { MapLanguage } from './style.ts';
import { baseSourceId } from './schema.ts';

const regular = ['Noto Sans SC'];
/** The second name is what MapLibre takes where the page has no family of the first one, at the weight the first one names. */
const strong = ['Noto Sans SC Semibold', 'Noto Sans SC'];

const places = { source: baseSourceId, 'source-layer': 'places' } as const;
const roads = { source: baseSourceId, 'source-layer': 'roads' } as const;

const settlements = ['city', 'town', 'district', 'village', 'suburb', 'neighbourhood'];
const landmarks = [
  'police',
  'hospital',
  'fire-station',
  'government',
  'school',
  'university',
  'transport',
  'market',
  'sight',
];

/**
 * Names, the least important first: the last layer is placed first.
 * @param minorOpacity of the names that one can do without
 */
export function labelLayers(palette: BasePalette, language: MapLanguage, minorOpacity = 1): LayerSpecification[] {
  const name: ExpressionSpecification =
    language === 'zh'
      ? ['coalesce', ['get', 'name_zh'], ['get', 'name']]
      : ['coalesce', ['get', 'name_en'], ['get', 'name']];
  const halo = { 'text-halo-color': palette.halo, 'text-halo-width': 1.4, 'text-halo-blur': 0.3 };
  const isAny = (classes: string[]): FilterSpecification => ['in', ['get', 'class'], ['literal', classes]];
  const street = (
    id: string,
    classes: string[],
    minzoom: number,
    size: ExpressionSpecification,
    colour: string,
    opacity = 1,
  ): LayerSpecification => ({
    id,
    type: 'symbol',
    ...roads,
    minzoom,
    filter: ['all', ['has', 'name'], isAny(classes)] as FilterSpecification,
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 320,
      'symbol-sort-key': ['get', 'rank'],
      'text-field': name,
      'text-font': regular,
      'text-size': size,
      'text-letter-spacing': language === 'zh' ? 0.08 : 0.02,
      'text-max-angle': 35,
      'text-padding': 6,
      'text-rotation-alignment': 'map',
      'text-pitch-alignment': 'viewport',
    },
    paint: { 'text-color': colour, 'text-opacity': opacity, ...halo },
  });
  const area = (id: string, classes: string[], minzoom: number, colour: string, opacity = 1): LayerSpecification => ({
    id,
    type: 'symbol',
    ...places,
    minzoom,
    filter: isAny(classes),
    layout: {
      'text-field': name,
      'text-font': regular,
      'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10.5, 18, 13],
      'text-max-width': 7,
      'text-padding': 8,
    },
    paint: { 'text-color': colour, 'text-opacity': opacity, ...halo },
  });
  return [
    street(
      'small-street-names',
      ['path', 'service', 'pedestrian'],
      16,
      ['interpolate', ['linear'], ['zoom'], 16, 10, 18, 11.5],
      palette.labelSoft,
      minorOpacity,
    ),
    {
      id: 'landmark-dots',
      type: 'circle',
      ...places,
      minzoom: 15,
      filter: isAny(landmarks),
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 15, 1.8, 18, 3],
        'circle-color': palette.labelSoft,
        'circle-stroke-color': palette.halo,
        'circle-stroke-width': 1.2,
      },
    },
    {
      id: 'landmark-names',
      type: 'symbol',
      ...places,
      minzoom: 15,
      filter: isAny(landmarks),
      layout: {
        'symbol-sort-key': ['get', 'rank'],
        'text-field': name,
        'text-font': regular,
        'text-size': ['interpolate', ['linear'], ['zoom'], 15, 10.5, 18, 12.5],
        'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
        'text-radial-offset': 0.6,
        'text-justify': 'auto',
        'text-max-width': 8,
        'text-padding': 4,
      },
      paint: { 'text-color': palette.labelSoft, 'text-opacity': minorOpacity, ...halo },
    },
    area('compound-names', ['compound'], 15, palette.labelSoft, minorOpacity),
    area('park-names', ['park'], 14, palette.greenLabel),
    area('water-names', ['water'], 13, palette.waterLabel),
    {
      id: 'waterway-names',
      type: 'symbol',
      source: baseSourceId,
      'source-layer': 'water',
      minzoom: 13,
      filter: ['all', ['==', ['geometry-type'], 'LineString'], ['has', 'name']],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 400,
        'text-field': name,
        'text-font': regular,
        'text-size': 12,
        'text-letter-spacing': 0.15,
        'text-max-angle': 35,
      },
      paint: { 'text-color': palette.waterLabel, ...halo },
    },
    street('street-names', ['residential'], 15, ['interpolate', ['linear'], ['zoom'], 15, 10.5, 18, 13], palette.label),
    street(
      'main-street-names',
      ['motorway', 'trunk', 'primary', 'secondary', 'tertiary'],
      13,
      ['interpolate', ['linear'], ['zoom'], 13, 10.5, 16, 12.5, 18, 14],
      palette.label,
    ),
    {
      id: 'settlement-names',
      type: 'symbol',
      ...places,
      filter: isAny(settlements),
      maxzoom: 17,
      layout: {
        'symbol-sort-key': ['get', 'rank'],
        'text-field': name,
        'text-font': strong,
        'text-size': [
          'interpolate',
          ['linear'],
          ['zoom'],
          8,
          ['match', ['get', 'class'], 'city', 15, 'town', 13, 11],
          13,
          ['match', ['get', 'class'], 'city', 21, 'town', 17, ['district', 'suburb'], 14, 12.5],
          16,
          ['match', ['get', 'class'], 'city', 25, 'town', 20, ['district', 'suburb'], 16, 14],
        ],
        'text-letter-spacing': 0.06,
        'text-max-width': 7,
        'text-padding': 10,
      },
      paint: {
        'text-color': ['match', ['get', 'class'], ['city', 'town'], palette.labelStrong, palette.label],
        ...halo,
        'text-halo-width': 1.8,
        'text-opacity': ['interpolate', ['linear'], ['zoom'], 15.5, 1, 17, 0.4],
      },
    },
  ];
}
