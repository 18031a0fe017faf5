import type { MultiPolygon, Polygon } from 'geojson';
import { expect, test } from 'vitest';
import { bboxOfArea } from '../../../src/lib/panels/bbox-of-area.ts';
import { isInArea } from '../../../src/lib/panels/is-in-area.ts';

const square = (west: number, south: number, side: number): [number, number][] => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
];
const withHole: Polygon = { type: 'Polygon', coordinates: [square(0, 0, 10), square(4, 4, 2)] };
const apart: MultiPolygon = { type: 'MultiPolygon', coordinates: [[square(0, 0, 1)], [square(5, 5, 1)]] };

test('a point inside is in the area, one outside is not', () => {
  expect(isInArea([1, 1], withHole)).toBe(true);
  expect(isInArea([11, 1], withHole)).toBe(false);
});

test('a point in a hole is outside', () => {
  expect(isInArea([5, 5], withHole)).toBe(false);
});

test('an area of several parts holds what is in any of them', () => {
  expect(isInArea([5.5, 5.5], apart)).toBe(true);
  expect(isInArea([3, 3], apart)).toBe(false);
});

test('a point on the border of two grids is in exactly one', () => {
  const left: Polygon = { type: 'Polygon', coordinates: [square(0, 0, 1)] };
  const right: Polygon = { type: 'Polygon', coordinates: [square(1, 0, 1)] };
  expect([left, right].filter((area) => isInArea([1, 0.5], area))).toHaveLength(1);
});

test('the box of an area holds all its parts', () => {
  expect(bboxOfArea(apart)).toEqual([0, 0, 6, 6]);
});
