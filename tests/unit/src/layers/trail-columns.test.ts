import { expect, test } from 'vitest';
import { palettes } from '../../../../src/lib/layers/palette.ts';
import { packTrailColumns } from '../../../../src/lib/layers/trail-columns.ts';
import { TrailLayers } from '../../../../src/lib/layers/trail-layers.ts';
import { secondsSinceEpoch } from '../../../../src/lib/layers/movement.ts';
import { LiveUnits } from '../../../../src/lib/state/live-units.ts';
import { chunkSize, Trails } from '../../../../src/lib/state/trails.ts';

test('a trail chunk is the same object until a step was added', () => {
  const [live, trails] = [new LiveUnits(), new Trails()];
  const move = (lng: number, nowMs: number): void => {
    live.settle(1);
    live.put(1, lng, 31, 0, 2);
    trails.record(live, nowMs);
  };
  move(121, 0);
  move(121.001, 1000);
  const first = packTrailColumns(trails.chunks[0]!);
  expect(packTrailColumns(trails.chunks[0]!)).toBe(first);
  expect([...first.attributes.getTo.value]).toEqual([121.001, 31]);
  expect(first.attributes.getFacts.value[0]).toBe(2);
  move(121.002, 2000);
  const second = packTrailColumns(trails.chunks[0]!);
  expect(second).not.toBe(first);
  expect(second.length).toBe(2);
});

test('each step of a trail knows the one before it, so that the joint can be drawn once', () => {
  const [live, trails] = [new LiveUnits(), new Trails()];
  const startMs = Date.now();
  for (const [i, [lng, lat]] of (
    [
      [121, 31],
      [121.001, 31],
      [121.001, 31.001],
      [121.002, 31.001],
    ] as const
  ).entries()) {
    live.settle(1);
    live.put(1, lng, lat, 0, 2);
    trails.record(live, startMs + 1000 * i);
  }
  const { getFrom, getTo, getBefore, getFacts } = packTrailColumns(trails.chunks[0]!).attributes;
  // Where a way begins there is nothing before it.
  expect([...getBefore.value]).toEqual([121, 31, 121, 31, 121.001, 31]);
  expect([...getBefore.value.subarray(2)]).toEqual([...getFrom.value.subarray(0, 4)]);
  expect([...getFrom.value.subarray(2)]).toEqual([...getTo.value.subarray(0, 4)]);
  const agesS = [...getFacts.value].map((value, i) => (i % 4 === 0 ? value : secondsSinceEpoch(startMs) - value));
  [2, -1, -1, -1, 2, -2, -1, -1, 2, -3, -2, -1].forEach((fact, i) => expect(agesS[i]).toBeCloseTo(fact, 2));
});

test('a chunk keeps its layer, and all of them their list, until a step was added or they look otherwise', () => {
  const [live, trails] = [new LiveUnits(), new Trails()];
  const layers = new TrailLayers(() => ({ progress: 1, nowS: 0, tickS: 0 }));
  let lng = 121;
  const step = (times: number): void => {
    for (let i = 0; i < times; i++) {
      live.settle(1);
      live.put(1, (lng += 0.001), 31, 0, 2);
      trails.record(live, Date.now());
    }
  };
  step(chunkSize + 2);
  const first = layers.layersOf(trails, palettes.light, 15);
  expect(first).toHaveLength(2);
  expect(layers.layersOf(trails, palettes.light, 15)).toBe(first);
  step(1);
  const second = layers.layersOf(trails, palettes.light, 15);
  expect(second[0]).toBe(first[0]);
  expect(second[1]).not.toBe(first[1]);
  expect((second[1]!.props.data as unknown as { length: number }).length).toBe(2);
  expect(layers.layersOf(trails, palettes.dark, 15)[0]).not.toBe(first[0]);
  expect(layers.layersOf(trails, palettes.dark, 15.25)[0]).not.toBe(first[0]);
  const shown = layers.layersOf(trails, palettes.dark, 15.25)[0];
  // What was taken off the map is gone.
  expect(layers.none()).toEqual([]);
  expect(layers.none()).toBe(layers.none());
  expect(layers.layersOf(trails, palettes.dark, 15.25)[0]).not.toBe(shown);
});
