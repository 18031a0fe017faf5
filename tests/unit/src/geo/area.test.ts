import type { Polygon } from 'geojson';
import { expect, test } from 'vitest';
import { bboxOf, isInBbox, uniteBboxes } from '../../../../src/lib/geo/bbox.ts';
import { labelPointOf } from '../../../../src/lib/geo/label-point.ts';

const polygon = (...rings: number[][][]): Polygon => ({ type: 'Polygon', coordinates: rings });

test('the label of a square stands in its middle', () => {
  expect(
    labelPointOf(
      polygon([
        [0, 0],
        [2, 0],
        [2, 2],
        [0, 2],
        [0, 0],
      ]),
    ),
  ).toEqual([1, 1]);
});

test('the label of a triangle stands a third up', () => {
  const point = labelPointOf(
    polygon([
      [0, 0],
      [3, 0],
      [0, 3],
      [0, 0],
    ]),
  )!;
  expect(point[0]).toBeCloseTo(1, 12);
  expect(point[1]).toBeCloseTo(1, 12);
});

test('the label of a bent area stands inside it, where there is most room', () => {
  // A U that opens to the north: its centroid lies in the gap.
  const u = polygon([
    [0, 0],
    [10, 0],
    [10, 10],
    [7, 10],
    [7, 2],
    [2, 2],
    [2, 10],
    [0, 10],
    [0, 0],
  ]);
  const [lng, lat] = labelPointOf(u)!;
  expect(lng).toBeCloseTo(8.5, 9);
  expect(lat).toBeGreaterThan(2);
});

test('the label of an area with a hole in its middle stands beside the hole', () => {
  const ring = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
    [0, 0],
  ];
  const hole = [
    [3, 3],
    [3, 7],
    [7, 7],
    [7, 3],
    [3, 3],
  ];
  const [lng] = labelPointOf(polygon(ring, hole))!;
  expect(lng < 3 || lng > 7).toBe(true);
});

test('of several parts the largest is labelled', () => {
  const small = [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ],
  ];
  const large = [
    [
      [10, 10],
      [14, 10],
      [14, 14],
      [10, 14],
      [10, 10],
    ],
  ];
  expect(labelPointOf({ type: 'MultiPolygon', coordinates: [small, large] })).toEqual([12, 12]);
});

test('an area without extent has no label point', () => {
  expect(
    labelPointOf(
      polygon([
        [0, 0],
        [1, 1],
        [0, 0],
      ]),
    ),
  ).toBeUndefined();
});

test('a box holds its edges and nothing beyond', () => {
  expect(isInBbox([0, 0, 2, 1], [2, 1])).toBe(true);
  expect(isInBbox([0, 0, 2, 1], [2.001, 1])).toBe(false);
});

test('boxes unite; no positions have no box', () => {
  expect(uniteBboxes([0, 0, 1, 1], [5, -1, 6, 0.5])).toEqual([0, -1, 6, 1]);
  expect(bboxOf([])).toBeUndefined();
  expect(
    bboxOf([
      [3, 4],
      [1, 9],
    ]),
  ).toEqual([1, 4, 3, 9]);
});
