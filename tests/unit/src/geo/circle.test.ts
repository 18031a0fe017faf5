import { expect, test } from 'vitest';
import type { LngLat } from '../../../../api/positions/contract.ts';
import { circleAround } from '../../../../src/lib/geo/circle.ts';
import { distanceM } from '../../../../src/lib/geo/sphere.ts';

test.each([
  [[117.93, 29.63], 100],
  [[-122.2, 47.4], 2500],
  [[25.4, 65.0], 15],
] as [LngLat, number][])('a circle around %j has all its corners %i m away, and is closed', (middle, radiusM) => {
  const ring = circleAround(middle, radiusM);
  expect(ring).toHaveLength(49);
  expect(ring.at(-1)).toEqual(ring[0]);
  for (const corner of ring) expect(Math.abs(distanceM(middle, corner) / radiusM - 1)).toBeLessThan(0.001);
});
