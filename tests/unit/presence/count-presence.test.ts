import { expect, test } from 'vitest';
import { PresenceTotals, UnitPresence, type Window } from '../../../api/presence/count-presence.ts';
import { GridIndex } from '../../../api/presence/grid-index.ts';
import { hoursTouched, isLate, settledEnd } from '../../../api/presence/hours.ts';

// Two squares of a tenth of a degree beside each other: west of 0.1 grid 0, east of it grid 1.
const square = (id: string, west: number) => ({
  id,
  rings: [
    [
      [west, 0],
      [west + 0.1, 0],
      [west + 0.1, 0.1],
      [west, 0.1],
      [west, 0],
    ] as [number, number][],
  ],
});
const index = new GridIndex([square('a', 0), square('b', 0.1)]);
const ever: Window = { fromMs: 0, toMs: 86_400_000 };

/** Fixes of one foot patrol: seconds, longitude, device. */
function count(fixes: readonly (readonly [s: number, lng: number, device?: number])[], window = ever) {
  const totals = new PresenceTotals(2);
  const unit = new UnitPresence('foot', 300_000, index, window);
  for (const [s, lng, device = 1] of fixes) unit.add(device, { atMs: 1000 * s, lng, lat: 0.05 }, totals);
  return {
    seconds: [...(totals.seconds.get('foot') ?? [0, 0])].map((value) => Number(value.toFixed(6))),
    visits: [...(totals.visits.get('foot') ?? [0, 0])],
  };
}

test('time between two fixes is shared by the length of the line in each grid', () => {
  // From 0.04 to 0.16 in 120 s: half of it on either side of 0.1.
  expect(
    count([
      [0, 0.04],
      [120, 0.16],
    ]).seconds,
  ).toEqual([60, 60]);
  // Three quarters before the border.
  expect(
    count([
      [0, 0.07],
      [100, 0.11],
    ]).seconds,
  ).toEqual([75, 25]);
});

test('standing still is presence; a silence longer than the limit is not', () => {
  expect(
    count([
      [0, 0.05],
      [300, 0.05],
    ]).seconds,
  ).toEqual([300, 0]);
  expect(
    count([
      [0, 0.05],
      [301, 0.05],
    ]).seconds,
  ).toEqual([0, 0]);
  expect(
    count([
      [0, 0.05],
      [100, 0.05],
      [500, 0.15],
      [560, 0.15],
    ]).seconds,
  ).toEqual([100, 60]);
});

test('outside all grids nothing counts', () => {
  expect(
    count([
      [0, 0.15],
      [100, 0.25],
    ]).seconds,
  ).toEqual([0, 50]);
});

test('two devices of one unit are present once', () => {
  expect(
    count([
      [0, 0.05, 1],
      [1, 0.05, 2],
      [10, 0.05, 1],
      [11, 0.05, 2],
      [20, 0.05, 1],
      [21, 0.05, 2],
    ]).seconds,
  ).toEqual([21, 0]);
});

test('only what lies in the window counts, and a visit counts where it began', () => {
  const fixes = [
    [0, 0.05],
    [100, 0.05],
    [200, 0.05],
    [300, 0.05],
  ] as const;
  const first = count(fixes, { fromMs: 0, toMs: 150_000 });
  const second = count(fixes, { fromMs: 150_000, toMs: 300_000 });
  expect([first.seconds[0], second.seconds[0]]).toEqual([150, 150]);
  expect([first.visits[0], second.visits[0]]).toEqual([1, 0]);
});

test('a visit is a stay of a minute at least; being away for two minutes does not end it', () => {
  expect(
    count([
      [0, 0.05],
      [59, 0.05],
    ]).visits,
  ).toEqual([0, 0]);
  expect(
    count([
      [0, 0.05],
      [60, 0.05],
    ]).visits,
  ).toEqual([1, 0]);
  // Away to the other grid for some 80 s and back: one visit here, and one there.
  const away = [
    [0, 0.09],
    [100, 0.09],
    [110, 0.11],
    [190, 0.11],
    [200, 0.09],
    [300, 0.09],
  ] as const;
  expect(count(away).visits).toEqual([1, 1]);
  // Away for 205 s: two visits.
  const longAway = [
    [0, 0.09],
    [100, 0.09],
    [105, 0.11],
    [305, 0.11],
    [310, 0.09],
    [400, 0.09],
  ] as const;
  expect(count(longAway).visits).toEqual([2, 1]);
});

test('a jittering fix at the border is no visit to the other side', () => {
  const fixes = Array.from({ length: 61 }, (_, i) => [10 * i, i % 4 === 3 ? 0.1001 : 0.0999] as const);
  const { seconds, visits } = count(fixes);
  expect(seconds[0]! + seconds[1]!).toBeCloseTo(600, 6);
  expect(visits[0]).toBe(1);
});

test('a count that branches leaves the first as it was', () => {
  const totals = new PresenceTotals(2);
  const unit = new UnitPresence('foot', 300_000, index, ever);
  unit.add(1, { atMs: 0, lng: 0.05, lat: 0.05 }, totals);
  const [branch, branchTotals] = [unit.clone(), totals.clone()];
  branch.add(1, { atMs: 100_000, lng: 0.05, lat: 0.05 }, branchTotals);
  expect(totals.seconds.get('foot')).toBeUndefined();
  unit.add(1, { atMs: 50_000, lng: 0.05, lat: 0.05 }, totals);
  expect(totals.seconds.get('foot')![0]).toBe(50);
  expect(branchTotals.seconds.get('foot')![0]).toBe(100);
});

test('a late fix touches its hour and those that look so far, and a fix in time none', () => {
  const at = (text: string) => Date.parse(`2026-11-22T${text}Z`);
  expect(isLate(at('10:30:00'), at('10:30:59'))).toBe(false);
  expect(hoursTouched(at('10:30:00'), at('14:00:00'))).toEqual([at('10:00:00')]);
  expect(hoursTouched(at('10:02:00'), at('14:00:00'))).toEqual([at('09:00:00'), at('10:00:00')]);
  expect(hoursTouched(at('10:57:00'), at('14:00:00'))).toEqual([at('10:00:00'), at('11:00:00')]);
  // Not settled yet: the roll-up reads it anyway.
  expect(hoursTouched(at('10:58:00'), at('11:05:00'))).toEqual([]);
  expect(settledEnd(at('11:10:59'))).toBe(at('10:00:00'));
  expect(settledEnd(at('11:11:00'))).toBe(at('11:00:00'));
});
