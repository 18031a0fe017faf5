import { describe, expect, test } from 'vitest';
import { packTrailColumns } from '../../../../src/lib/layers/trail-columns.ts';
import { packUnitColumns } from '../../../../src/lib/layers/unit-columns.ts';
import { secondsSinceEpoch } from '../../../../src/lib/layers/movement.ts';
import { LiveUnits } from '../../../../src/lib/state/live-units.ts';
import { Trails } from '../../../../src/lib/state/trails.ts';

describe('unit columns', () => {
  test('hold where each unit was, where it is, its kind, heading and time', () => {
    const live = new LiveUnits();
    live.put(7, 121, 31, 0, 1);
    const slot = live.put(7, 121.5, 31.5, 0, 1);
    live.headingsDeg[slot] = 90;
    const nowMs = Date.now();
    live.observedAtMs[slot] = nowMs - 2000;
    const { length, attributes } = packUnitColumns(live);
    expect(length).toBe(1);
    expect([...attributes.getPosition.value]).toEqual([121.5, 31.5]);
    expect([...attributes.getPreviousPosition.value]).toEqual([121, 31]);
    const [kind, headingDeg, observedAtS] = attributes.getFacts.value;
    expect([kind, headingDeg]).toEqual([1, 90]);
    expect(secondsSinceEpoch(nowMs) - observedAtS!).toBeCloseTo(2, 2);
  });

  test('say of an unknown heading that it is below north', () => {
    const live = new LiveUnits();
    live.put(7, 121, 31, 0);
    expect(packUnitColumns(live).attributes.getFacts.value[1]).toBe(-1);
  });

  test('are a new object each tick and copy no position', () => {
    const live = new LiveUnits();
    live.put(7, 121, 31, 0);
    const [first, second] = [packUnitColumns(live), packUnitColumns(live)];
    expect(second).not.toBe(first);
    expect(second.attributes.getPosition.value.buffer).toBe(live.current.buffer);
  });

  test('20,000 units are packed within a fraction of the 8 ms a tick may take', () => {
    const live = new LiveUnits();
    for (let number = 1; number <= 20_000; number++) live.put(number, 121 + number * 1e-6, 31, 0);
    packUnitColumns(live);
    const times = Array.from({ length: 9 }, () => {
      const startMs = performance.now();
      packUnitColumns(live);
      return performance.now() - startMs;
    }).toSorted((a, b) => a - b);
    expect(times[4]!).toBeLessThan(8);
  });
});

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
