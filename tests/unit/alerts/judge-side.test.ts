import { describe, expect, test } from 'vitest';
import { judgeSide, unknownSide, type Side } from '../../../api/geofences/judge-side.ts';
import { measureArea, measureClearance, metresPerLat } from '../../../api/geofences/measure-clearance.ts';
import type { Area } from '../../../api/geofences/contract.ts';
import { globalSat, haicom, type RecordedFix } from '../../fixtures/gps-jitter.ts';

const box = (west: number, south: number, east: number, north: number): Area => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
});

/** Everything east of this longitude, for a kilometre. */
const eastOf = (lng: number, lat: number) => measureArea(box(lng, lat - 0.005, lng + 0.01, lat + 0.005));

describe('clearance', () => {
  const area = measureArea({
    type: 'Polygon',
    coordinates: [
      [
        [116, 40],
        [116.01, 40],
        [116.01, 40.01],
        [116, 40.01],
        [116, 40],
      ],
      [
        [116.004, 40.004],
        [116.006, 40.004],
        [116.006, 40.006],
        [116.004, 40.006],
        [116.004, 40.004],
      ],
    ],
  });
  const lngM = metresPerLat * Math.cos((40.005 * Math.PI) / 180);

  test('is how far inside the edge a place is, negative outside', () => {
    expect(measureClearance(area, 116.001, 40.005)).toBeCloseTo(0.001 * lngM, 6);
    expect(measureClearance(area, 115.999, 40.005)).toBeCloseTo(-0.001 * lngM, 6);
    expect(measureClearance(area, 116.005, 40.011)).toBeCloseTo(-0.001 * metresPerLat, 6);
  });

  test('of a place in a hole is outside', () => {
    expect(measureClearance(area, 116.005, 40.0045)).toBeCloseTo(-0.0005 * metresPerLat, 6);
  });

  test('of a corner is measured to the corner', () => {
    expect(measureClearance(area, 115.999, 39.999)).toBeCloseTo(-Math.hypot(0.001 * lngM, 0.001 * metresPerLat), 6);
  });
});

/** Feeds fixes and tells what was decided: true inside, false outside. */
function decide(side: Side, fixes: readonly { atMs: number; clearanceM: number; accuracyM?: number }[]): boolean[] {
  const decided: boolean[] = [];
  for (const { atMs, clearanceM, accuracyM = 5 } of fixes)
    if (judgeSide(side, atMs, clearanceM, accuracyM)) decided.push(side.isInside!);
  return decided;
}

const every = (stepMs: number, clearances: readonly number[], accuracyM = 5) =>
  clearances.map((clearanceM, index) => ({ atMs: index * stepMs, clearanceM, accuracyM }));

test('three fixes over ten seconds that agree decide the side', () => {
  expect(decide(unknownSide(), every(5000, [-50, -50, -50]))).toEqual([false]);
});

test('one fix, or many within a moment, decide nothing', () => {
  expect(decide(unknownSide(), every(5000, [-50, -50]))).toEqual([]);
  expect(decide(unknownSide(), every(1000, Array(9).fill(-50)))).toEqual([]);
  expect(decide(unknownSide(), every(1000, Array(12).fill(-50)))).toEqual([false]);
});

test('a side holds since the first of the fixes that decided it', () => {
  const side = unknownSide();
  decide(side, every(5000, [-50, -50, -50, 30, 30, 30]));
  expect(side).toMatchObject({ isInside: true, sinceMs: 15_000 });
});

test('a fix on the known side forgets what spoke against it', () => {
  expect(decide(unknownSide(), every(5000, [-50, -50, -50, 30, 30, -50, 30, 30, -50]))).toEqual([false]);
});

test('a fix whose circle cuts the edge says nothing', () => {
  const side = unknownSide();
  decide(side, every(5000, [-50, -50, -50]));
  expect(decide(side, every(5000, Array(50).fill(30), 31))).toEqual([]);
  expect(decide(side, every(5000, Array(50).fill(30), 29))).toEqual([true]);
});

test('a device that tells no accuracy is believed within 15 m', () => {
  expect(decide(unknownSide(), every(5000, Array(50).fill(14), NaN))).toEqual([]);
  expect(decide(unknownSide(), every(5000, Array(3).fill(16), NaN))).toEqual([true]);
});

describe.each([
  ['a receiver that has just found its satellites', haicom],
  ['a warm receiver', globalSat],
])('recorded jitter of %s at the very edge', (_, recorded) => {
  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const edge = median(recorded.map(({ lng }) => lng)) + 1e-9;
  const lat = recorded[0]!.lat;
  const fence = eastOf(edge, lat);
  /** The same stretch again and again, twenty times. */
  const lastsMs = recorded.at(-1)!.atMs - recorded[0]!.atMs + 1000;
  const standing = Array.from({ length: 20 }, (__, turn) =>
    recorded.map((fix) => ({ ...fix, atMs: fix.atMs + turn * lastsMs })),
  ).flat();
  const clearances = (fixes: readonly RecordedFix[], accuracyOf: (hdop: number) => number) =>
    fixes.map(({ atMs, lng, hdop, ...fix }) => ({
      atMs,
      clearanceM: measureClearance(fence, lng, fix.lat),
      accuracyM: accuracyOf(hdop),
    }));
  const ofPhone = (hdop: number) => hdop * 5;
  const told = [
    ['with the accuracy it tells', ofPhone],
    ['with none told', () => NaN],
  ] as const;

  test('crosses the edge at least twenty times', () => {
    const sides = clearances(standing, ofPhone).map(({ clearanceM }) => clearanceM > 0);
    expect(sides.filter((side, index) => index > 0 && side !== sides[index - 1]).length).toBeGreaterThanOrEqual(20);
  });

  test.each(told)('decides nothing %s', (__, accuracyOf) => {
    expect(decide(unknownSide(), clearances(standing, accuracyOf))).toEqual([]);
  });

  test.each(told)('is one crossing when the unit came from outside and goes on in, %s', (__, accuracyOf) => {
    const start = standing[0]!;
    const end = standing.at(-1)!;
    const walk = (from: RecordedFix, sign: number, metres: (step: number) => number): RecordedFix[] =>
      Array.from({ length: 30 }, (___, step) => ({
        ...from,
        hdop: 2,
        atMs: from.atMs + sign * (sign > 0 ? step + 1 : 30 - step) * 1000,
        lng: edge + metres(step) / fence.metresPerLng,
      }));
    const way = [...walk(start, -1, (step) => -60 + step * 1.5), ...standing, ...walk(end, 1, (step) => 10 + step * 2)];
    expect(decide(unknownSide(), clearances(way, accuracyOf))).toEqual([false, true]);
  });
});
