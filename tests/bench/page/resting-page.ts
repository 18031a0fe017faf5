// As many dots that never move, in deck.gl's own layer on the same map.
import { ScatterplotLayer } from '@deck.gl/layers';
import { placeOf } from '$lib/layers/order.ts';
import type { FrameCost } from '../browser/costs.ts';
import { openBenchMap, type BenchMap } from './bench-map.svelte.ts';
import { drawnTimes, untilDrawn, watchFrames } from './frames.ts';

let map: BenchMap;

export async function open(query: string): Promise<void> {
  map = await openBenchMap(query);
  const positions = new Float64Array(await (await fetch('/positions')).arrayBuffer());
  const count = positions.length / 2;
  const layer = new ScatterplotLayer({
    ...placeOf('alert-marks'),
    data: { length: count, attributes: { getPosition: { value: positions, size: 2 } } },
    getFillColor: [200, 60, 40],
    radiusUnits: 'pixels',
    getRadius: 5,
  });
  map.extras.add({ layers: () => [layer] });
  map.update();
  map.repaint();
  await untilDrawn(() => drawnTimes(count) > 0);
}

export const frames = (count: number): Promise<FrameCost[]> => watchFrames(count, () => map.repaint());
