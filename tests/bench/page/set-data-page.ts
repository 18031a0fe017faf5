// The same units by what a map without deck.gl has: a GeoJSON source, told all features anew each tick.
import { Map as MapLibreMap, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { FeatureCollection, Point } from 'geojson';
import { unitKinds } from '$api/positions/contract.ts';
import type { TickCost } from '../browser/costs.ts';
import { spentInFrames } from './frames.ts';

setWorkerUrl(workerUrl);
let map: MapLibreMap;
let features: FeatureCollection<Point>;

export async function open(center: [number, number], zoom: number): Promise<void> {
  const positions = new Float64Array(await (await fetch('/positions')).arrayBuffer());
  features = {
    type: 'FeatureCollection',
    features: Array.from({ length: positions.length / 2 }, (_, i) => ({
      type: 'Feature',
      id: i,
      properties: { kind: unitKinds[i % unitKinds.length] },
      geometry: { type: 'Point', coordinates: [positions[2 * i]!, positions[2 * i + 1]!] },
    })),
  };
  map = new MapLibreMap({
    container: 'map',
    center,
    zoom,
    fadeDuration: 0,
    attributionControl: false,
    style: {
      version: 8,
      sources: { units: { type: 'geojson', data: features } },
      layers: [
        { id: 'land', type: 'background', paint: { 'background-color': '#f4f1ea' } },
        {
          id: 'units',
          type: 'circle',
          source: 'units',
          paint: {
            'circle-radius': 5,
            'circle-color': ['match', ['get', 'kind'], 'foot', '#2b7', 'car', '#27b', 'bike', '#b72', '#72b'],
          },
        },
      ],
    },
  });
  await new Promise((resolve) => void map.once('idle', resolve));
}

/** One tick: every feature somewhere else; until the map has nothing left to do. */
export async function take(tick: number): Promise<TickCost> {
  const before = spentInFrames();
  const stepDeg = tick % 2 === 0 ? -0.00005 : 0.00005;
  const startedMs = performance.now();
  for (const { geometry } of features.features)
    geometry.coordinates = [geometry.coordinates[0]! + stepDeg, geometry.coordinates[1]!];
  const shown = new Promise((resolve) => void map.once('idle', resolve));
  void map.getSource<GeoJSONSource>('units')!.setData(features);
  const updateMs = performance.now() - startedMs;
  await shown;
  return { updateMs, drawMs: spentInFrames() - before };
}
