// Incidents on the page's own path: stream → columns → graphics card; a step of the filter is a handful of integers.
import { readIncidentStream } from '$lib/api/read-incident-stream.ts';
import type { DaySpan } from '$lib/state/incident-filter.ts';
import type { LoadCost, StepCost } from '../browser/costs.ts';
import { openBenchMap, type BenchMap } from './bench-map.svelte.ts';
import { drawnTimes, finishDrawing, mostDrawn, spentInFrames, untilDrawn } from './frames.ts';

let map: BenchMap;

export async function open(query: string): Promise<void> {
  map = await openBenchMap(query);
}

export async function load(): Promise<LoadCost> {
  const { incidents } = map.screen;
  incidents.clear('exact', 'Asia/Shanghai');
  const startedMs = performance.now();
  let firstDotsMs = 0;
  const body = (await fetch('/incidents.arrow')).body!;
  const drawing = untilDrawn(() => mostDrawn() > 0).then(() => {
    firstDotsMs = finishDrawing() - startedMs;
  });
  await readIncidentStream(body, { begun() {}, batch: (batch) => incidents.merge(batch) });
  incidents.loaded();
  map.update();
  map.repaint();
  await drawing;
  await untilDrawn(() => drawnTimes(incidents.columns.count) > 0);
  return { count: incidents.columns.count, pictureMs: finishDrawing() - startedMs, firstDotsMs };
}

export async function step(time: DaySpan): Promise<StepCost> {
  const { incidents } = map.screen;
  const drawnBefore = drawnTimes(incidents.columns.count);
  const [startedMs, before] = [performance.now(), spentInFrames()];
  incidents.narrow({ time });
  map.update();
  const updateMs = performance.now() - startedMs;
  map.repaint();
  await untilDrawn(() => drawnTimes(incidents.columns.count) > drawnBefore);
  const mainMs = updateMs + spentInFrames() - before;
  return { mainMs, wholeMs: finishDrawing() - startedMs };
}
