import { describe, expect, test } from 'vitest';
import { callSigns, gridLabels } from '../../../../src/lib/layers/label-texts.ts';
import { placeLabels, textWidthPx, type LabelCandidate } from '../../../../src/lib/layers/place-labels.ts';
import type { GridFeature } from '../../../../src/lib/state/base-data-state.svelte.ts';
import { LiveUnits } from '../../../../src/lib/state/live-units.ts';

const label = (id: string, lng: number, more: Partial<LabelCandidate> = {}): LabelCandidate => ({
  id,
  text: '步巡01',
  lngLat: [lng, 0],
  sizePx: 14,
  offsetPx: [0, 0],
  priority: 0,
  ...more,
});
const idsOf = (labels: readonly { id: string }[]): string[] => labels.map(({ id }) => id).toSorted();
// At zoom 15 a pixel is 360 / (512 × 2^15) degrees at the equator.
const degrees = (pixels: number): number => (pixels * 360) / (512 * 2 ** 15);

describe('labels on the map', () => {
  test('that do not touch all stand', () => {
    expect(idsOf(placeLabels([label('a', 0), label('b', degrees(100))], { zoom: 15 }))).toEqual(['a', 'b']);
  });

  test('of two that touch one stands, the more important one', () => {
    const labels = [label('a', 0), label('b', degrees(30), { priority: 1 })];
    expect(idsOf(placeLabels(labels, { zoom: 15 }))).toEqual(['b']);
  });

  test('of two equals the one that stood before goes on standing', () => {
    const labels = [label('a', 0), label('b', degrees(30))];
    expect(idsOf(placeLabels(labels, { zoom: 15 }))).toEqual(['a']);
    expect(idsOf(placeLabels(labels, { zoom: 15, shown: new Set(['b']) }))).toEqual(['b']);
  });

  test('that lie side by side on a map turned by a quarter lie above each other, where there is room', () => {
    const labels = [label('a', 0), label('b', degrees(40))];
    expect(placeLabels(labels, { zoom: 15 })).toHaveLength(1);
    expect(placeLabels(labels, { zoom: 15, bearingDeg: 90 })).toHaveLength(2);
  });

  test('never cover the symbol of another, and go to the other side of their own', () => {
    const below = label('a', 0, { offsetPx: [0, 20], otherOffsetsPx: [[0, -20]] });
    const own = { id: 'a', lngLat: [0, 0] as [number, number], radiusPx: 15 };
    const other = { id: 'b', lngLat: [0, -degrees(25)] as [number, number], radiusPx: 10 };
    expect(placeLabels([below], { zoom: 15, obstacles: [own] })[0]?.offsetPx).toEqual([0, 20]);
    expect(placeLabels([below], { zoom: 15, obstacles: [own, other] })[0]?.offsetPx).toEqual([0, -20]);
    const above = { id: 'c', lngLat: [0, degrees(25)] as [number, number], radiusPx: 10 };
    expect(placeLabels([below], { zoom: 15, obstacles: [own, other, above] })).toEqual([]);
  });

  test('Chinese is measured wider than digits', () => {
    expect(textWidthPx('步巡', 10)).toBe(20);
    expect(textWidthPx('01', 10)).toBeCloseTo(11.2, 9);
  });
});

const grid: GridFeature = {
  type: 'Feature',
  id: 'g1',
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [0.01, 0],
        [0.01, 0.01],
        [0, 0.01],
        [0, 0],
      ],
    ],
  },
  properties: { stationId: 's', number: '07', name: null, officer: '王建国' },
};

test.each([
  [13, []],
  [14, ['07']],
  [15, ['07\n王建国']],
])('at zoom %d a grid says %j', (zoom, texts) => {
  const labels = gridLabels([grid], { zoom, bearingDeg: 0, bbox: [-1, -1, 1, 1] });
  expect(labels.map(({ text }) => text)).toEqual(texts);
});

describe('call signs', () => {
  const sight = { zoom: 15, bearingDeg: 0, bbox: [120, 30, 122, 32] as [number, number, number, number] };
  const records = new Map([
    [1, { callSign: '步巡01' }],
    [2, { callSign: '车巡02' }],
  ]);
  const live = new LiveUnits();
  live.put(1, 121, 31, 0, 0);
  live.put(2, 121.01, 31, 0, 1);
  live.put(3, 121.02, 31, 0, 1);
  live.observedAtMs.set([1_000_000, 1_000_000 - 121_000, 1_000_000]);
  const signsAt = (zoom: number, selectedNumber?: number) =>
    callSigns(
      live,
      (number) => records.get(number),
      { ...sight, zoom },
      { selectedNumber, nowMs: 1_000_000, shown: new Set() },
    );

  test('stand at units whose record has come', () => {
    expect(signsAt(15).map(({ text }) => text)).toEqual(['步巡01', '车巡02']);
  });

  test('a car that is silent for two minutes is marked stale', () => {
    expect(signsAt(15).map(({ isStale }) => isStale)).toEqual([false, true]);
  });

  test('from far away only the selected unit is named', () => {
    expect(signsAt(12, 2).map(({ text }) => text)).toEqual(['车巡02']);
  });

  test('units out of sight are not named', () => {
    expect(
      callSigns(
        live,
        (number) => records.get(number),
        { ...sight, bbox: [0, 0, 1, 1] },
        { selectedNumber: 1, nowMs: 0, shown: new Set() },
      ),
    ).toEqual([]);
  });
});
