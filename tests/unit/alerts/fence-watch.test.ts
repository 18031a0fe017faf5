import { beforeEach, describe, expect, test } from 'vitest';
import type { Geofence } from '../../../api/geofences/contract.ts';
import { FenceWatch, type FenceEvent } from '../../../api/geofences/fence-watch.ts';
import { isActive } from '../../../api/geofences/is-active.ts';
import { makeFix } from '../../fixtures/make-fix.ts';

const station = '00000000-0000-7000-8000-00000000000a';
const start = Date.parse('2026-11-22T04:00:00Z'); // noon in Shanghai

const fenceOf = (more: Partial<Geofence> = {}): Geofence & { timeZone: string } => ({
  id: '00000000-0000-7000-8000-000000000001',
  stationId: station,
  name: '学校',
  severity: 'warning',
  onEnter: true,
  onLeave: true,
  dwellMinutes: null,
  unitKinds: [],
  activeHours: null,
  version: 1,
  area: {
    type: 'Polygon',
    coordinates: [
      [
        [116.4, 39.9],
        [116.41, 39.9],
        [116.41, 39.91],
        [116.4, 39.91],
        [116.4, 39.9],
      ],
    ],
  },
  timeZone: 'Asia/Shanghai',
  ...more,
});

let watch: FenceWatch;
let events: FenceEvent[];
let atMs: number;
beforeEach(() => {
  watch = new FenceWatch();
  events = [];
  atMs = start;
  watch.onEvent((event) => events.push(event));
});

/** So many fixes at this place, five seconds apart. */
function stand(lng: number, count: number, more: Partial<Parameters<typeof makeFix>[0]> = {}): void {
  for (let index = 0; index < count; index++, atMs += 5000)
    watch.publishFixes([
      makeFix({ stationId: station, unitNumber: 7, lng, lat: 39.905, accuracyM: 8, observedAtMs: atMs, ...more }),
    ]);
}
const outside = 116.39;
const inside = 116.405;
const told = () => events.map(({ kind, isInside, isFirst }) => [kind, isInside, isFirst]);

test('a unit that comes in, stays and goes is told of once each', () => {
  watch.setStation(station, [fenceOf()]);
  stand(outside, 20);
  stand(inside, 50);
  stand(outside, 50);
  expect(told()).toEqual([
    ['side', false, true],
    ['side', true, false],
    ['side', false, false],
  ]);
});

test('a unit that is inside when it is first seen has not come in', () => {
  watch.setStation(station, [fenceOf()]);
  stand(inside, 10);
  expect(told()).toEqual([['side', true, true]]);
});

test('a unit far from the geofence is known to be outside, and coming in from there is told', () => {
  watch.setStation(station, [fenceOf()]);
  stand(100, 10);
  stand(inside, 3);
  expect(told()).toEqual([
    ['side', false, true],
    ['side', true, false],
  ]);
});

test('the same fix told again counts once', () => {
  watch.setStation(station, [fenceOf()]);
  stand(inside, 2);
  const fix = makeFix({ stationId: station, unitNumber: 7, lng: inside, lat: 39.905, observedAtMs: atMs - 5000 });
  for (let index = 0; index < 5; index++) watch.publishFixes([fix]);
  expect(events).toEqual([]);
});

test('units of other kinds are not watched', () => {
  watch.setStation(station, [fenceOf({ unitKinds: ['uav'] })]);
  stand(inside, 10, { unitKind: 'car' });
  expect(events).toEqual([]);
  stand(inside, 10, { unitKind: 'uav' });
  expect(told()).toEqual([['side', true, true]]);
});

test('a unit inside for longer than allowed is told of once a stay', () => {
  watch.setStation(station, [fenceOf({ dwellMinutes: 1 })]);
  stand(inside, 12);
  expect(told()).toEqual([['side', true, true]]);
  stand(inside, 30);
  expect(told().slice(1)).toEqual([['dwell', true, false]]);
  stand(outside, 5);
  stand(inside, 30);
  expect(events.filter(({ kind }) => kind === 'dwell')).toHaveLength(2);
});

test('off duty what is known of a unit is forgotten', () => {
  watch.setStation(station, [fenceOf()]);
  stand(inside, 5);
  watch.publishRemoval(station, 7);
  stand(inside, 5);
  expect(told()).toEqual([
    ['side', true, true],
    ['side', true, true],
  ]);
});

describe('a change of geofences', () => {
  test('keeps what is known where the area stays', () => {
    watch.setStation(station, [fenceOf()]);
    stand(inside, 5);
    const other = fenceOf({ id: '00000000-0000-7000-8000-000000000002', name: 'A' });
    watch.setStation(station, [other, fenceOf({ name: '中学', version: 2 })]);
    stand(inside, 5);
    expect(events.map(({ fence, isFirst }) => [fence.name, isFirst])).toEqual([
      ['学校', true],
      ['A', true],
    ]);
  });

  test('to another area learns anew', () => {
    watch.setStation(station, [fenceOf()]);
    stand(outside, 5);
    watch.setStation(station, [
      fenceOf({
        area: {
          type: 'Polygon',
          coordinates: [
            [
              [116.38, 39.9],
              [116.41, 39.9],
              [116.41, 39.91],
              [116.38, 39.91],
              [116.38, 39.9],
            ],
          ],
        },
      }),
    ]);
    stand(outside, 5);
    expect(told().at(-1)).toEqual(['side', true, true]);
  });

  test('to none watches nothing', () => {
    watch.setStation(station, [fenceOf()]);
    watch.setStation(station, []);
    stand(inside, 5);
    expect(events).toEqual([]);
  });
});

test('after a restart a crossing in between is told, and one told before is not told again', () => {
  const stay = {
    stationId: station,
    geofenceId: fenceOf().id,
    unitId: '00000000-0000-7000-8000-0000000000f7',
    unitNumber: 7,
    sinceMs: start - 60_000,
    isDwellTold: true,
  };
  watch.setStation(station, [fenceOf({ dwellMinutes: 1 })], [{ ...stay, isInside: true }]);
  stand(inside, 20);
  expect(events).toEqual([]);
  watch = new FenceWatch();
  watch.onEvent((event) => events.push(event));
  watch.setStation(station, [fenceOf()], [{ ...stay, isInside: false }]);
  stand(inside, 5);
  expect(told()).toEqual([['side', true, false]]);
});

describe('active hours', () => {
  test.each([
    ['08:00', '18:00', true],
    ['12:00', '13:00', true],
    ['11:00', '12:00', false],
    ['22:00', '06:00', false],
    ['11:00', '06:00', true],
  ])('%s to %s, at noon by the station’s clock: %s', (from, to, expected) => {
    expect(isActive({ from, to }, start, 'Asia/Shanghai')).toBe(expected);
  });

  test('are told with the crossing, which outside of them raises nothing', () => {
    watch.setStation(station, [fenceOf({ activeHours: { from: '22:00', to: '06:00' } })]);
    stand(outside, 4);
    stand(inside, 4);
    expect(events.map(({ isActive: active }) => active)).toEqual([false, false]);
  });
});

test('a thousand units far from two hundred geofences cost next to nothing', () => {
  const fences = Array.from({ length: 200 }, (_, index) =>
    fenceOf({ id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`, name: `${index}` }),
  );
  watch.setStation(station, fences);
  const round = (at: number) =>
    Array.from({ length: 1000 }, (_, unitNumber) =>
      makeFix({ stationId: station, unitNumber, lng: 117, lat: 39.905, observedAtMs: at }),
    );
  for (let turn = 0; turn < 4; turn++) watch.publishFixes(round(start + turn * 10_000));
  const rounds = Array.from({ length: 50 }, (_, turn) => round(start + 60_000 + turn * 5000));
  const from = performance.now();
  for (const fixes of rounds) watch.publishFixes(fixes);
  const usPerFix = ((performance.now() - from) * 1000) / 50_000;
  // Measured half a microsecond of one core; the limit is for machines with other work on them.
  expect(usPerFix).toBeLessThan(10);
});
