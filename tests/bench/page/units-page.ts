// 20,000 moving units on the page's own path: message → columns → layers → frame.
import { decodeTick } from '$api/live/contract.ts';
import { applyTick } from '$lib/state/apply-tick.ts';
import type { FrameCost, TickCost } from '../browser/costs.ts';
import { openBenchMap, type BenchMap } from './bench-map.svelte.ts';
import { drawnTimes, spentInFrames, untilDrawn, watchFrames } from './frames.ts';

let map: BenchMap;
let messages: ArrayBuffer[];

/** @param ticks how many messages there are besides the first, which brings every unit */
export async function open(query: string, ticks: number): Promise<void> {
  map = await openBenchMap(query);
  messages = await Promise.all(
    Array.from({ length: ticks + 1 }, async (_, tick) => (await fetch(`/ticks/${tick}`)).arrayBuffer()),
  );
  await take(0);
}

/** One tick, from the message to the hand-over of the frame that shows it. */
export async function take(tick: number): Promise<TickCost> {
  const { units } = map.screen;
  const [startedMs, before] = [performance.now(), spentInFrames()];
  const message = decodeTick(messages[tick]!);
  units.tick(message.serverTimeMs, (live) => applyTick(live, message));
  map.update();
  const updateMs = performance.now() - startedMs;
  const drawnBefore = drawnTimes(units.live.count);
  map.repaint();
  await untilDrawn(() => drawnTimes(units.live.count) > drawnBefore);
  return { updateMs, drawMs: spentInFrames() - before };
}

export const countUnits = (): number => map.screen.units.live.count;

/** Frames between two ticks: markers on their way. */
export const frames = (count: number): Promise<FrameCost[]> => watchFrames(count, () => map.repaint());
