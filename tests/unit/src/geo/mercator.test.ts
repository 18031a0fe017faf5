import { expect, test } from 'vitest';
import { distancePx, lngLatOfMercator, mercatorOf, metresPerPixel } from '../../../../src/lib/geo/mercator.ts';

test('the world is a square whose corners are those of EPSG:3857', () => {
  expect(mercatorOf([-180, 85.0511287798066])[0]).toBe(0);
  expect(mercatorOf([-180, 85.0511287798066])[1]).toBeCloseTo(0, 12);
  expect(mercatorOf([180, -85.0511287798066])[0]).toBe(1);
  expect(mercatorOf([180, -85.0511287798066])[1]).toBeCloseTo(1, 12);
  expect(mercatorOf([0, 0])).toEqual([0.5, 0.5]);
});

// EPSG guidance note 7-2, method 1024: 24°22′54.433″N 100°20′00″W is E -11169055.58, N 2800000.00.
test('the published example of Pseudo-Mercator is met within a centimetre', () => {
  const halfWorldM = Math.PI * 6_378_137;
  const [x, y] = mercatorOf([-(100 + 20 / 60), 24 + 22 / 60 + 54.433 / 3600]);
  expect((2 * x - 1) * halfWorldM).toBeCloseTo(-11_169_055.58, 1);
  expect((1 - 2 * y) * halfWorldM).toBeCloseTo(2_800_000, 1);
});

test('there and back is the same place', () => {
  const [lng, lat] = lngLatOfMercator(mercatorOf([121.47, 31.23]));
  expect(lng).toBeCloseTo(121.47, 12);
  expect(lat).toBeCloseTo(31.23, 12);
});

test('at zoom 0 the world is 512 pixels wide, each 78 km at the equator', () => {
  expect(distancePx([-180, 0], [180, 0], 0)).toBe(512);
  expect(metresPerPixel(0, 0)).toBeCloseTo(78_271.517, 3);
});

test('a pixel covers half as much ground at 60° north', () => {
  expect(metresPerPixel(60, 15) / metresPerPixel(0, 15)).toBeCloseTo(0.5, 12);
});
