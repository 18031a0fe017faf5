import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { BasePalette } from './palette.ts';
import { baseSourceId, type LayerName } from './schema.ts';

const from = (layer: LayerName) => ({ source: baseSourceId, 'source-layer': layer });

/** Ground, green, water and buildings, from below. */
export function areaLayers(palette: BasePalette): LayerSpecification[] {
  return [
    {
      id: 'landuse',
      type: 'fill',
      ...from('landuse'),
      filter: ['!', ['in', ['get', 'class'], ['literal', ['pedestrian', 'pier', 'square']]]],
      paint: {
        'fill-color': byClass(
          {
            residential: palette.residential,
            commercial: palette.commercial,
            retail: palette.commercial,
            public: palette.civic,
            transport: palette.industrial,
            industrial: palette.industrial,
            construction: palette.industrial,
            harbour: palette.industrial,
            school: palette.civic,
            hospital: palette.hospital,
            parking: palette.paved,
            beach: palette.beach,
            rock: palette.civic,
          },
          palette.residential,
        ),
      },
    },
    {
      id: 'green',
      type: 'fill',
      ...from('green'),
      paint: {
        'fill-color': byClass(
          {
            park: palette.green,
            grass: palette.green,
            wood: palette.wood,
            pitch: palette.pitch,
            farm: palette.farm,
            farmland: palette.farm,
            cemetery: palette.cemetery,
          },
          palette.green,
        ),
      },
    },
    {
      id: 'water',
      type: 'fill',
      ...from('water'),
      filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['!', ['has', 'tunnel']]],
      paint: { 'fill-color': palette.water },
    },
    {
      id: 'waterways',
      type: 'line',
      ...from('water'),
      filter: ['all', ['==', ['geometry-type'], 'LineString'], ['!', ['has', 'tunnel']]],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': palette.water,
        'line-width': [
          'interpolate',
          ['exponential', 1.5],
          ['zoom'],
          9,
          ['match', ['get', 'class'], 'river', 1, 0.4],
          14,
          ['match', ['get', 'class'], 'river', 5, 'canal', 3, 1.2],
          18,
          ['match', ['get', 'class'], 'river', 26, 'canal', 16, 5],
        ],
      },
    },
    {
      id: 'shore',
      type: 'line',
      ...from('water'),
      minzoom: 12,
      filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['!', ['has', 'tunnel']]],
      paint: { 'line-color': palette.waterLine, 'line-width': 1 },
    },
    {
      id: 'paved',
      type: 'fill',
      ...from('landuse'),
      filter: ['in', ['get', 'class'], ['literal', ['pedestrian', 'pier', 'square']]],
      paint: { 'fill-color': palette.paved },
    },
    {
      id: 'buildings',
      type: 'fill',
      ...from('buildings'),
      minzoom: 13,
      paint: {
        'fill-color': palette.building,
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0, 14.5, 1],
        'fill-antialias': true,
      },
    },
    {
      id: 'building-edges',
      type: 'line',
      ...from('buildings'),
      minzoom: 14.5,
      paint: {
        'line-color': palette.buildingEdge,
        'line-width': ['interpolate', ['linear'], ['zoom'], 14.5, 0.3, 18, 1],
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 14.5, 0, 15.5, 1],
      },
    },
  ];
}

/** A colour by the feature's class. */
function byClass(colours: Record<string, string>, otherwise: string): ExpressionSpecification {
  return [
    'match',
    ['get', 'class'],
    ...Object.entries(colours).flat(),
    otherwise,
  ] as unknown as ExpressionSpecification;
}
