import { expect, test } from 'vitest';
import type { Geofence } from '../../../api/geofences/contract.ts';
import { FenceWatch, type FenceEvent } from '../../../api/geofences/fence-watch.ts';
import type { LatestFix } from '../../../api/positions/latest-fixes.ts';
import { drawGeofences } from '../../../api/stations/demo/draw-geofences.ts';
import { generateTown } from '../../../api/stations/demo/generate-town.ts';
import { toLngLat, toPoint } from '../../../api/stations/demo/ground.ts';
import { demoStationId } from '../../../api/stations/demo/ids.ts';
import { kindOf, unitCount } from '../../../api/stations/demo/patrol-units.ts';
import { areaOf, centroidOf, isInside, type Point } from '../../../api/stations/demo/plane.ts';
import { Fleet } from '../../../api/stations/demo/simulate-units.ts';

const town = generateTown(1);
const fences = drawGeofences(town);
const ringOf = ({ ring }: (typeof fences)[number]): Point[] => ring.slice(0, -1).map(toPoint);

const asGeofences = fences.map(
  ({ id, name, severity, onEnter, dwellMinutes, unitKinds, hours, ring }): Geofence & { timeZone: string } => ({
    id,
    name,
    severity,
    onEnter,
    onLeave: false,
    dwellMinutes,
    unitKinds,
    activeHours: hours && { from: hours[0], to: hours[1] },
    area: { type: 'MultiPolygon', coordinates: [[ring]] },
    stationId: demoStationId,
    version: 1,
    timeZone: 'Asia/Shanghai',
  }),
);

/** What the patrols of the demo raise in so many minutes from a moment on. */
function alertsIn(minutes: number, fromMs: number, seed: number): string[] {
  const watch = new FenceWatch();
  const raised: string[] = [];
  watch.onEvent(({ kind, fence, isInside: isIn, isFirst, isActive }: FenceEvent) => {
    const isAlert = kind === 'dwell' || (isIn && !isFirst && fence.onEnter);
    if (isAlert && isActive) raised.push(fence.name);
  });
  watch.setStation(demoStationId, asGeofences);
  const fleet = new Fleet({ count: unitCount, seed, town });
  for (let second = 0; second < minutes * 60; second += 2) {
    const atMs = fromMs + second * 1000;
    for (let index = 0; index < unitCount; index++) {
      const { lngLat, accuracyM } = fleet.fixAt(index, atMs);
      watch.publishFixes([
        {
          stationId: demoStationId,
          unitNumber: index + 1,
          unitKind: kindOf(index + 1),
          lng: lngLat[0],
          lat: lngLat[1],
          accuracyM,
          observedAtMs: atMs,
        } as LatestFix,
      ]);
    }
  }
  return raised;
}

test('a school, an embankment and a street of bars are fenced, the same in every installation', () => {
  expect(drawGeofences(generateTown(1))).toEqual(fences);
  expect(fences.map(({ name }) => name)).toEqual(['书院小学周边', '柳溪江河堤（汛期禁入）', '渡口酒吧街（夜间禁车）']);
  for (const fence of fences) {
    expect(isInside(town.boundary, centroidOf(ringOf(fence)))).toBe(true);
    expect(areaOf(ringOf(fence))).toBeGreaterThan(8000);
    expect(areaOf(ringOf(fence))).toBeLessThan(120_000);
  }
});

test('the geofence of the embankment holds the river between two bridges, and none of them', () => {
  const [, bank] = fences;
  const ring = ringOf(bank!);
  expect(town.riverMiddle.filter((point) => isInside(ring, point)).length).toBeGreaterThan(3);
  for (const { points, bridge } of town.streets)
    if (bridge) for (const point of points) expect(isInside(ring, point)).toBe(false);
});

test('patrols in their streets raise at most two alerts in ten minutes, by day and in the evening', () => {
  const noon = Date.parse('2026-11-22T12:00:00+08:00');
  const evening = Date.parse('2026-11-22T21:00:00+08:00');
  for (const seed of [1, 2, 3]) {
    expect(alertsIn(10, noon, seed).length).toBeLessThanOrEqual(2);
    expect(alertsIn(10, evening, seed).length).toBeLessThanOrEqual(2);
  }
});

test('who goes down to the river is told once, the UAV over it is not', () => {
  const watch = new FenceWatch();
  const told: string[] = [];
  watch.onEvent(({ fence, unitNumber, isInside: isIn, isFirst }) => {
    if (isIn && !isFirst) told.push(`${unitNumber} ${fence.name}`);
  });
  watch.setStation(demoStationId, asGeofences);
  const [x, y] = centroidOf(ringOf(fences[1]!));
  for (const [index, northM] of [600, 600, 600, 600, 0, 0, 0, 0].entries()) {
    const [lng, lat] = toLngLat([x, y + northM]);
    for (const [unitNumber, unitKind] of [[1, 'foot'] as const, [2, 'uav'] as const])
      watch.publishFixes([
        {
          stationId: demoStationId,
          unitNumber,
          unitKind,
          lng,
          lat,
          accuracyM: 4,
          observedAtMs: index * 8000,
        } as LatestFix,
      ]);
  }
  expect(told).toEqual(['1 柳溪江河堤（汛期禁入）']);
});
