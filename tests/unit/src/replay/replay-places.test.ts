import { expect, test } from 'vitest';
import { unitKinds, type UnitKind } from '../../../../api/positions/contract.ts';
import { staleAfterS } from '../../../../api/units/contract.ts';
import { placesAt, ReplayPlaces } from '../../../../src/lib/state/replay-places.ts';
import type { ReplayTracks } from '../../../../src/lib/state/replay-tracks.ts';
import { ReplayTrails, trailsAt } from '../../../../src/lib/state/replay-trails.ts';
import { seededRandom } from '../../../fixtures/seeded-random.ts';
import { makeTracks, type FixOfTest } from './make-tracks.ts';

/** Every unit's place at that second. */
function look(tracks: ReplayTracks, s: number, places = new ReplayPlaces(tracks.units.length), chosen?: Set<number>) {
  placesAt(tracks, s * 1000, places, chosen);
  return Array.from({ length: places.count }, (_, slot) => ({
    number: places.numbers[slot]!,
    lng: places.current[2 * slot]!,
    lat: places.current[2 * slot + 1]!,
    ageS: places.agesMs[slot]! / 1000,
    heading: places.headingsDeg[slot]!,
  }));
}

const eastward = (number: number, seconds: readonly number[]): FixOfTest[] =>
  seconds.map((s) => ({ number, s, lng: 116 + s / 1e4, lat: 39.9 }));

test('between two fixes a unit is on the straight way, at its share of the time', () => {
  const tracks = makeTracks({ 7: 'foot' }, eastward(7, [10, 20, 60]));
  expect(look(tracks, 9)).toEqual([]);
  expect(look(tracks, 10)[0]).toMatchObject({ lng: 116.001, ageS: 0 });
  expect(look(tracks, 15)[0]!.lng).toBeCloseTo(116.0015, 8);
  expect(look(tracks, 50)[0]!.lng).toBeCloseTo(116.005, 8);
  expect(look(tracks, 50)[0]!.heading).toBeCloseTo(90, 3);
});

test('a gap stays a gap: the unit ages at its last place, then it is not shown, and it never crosses', () => {
  const limit = staleAfterS.car;
  const tracks = makeTracks({ 7: 'car' }, eastward(7, [0, 10, 10 + limit + 1, 20 + limit]));
  expect(look(tracks, 11)[0]).toMatchObject({ lng: 116.001, ageS: 1 });
  expect(look(tracks, 10 + limit)[0]).toMatchObject({ lng: 116.001, ageS: limit });
  expect(look(tracks, 10.5 + limit)).toEqual([]);
  expect(look(tracks, 11 + limit)[0]!.ageS).toBe(0);
  // Exactly as long as a unit may be silent is no gap.
  const slow = makeTracks({ 7: 'car' }, eastward(7, [0, limit]));
  expect(look(slow, limit / 2)[0]).toMatchObject({ ageS: 0 });
});

test('after its last fix a unit ages and goes', () => {
  const tracks = makeTracks({ 7: 'uav' }, eastward(7, [0, 10]));
  expect(look(tracks, 10 + staleAfterS.uav)).toHaveLength(1);
  expect(look(tracks, 11 + staleAfterS.uav)).toEqual([]);
});

test('a told heading counts before the way; a unit that stands has none', () => {
  const tracks = makeTracks(
    { 1: 'foot', 2: 'foot' },
    [
      { number: 1, s: 0, lng: 116, lat: 39.9, heading: 10 },
      { number: 1, s: 10, lng: 116.01, lat: 39.9 },
    ],
    [
      { number: 2, s: 0, lng: 116, lat: 39.9 },
      { number: 2, s: 10, lng: 116, lat: 39.9 },
    ],
  );
  expect(look(tracks, 5).map(({ heading }) => heading)).toEqual([10, NaN]);
});

test('only chosen units are shown', () => {
  const tracks = makeTracks({ 1: 'foot', 2: 'foot' }, [...eastward(1, [0, 10]), ...eastward(2, [0, 10])]);
  expect(look(tracks, 5, undefined, new Set([2])).map(({ number }) => number)).toEqual([2]);
});

test('two devices of one unit are one track in the order of time', () => {
  const tracks = makeTracks({ 7: 'foot' }, [...eastward(7, [0, 20, 40]), ...eastward(7, [10, 30])]);
  expect([...tracks.times]).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
  expect(look(tracks, 25)[0]!.lng).toBeCloseTo(116.0025, 8);
});

test('a cursor that is moved, thrown back and thrown ahead finds what a look at every fix finds', () => {
  const random = seededRandom(7);
  const kinds: Record<number, UnitKind> = {};
  const fixes: FixOfTest[] = [];
  for (let number = 1; number <= 40; number++) {
    kinds[number] = unitKinds[number % unitKinds.length]!;
    const count = Math.floor(random() * 120);
    let s = Math.floor(random() * 600);
    for (let i = 0; i < count; i++) {
      fixes.push({ number, s, lng: 116 + random() / 10, lat: 39.9 + random() / 10 });
      s += random() < 0.1 ? 100 + Math.floor(random() * 600) : 1 + Math.floor(random() * 20);
    }
  }
  const tracks = makeTracks(kinds, fixes);
  const places = new ReplayPlaces(tracks.units.length);
  const ofUnit = Map.groupBy(fixes, ({ number }) => number);
  let s = 0;
  let compared = 0;
  let furthest = 0;
  const differing: number[] = [];
  for (let frame = 0; frame < 300; frame++) {
    s = random() < 0.1 ? random() * 4000 : s + random() * 30;
    if (s > 4500) s = 0;
    const found = look(tracks, s, places);
    const expected = [...ofUnit].flatMap(([number, own]) => lookAtEveryFix(number, own, kinds[number]!, s));
    if (found.map(({ number }) => number).join() !== expected.map(({ number }) => number).join()) differing.push(s);
    else
      for (const [i, { lng, lat }] of expected.entries()) {
        furthest = Math.max(furthest, Math.abs(found[i]!.lng - lng), Math.abs(found[i]!.lat - lat));
        compared++;
      }
  }
  expect(differing).toEqual([]);
  // Half a column's unit at each of two fixes.
  expect(furthest).toBeLessThan(0.51e-5);
  expect(compared).toBeGreaterThan(1000);
});

function lookAtEveryFix(number: number, own: readonly FixOfTest[], kind: UnitKind, s: number) {
  const last = own.filter((fix) => fix.s <= s).at(-1);
  const next = own.find((fix) => fix.s > s);
  if (!last) return [];
  const limit = staleAfterS[kind];
  if (!next || next.s - last.s > limit) return s - last.s > limit ? [] : [{ number, lng: last.lng, lat: last.lat }];
  const part = (s - last.s) / (next.s - last.s);
  const between = (a: number, b: number) => a + (b - a) * part;
  return [{ number, lng: between(last.lng, next.lng), lat: between(last.lat, next.lat) }];
}

test('a trail leads back from where the unit is, over steps worth drawing, and never across a silence', () => {
  // 8.5 m a second; silent from 60 to 600 s.
  const tracks = makeTracks({ 7: 'foot' }, eastward(7, [...range(0, 60), ...range(600, 640)]));
  const places = new ReplayPlaces(1);
  const trails = new ReplayTrails();
  placesAt(tracks, 620_500, places);
  trailsAt(tracks, places, 620_500, 180_000, trails);
  const lngs = Array.from({ length: trails.count }, (_, i) => [trails.to[2 * i]!, trails.from[2 * i]!]);
  expect(lngs[0]![0]).toBeCloseTo(116.06205, 6);
  expect(lngs.at(-1)![1]).toBeCloseTo(116.06, 6);
  for (const [i, [, from]] of lngs.entries()) if (lngs[i + 1]) expect(lngs[i + 1]![0]).toBe(from);
  expect(trails.count).toBeLessThan(15);
  // Ages grow along it.
  expect(trails.facts[1]).toBeCloseTo(0, 6);
  expect(trails.facts[4 * trails.count - 2]).toBeCloseTo(-20.5, 3);
});

test('a trail is as long as it lives', () => {
  const tracks = makeTracks({ 7: 'foot' }, eastward(7, range(0, 1000)));
  const places = new ReplayPlaces(1);
  const trails = new ReplayTrails();
  placesAt(tracks, 900_000, places);
  trailsAt(tracks, places, 900_000, 180_000, trails);
  const oldest = -trails.facts[4 * (trails.count - 1) + 2]!;
  expect(oldest).toBeGreaterThanOrEqual(180);
  expect(oldest).toBeLessThan(185);
});

test('the gaps of a unit are told with those at both ends', () => {
  const tracks = makeTracks({ 7: 'uav' }, eastward(7, [40, 50, 100, 110]));
  expect(tracks.gapsOf(0, 200_000)).toEqual([
    [0, 40_000],
    [50_000, 100_000],
    [110_000, 200_000],
  ]);
});

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
