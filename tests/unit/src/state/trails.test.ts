import { describe, expect, test } from 'vitest';
import { LiveUnits } from '../../../../src/lib/state/live-units.ts';
import { chunkSize, trailLifeMs, Trails } from '../../../../src/lib/state/trails.ts';

function stepsOf(trails: Trails): [from: number, to: number][] {
  return trails.chunks.flatMap(({ count, from, to }) =>
    Array.from({ length: count }, (_, i): [number, number] => [from[2 * i]!, to[2 * i]!]),
  );
}

function tick(live: LiveUnits, trails: Trails, nowMs: number, change: () => void): void {
  live.settle(1);
  change();
  trails.record(live, nowMs);
}

describe('the trail of a unit', () => {
  test('goes from fix to fix and starts with the second one', () => {
    const [live, trails] = [new LiveUnits(), new Trails()];
    tick(live, trails, 0, () => live.put(1, 121, 31, 0));
    tick(live, trails, 1000, () => live.put(1, 121.001, 31, 0));
    tick(live, trails, 2000, () => live.put(1, 121.002, 31, 0));
    expect(stepsOf(trails)).toEqual([
      [121, 121.001],
      [121.001, 121.002],
    ]);
  });

  test('goes from the last fix, also when the marker was still on its way', () => {
    const [live, trails] = [new LiveUnits(), new Trails()];
    tick(live, trails, 0, () => live.put(1, 121, 31, 0));
    live.put(1, 121.002, 31, 0);
    trails.record(live, 1000);
    live.settle(0.5);
    live.put(1, 121.004, 31, 0);
    trails.record(live, 1500);
    expect(stepsOf(trails)).toEqual([
      [121, 121.002],
      [121.002, 121.004],
    ]);
  });

  test('is no saw while the receiver of a standing unit wavers by some metres', () => {
    const [live, trails] = [new LiveUnits(), new Trails()];
    for (let t = 0; t < 20; t++) tick(live, trails, t * 1000, () => live.put(1, 121 + (t % 2) * 4e-5, 31, 0));
    expect(stepsOf(trails)).toEqual([]);
  });

  test('has no step while the unit stands', () => {
    const [live, trails] = [new LiveUnits(), new Trails()];
    for (const nowMs of [0, 1000, 2000]) tick(live, trails, nowMs, () => live.put(1, 121, 31, 0));
    expect(stepsOf(trails)).toEqual([]);
  });

  test('has a gap where the unit was out of sight, and where it was found again far away', () => {
    const [live, trails] = [new LiveUnits(), new Trails()];
    tick(live, trails, 0, () => live.put(1, 121, 31, 0));
    tick(live, trails, 1000, () => live.remove(1));
    tick(live, trails, 2000, () => live.put(1, 121.005, 31, 0));
    expect(stepsOf(trails)).toEqual([]);
    tick(live, trails, 3000, () => live.put(1, 121.1, 31, 0));
    tick(live, trails, 4000, () => live.put(1, 121.101, 31, 0));
    expect(stepsOf(trails)).toEqual([[121.1, 121.101]]);
    // The way begins anew: nothing leads over the gap.
    const { before, from, fromAtMs, beforeAtMs, toAtMs } = trails.chunks[0]!;
    expect([...before.subarray(0, 2)]).toEqual([...from.subarray(0, 2)]);
    expect([fromAtMs[0], beforeAtMs[0], toAtMs[0]]).toEqual([4000, 4000, 4000]);
  });

  test('is forgotten when it has faded, whole chunks at a time', () => {
    const [live, trails] = [new LiveUnits(), new Trails()];
    for (let i = 0; i <= chunkSize; i++) tick(live, trails, i, () => live.put(1, 121 + i * 2e-4, 31, 0));
    expect(trails.chunks.map(({ count }) => count)).toEqual([chunkSize]);
    tick(live, trails, trailLifeMs, () => live.put(1, 121.4198, 31, 0));
    tick(live, trails, trailLifeMs + chunkSize + 1, () => live.put(1, 121.42, 31, 0));
    expect(stepsOf(trails).length).toBeLessThan(3);
  });

  test('of very many units stays within bounds', () => {
    const [live, trails] = [new LiveUnits(), new Trails()];
    for (let t = 0; t < 30; t++) {
      tick(live, trails, t * 1000, () => {
        for (let number = 1; number <= 4000; number++) live.put(number, 121 + t * 2e-4, 31, 0);
      });
    }
    expect(trails.chunks.length).toBeLessThanOrEqual(24);
    expect(stepsOf(trails).at(-1)?.[1]).toBeCloseTo(121.0058, 9);
  });
});
