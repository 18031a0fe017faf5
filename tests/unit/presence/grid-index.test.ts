import { expect, test } from 'vitest';
import { GridIndex, type IndexedGrid } from '../../../api/presence/grid-index.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';

const square = (id: string, west: number, south: number, side = 1): IndexedGrid => ({
  id,
  rings: [
    [
      [west, south],
      [west + side, south],
      [west + side, south + side],
      [west, south + side],
      [west, south],
    ],
  ],
});

test('a line is shared by its length among the grids it crosses', () => {
  const index = new GridIndex([square('a', 0, 0), square('b', 1, 0)]);
  expect(index.split(0.5, 0.5, 1.25, 0.5)).toEqual([
    { grid: 0, from: 0, to: expect.closeTo(2 / 3, 9) },
    { grid: 1, from: expect.closeTo(2 / 3, 9), to: 1 },
  ]);
  expect(index.split(-1, 0.5, 3, 0.5).map(({ grid }) => grid)).toEqual([-1, 0, 1, -1]);
});

test('a grid that is crossed between two fixes gets its part although neither fix is in it', () => {
  const index = new GridIndex([square('a', 0, 0), square('b', 1, 0), square('c', 2, 0)]);
  const middle = index.split(0.5, 0.5, 2.5, 0.5)[1]!;
  expect([middle.grid, middle.to - middle.from]).toEqual([1, expect.closeTo(0.5, 9)]);
});

test('along a common border, and at a corner, one grid counts', () => {
  const index = new GridIndex([square('a', 0, 0), square('b', 1, 0), square('c', 0, 1), square('d', 1, 1)]);
  const along = index.split(1, 0.25, 1, 0.75);
  expect(along).toHaveLength(1);
  expect([0, 1]).toContain(along[0]!.grid);
  const through = index.split(0.5, 0.5, 1.5, 1.5);
  expect(through.map(({ grid }) => grid)).toEqual([0, 3]);
  expect(index.at(1, 1)).toBeGreaterThanOrEqual(0);
});

test('where grids overlap the first counts', () => {
  const index = new GridIndex([square('a', 0, 0, 2), square('b', 1, 1, 2)]);
  expect(index.at(1.5, 1.5)).toBe(0);
  expect(index.split(1.5, 1.5, 2.5, 2.5).map(({ grid }) => grid)).toEqual([0, 1]);
});

test('a hole is outside, and so is everything where there are no grids', () => {
  const ring = square('a', 0, 0, 3).rings[0]!;
  const index = new GridIndex([{ id: 'a', rings: [ring, square('hole', 1, 1).rings[0]!] }]);
  expect([index.at(0.5, 0.5), index.at(1.5, 1.5), index.at(9, 9)]).toEqual([0, -1, -1]);
  expect(index.split(0.5, 1.5, 2.5, 1.5).map(({ grid }) => grid)).toEqual([0, -1, 0]);
  expect(new GridIndex([]).split(0, 0, 1, 1)).toEqual([{ grid: -1, from: 0, to: 1 }]);
});

test('lines at random are shared as counting points on them says', () => {
  const random = seededRandom(7);
  const grids = Array.from({ length: 25 }, (_, i) => square(`g${i}`, i % 5, Math.floor(i / 5)));
  const index = new GridIndex(grids);
  for (let run = 0; run < 60; run++) {
    const [ax, ay, bx, by] = [random() * 7 - 1, random() * 7 - 1, random() * 7 - 1, random() * 7 - 1];
    const steps = 2000;
    const counted = new Map<number, number>();
    for (let step = 0; step < steps; step++) {
      const share = (step + 0.5) / steps;
      const [x, y] = [ax + (bx - ax) * share, ay + (by - ay) * share];
      const grid = x < 0 || y < 0 || x >= 5 || y >= 5 ? -1 : Math.floor(y) * 5 + Math.floor(x);
      counted.set(grid, (counted.get(grid) ?? 0) + 1 / steps);
    }
    const shared = new Map<number, number>();
    for (const { grid, from, to } of index.split(ax, ay, bx, by)) shared.set(grid, (shared.get(grid) ?? 0) + to - from);
    expect([...shared.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    for (const grid of new Set([...counted.keys(), ...shared.keys()]))
      expect(Math.abs((counted.get(grid) ?? 0) - (shared.get(grid) ?? 0))).toBeLessThan(3 / steps);
  }
});
