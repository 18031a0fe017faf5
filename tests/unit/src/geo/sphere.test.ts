import { expect, test } from 'vitest';
import type { LngLat } from '../../../../api/positions/contract.ts';
import { bearingDeg, distanceM } from '../../../../src/lib/geo/sphere.ts';

const berlin: LngLat = [13.376111, 52.516667];
const tokyo: LngLat = [139.743056, 35.659444];

// Vincenty's test line of Geoscience Australia: Flinders Peak to Buninyong, 54,972.271 m, azimuth 306° 52′ 05.37″.
const flindersPeak: LngLat = [144 + 25 / 60 + 29.5244 / 3600, -(37 + 57 / 60 + 3.7203 / 3600)];
const buninyong: LngLat = [143 + 55 / 60 + 35.3839 / 3600, -(37 + 39 / 60 + 10.1561 / 3600)];

test('Flinders Peak to Buninyong is within 0.6 % of the published geodesic', () => {
  expect(distanceM(flindersPeak, buninyong) / 54_972.271).toBeGreaterThan(0.994);
  expect(distanceM(flindersPeak, buninyong) / 54_972.271).toBeLessThan(1.006);
});

test('the bearing from Flinders Peak to Buninyong is the published azimuth within a quarter of a degree', () => {
  const azimuthDeg = 306 + 52 / 60 + 5.37 / 3600;
  expect(Math.abs(bearingDeg(flindersPeak, buninyong) - azimuthDeg)).toBeLessThan(0.25);
});

test('Berlin, Brandenburg Gate to Tokyo Tower is 8,918 km', () => {
  expect(distanceM(berlin, tokyo) / 1000).toBeCloseTo(8918, -1);
});

test('a degree of latitude is 60 nautical miles of the mean sphere', () => {
  expect(distanceM([121, 31], [121, 32])).toBeCloseTo(111_195.08, 1);
});

test.each<[LngLat, number]>([
  [[0, 1], 0],
  [[1, 0], 90],
  [[0, -1], 180],
  [[-1, 0], 270],
])('from the origin %j lies at %d degrees', (to, degrees) => {
  expect(bearingDeg([0, 0], to)).toBeCloseTo(degrees, 9);
});

test('over the date line the way is short', () => {
  expect(distanceM([179.5, 0], [-179.5, 0])).toBeCloseTo(111_195.08, 1);
});
