import { GeoJsonLayer, TextLayer } from '@deck.gl/layers';
import type { Feature, FeatureCollection } from 'geojson';
import type { Geofence } from '$api/geofences/contract.ts';
import { labelPointOf } from '$lib/geo/label-point.ts';
import { labelFont } from './label-font.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette } from './palette.ts';

type GeofenceFeature = Feature<Geofence['area'], Geofence>;

const collections = new WeakMap<readonly Geofence[], FeatureCollection<Geofence['area'], Geofence>>();

/** The same collection for the same geofences, so that nothing is cut into triangles twice. */
function collect(geofences: readonly Geofence[]): FeatureCollection<Geofence['area'], Geofence> {
  let collection = collections.get(geofences);
  if (!collection) {
    const features = geofences.map((fence): GeofenceFeature => ({
      type: 'Feature',
      id: fence.id,
      geometry: fence.area,
      properties: fence,
    }));
    collection = { type: 'FeatureCollection', features };
    collections.set(geofences, collection);
  }
  return collection;
}

/** Geofences (电子围栏): a breath of their severity's colour, to be clicked. */
export const createGeofencesLayer = (geofences: readonly Geofence[], palette: MapPalette) =>
  new GeoJsonLayer<Geofence>({
    ...placeOf('geofences'),
    data: collect(geofences),
    pickable: true,
    stroked: false,
    filled: true,
    getFillColor: ({ properties }) => withAlpha(palette.alerts[properties.severity], 26),
    updateTriggers: { getFillColor: palette },
  });

/** Their outlines: thicker than those of grids, and of another colour. */
export const createGeofenceOutlinesLayer = (
  geofences: readonly Geofence[],
  palette: MapPalette,
  selectedId: string | undefined,
) =>
  new GeoJsonLayer<Geofence>({
    ...placeOf('geofence-outlines'),
    data: collect(geofences),
    stroked: true,
    filled: false,
    getLineColor: ({ properties }) => withAlpha(palette.alerts[properties.severity], 235),
    getLineWidth: ({ properties }) => (properties.id === selectedId ? 5 : 2.5),
    lineWidthUnits: 'pixels',
    lineJointRounded: true,
    updateTriggers: { getLineColor: palette, getLineWidth: selectedId },
  });

/** Their names, from where they can be read. */
export const createGeofenceLabelsLayer = (
  geofences: readonly Geofence[],
  characters: Iterable<string>,
  palette: MapPalette,
) =>
  new TextLayer<Geofence>({
    ...placeOf('geofence-labels'),
    ...labelFont(characters),
    data: geofences.filter(({ area }) => labelPointOf(area) !== undefined),
    getText: ({ name }) => name,
    getPosition: ({ area }) => (labelPointOf(area) ?? [0, 0]) as [number, number],
    getSize: 13,
    getColor: ({ severity }) => withAlpha(palette.alerts[severity], 255),
    outlineWidth: 3,
    outlineColor: withAlpha(palette.labelHalo, 235),
    updateTriggers: { getColor: palette },
  });
