import { expect, test } from 'vitest';
import { fixLimits } from '../../../api/positions/fix-limits.ts';
import { isReachable } from '../../../api/positions/is-reachable.ts';
import type { FixReport } from '../../../api/positions/contract.ts';
import { generateTown } from '../../../api/stations/demo/generate-town.ts';
import { toPoint, type LngLat } from '../../../api/stations/demo/ground.ts';
import { makePatrolNetwork } from '../../../api/stations/demo/patrol-network.ts';
import { kindOf } from '../../../api/stations/demo/patrol-units.ts';
import { distanceM, distanceToLine, isInside } from '../../../api/stations/demo/plane.ts';
import { Fleet } from '../../../api/stations/demo/simulate-units.ts';

const town = generateTown(1);
const startMs = Date.parse('2026-11-22T06:00:00Z');
const run = (fleet: Fleet, seconds: number): FixReport[][] =>
  Array.from({ length: fleet.count }, (_, unit) =>
    Array.from({ length: seconds }, (__, second) => fleet.fixAt(unit, startMs + second * 1000)),
  );
const tracks = run(new Fleet({ town, count: 63, seed: 1 }), 400);
const place = (fix: FixReport | undefined) => toPoint((fix as FixReport).lngLat);

test('the same seed drives the same ways', () => {
  expect(run(new Fleet({ town, count: 3, seed: 1 }), 60)).toEqual(
    tracks.slice(0, 3).map((track) => track.slice(0, 60)),
  );
  expect(run(new Fleet({ town, count: 1, seed: 2 }), 60)).not.toEqual(
    tracks.slice(0, 1).map((track) => track.slice(0, 60)),
  );
});

test('units on the ground stay on the streets, within what their receivers are off', () => {
  const { edges } = makePatrolNetwork(town);
  tracks.forEach((track, unit) => {
    if (kindOf(unit + 1) === 'uav') return;
    for (const fix of track.filter((_, i) => i % 60 === 0)) {
      const offM = Math.min(...edges.map(({ points }) => distanceToLine(place(fix), points)));
      expect(offM, fix.device).toBeLessThan(20);
    }
  });
});

test('every fix could have been reached from the one before, at a speed well below the limit of its kind', () => {
  const faults = tracks.flatMap((track, unit) => {
    const { maxSpeedMps } = fixLimits[kindOf(unit + 1)];
    return track.filter((fix, i) => {
      const before = track[i - 1];
      if (!before) return false;
      const anchor = { atMs: Date.parse(before.at), lng: before.lngLat[0], lat: before.lngLat[1], accuracyM: 0 };
      const isNear = isReachable(anchor, Date.parse(fix.at), ...fix.lngLat, 0, maxSpeedMps / 2);
      return !isNear || (fix.speedMps ?? 0) > maxSpeedMps / 2;
    });
  });
  expect(faults).toEqual([]);
});

test('speed and heading are those of the track', () => {
  const faults = tracks.flatMap((track) =>
    track.filter((fix, i) => {
      const before = track[i - 1];
      if (!before || !fix.speedMps || !before.speedMps) return false;
      const [[x1, y1], [x2, y2]] = [place(before), place(fix)];
      // A metre and a half of drift, what a unit speeds up or brakes in a second, and what a corner saves.
      const isSpeed = Math.abs(Math.hypot(x2 - x1, y2 - y1) - fix.speedMps) < 1.5 + 3.2 + 0.3 * fix.speedMps;
      const turned = Math.abs((((fix.headingDeg ?? 0) - (before.headingDeg ?? 0) + 540) % 360) - 180);
      const course = ((Math.atan2(x2 - x1, y2 - y1) * 180) / Math.PI + 360) % 360;
      const isHeading =
        fix.speedMps < 5 || turned > 5 || Math.abs((((fix.headingDeg ?? 0) - course + 540) % 360) - 180) < 35;
      return !isSpeed || !isHeading;
    }),
  );
  expect(faults).toEqual([]);
});

test('all 63 units move within some minutes, some stand still at times, and they begin all over the town', () => {
  for (const track of tracks)
    expect(Math.max(...track.map((fix) => distanceM(place(track[0]), place(fix))))).toBeGreaterThan(30);
  expect(tracks.filter((track) => track.some(({ speedMps }) => speedMps === 0)).length).toBeGreaterThan(30);
  const grids = town.grids.filter((grid) => tracks.some((track) => isInside(grid, place(track[0]))));
  expect(grids.length).toBeGreaterThan(25);
});

test('a battery falls slowly and is charged again', () => {
  const fleet = new Fleet({ town, count: 63, seed: 1 });
  const levels = Array.from({ length: 90 }, (_, minute) => fleet.fixAt(62, startMs + minute * 60_000).batteryPct ?? 0);
  expect(Math.min(...levels)).toBeGreaterThan(0);
  expect(levels.some((level, i) => level < (levels[i - 1] ?? 0))).toBe(true);
  expect(levels.some((level, i) => level > (levels[i - 1] ?? 100))).toBe(true);
});

test('a unit that was seen somewhere begins there', () => {
  const lastSeen = new Map<number, LngLat>(
    [1, 40, 63].map((number) => [number, (tracks[number - 1]?.at(-1) as FixReport).lngLat as LngLat]),
  );
  const fleet = new Fleet({ town, count: 63, seed: 1, lastSeen });
  for (const number of [1, 40, 63]) {
    const began = place(fleet.fixAt(number - 1, startMs));
    expect(distanceM(began, place(tracks[number - 1]?.at(-1)))).toBeLessThan(40);
  }
});
