// The same incidents as JSON, filtered and packed anew for each step: deck.gl's layer with binary attributes, which is
// kinder than one with an accessor a row.
import { MapLibreOverlay } from '@deck.gl/maplibre';
import { ScatterplotLayer } from '@deck.gl/layers';
import { Map as MapLibreMap, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { DaySpan } from '$lib/state/incident-filter.ts';
import type { LoadCost, StepCost } from '../browser/costs.ts';
import { drawnTimes, finishDrawing, mostDrawn, spentInFrames, untilDrawn } from './frames.ts';

setWorkerUrl(workerUrl);
interface Row {
  lngLat: [number, number];
  at: string;
  category: string;
  source: string;
}
let rows: Row[];
let map: MapLibreMap;
let overlay: MapLibreOverlay;

export async function open(center: [number, number], zoom: number): Promise<void> {
  map = new MapLibreMap({
    container: 'map',
    center,
    zoom,
    attributionControl: false,
    style: {
      version: 8,
      sources: {},
      layers: [{ id: 'land', type: 'background', paint: { 'background-color': '#f4f1ea' } }],
    },
  });
  overlay = new MapLibreOverlay({ interleaved: true, layers: [] });
  await new Promise((resolve) => void map.once('idle', resolve));
  map.addControl(overlay);
}

export async function load(): Promise<LoadCost> {
  const startedMs = performance.now();
  rows = (await (await fetch('/incidents.json')).json()) as Row[];
  const { shown } = rebuild({ from: '2000-01-01', to: '2100-01-01' });
  await untilDrawn(() => drawnTimes(shown) > 0);
  if (mostDrawn() !== rows.length) throw new Error(`${mostDrawn()} of ${rows.length} rows were drawn`);
  const pictureMs = finishDrawing() - startedMs;
  return { count: rows.length, pictureMs, firstDotsMs: pictureMs };
}

export async function step(time: DaySpan): Promise<StepCost> {
  const [startedMs, before] = [performance.now(), spentInFrames()];
  const { drawnBefore, shown } = rebuild(time);
  const updateMs = performance.now() - startedMs;
  await untilDrawn(() => drawnTimes(shown) > drawnBefore);
  const mainMs = updateMs + spentInFrames() - before;
  return { mainMs, wholeMs: finishDrawing() - startedMs };
}

function rebuild({ from, to }: DaySpan): { shown: number; drawnBefore: number } {
  const shown = rows.filter(({ at }) => at >= from && at < to);
  const positions = new Float64Array(2 * shown.length);
  const colors = new Uint8Array(4 * shown.length);
  shown.forEach(({ lngLat, source }, i) => {
    positions[2 * i] = lngLat[0];
    positions[2 * i + 1] = lngLat[1];
    colors[4 * i] = source === 'citizen' ? 200 : 90;
    colors[4 * i + 3] = 235;
  });
  const drawnBefore = drawnTimes(shown.length);
  overlay.setProps({
    layers: [
      new ScatterplotLayer({
        id: 'incidents',
        data: {
          length: shown.length,
          attributes: { getPosition: { value: positions, size: 2 }, getFillColor: { value: colors, size: 4 } },
        },
        radiusUnits: 'pixels',
        getRadius: 3,
      }),
    ],
  });
  map.triggerRepaint();
  return { shown: shown.length, drawnBefore };
}
