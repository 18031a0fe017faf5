import { expect, test } from 'vitest';
import {
  cellOf,
  decodeAge,
  decodeHeading,
  decodeTick,
  encodeAge,
  encodeHeading,
  LiveFrameError,
  writeLngLats,
  type CellRange,
  type LiveTick,
} from '../../../api/live/contract.ts';
import type { LiveAudience } from '../../../api/live/encode-tick.ts';
import { Feed } from '../../../api/live/feed.ts';
import { StationUnits } from '../../../api/live/station-units.ts';
import { unitKinds } from '../../../api/positions/contract.ts';
import type { LatestFix } from '../../../api/positions/latest-fixes.ts';
import { payloadOf } from '../../fixtures/payload-of.ts';
import { makeFix } from '../../fixtures/make-fix.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';

const world: CellRange = { west: 0, south: 0, east: 17_999, north: 8_999 };
const timeMs = Date.UTC(2026, 10, 22, 8);

function resetOf(fixes: readonly LatestFix[], audience: LiveAudience = 'exact'): ArrayBuffer {
  const units = new StationUnits();
  for (const fix of fixes) units.put(fix);
  units.takeChanges();
  return payloadOf(new Feed(units, audience, 7, 42, timeMs).reset(world));
}

function unitsOf({ frames, serverTimeMs }: LiveTick) {
  return frames.flatMap((frame) => {
    const lngLats = new Float64Array(frame.unitNumbers.length * 2);
    writeLngLats(frame, lngLats);
    return Array.from(frame.unitNumbers, (number, index) => ({
      number,
      lng: lngLats[index * 2]!,
      lat: lngLats[index * 2 + 1]!,
      headingDeg: decodeHeading(frame.headings[index]!),
      kind: unitKinds[frame.kinds[index]!],
      observedAtMs: serverTimeMs - decodeAge(frame.ages[index]!),
    }));
  });
}

const metresBetween = (a: { lng: number; lat: number }, b: { lng: number; lat: number }): number =>
  Math.hypot((a.lng - b.lng) * Math.cos((b.lat * Math.PI) / 180), a.lat - b.lat) * 111_320;

test('every unit of a station comes back within 15 cm, 1.5° and 0.1 s, with its number and kind', () => {
  const random = seededRandom(1);
  const fixes = Array.from({ length: 2000 }, (_, index) =>
    makeFix({
      unitNumber: index === 0 ? 0xffff_ffff : index,
      unitKind: unitKinds[index % unitKinds.length]!,
      lng: 116.3 + random() * 0.2,
      lat: 39.8 + random() * 0.2,
      headingDeg: random() * 360,
      observedAtMs: timeMs - random() * 3_000_000,
    }),
  );
  const tick = decodeTick(resetOf(fixes));
  expect(tick).toMatchObject({ epoch: 7, tick: 42, baseTick: 42, isReset: true, serverTimeMs: timeMs, range: world });
  const seen = new Map(unitsOf(tick).map((unit) => [unit.number, unit]));
  expect(seen.size).toBe(fixes.length);
  for (const fix of fixes) {
    const unit = seen.get(fix.unitNumber)!;
    expect(metresBetween(unit, fix)).toBeLessThan(0.15);
    const turn = Math.abs(unit.headingDeg - fix.headingDeg) % 360;
    expect(Math.min(turn, 360 - turn)).toBeLessThan(1.5);
    expect(unit.kind).toBe(fix.unitKind);
    expect(Math.abs(unit.observedAtMs - fix.observedAtMs)).toBeLessThanOrEqual(100);
  }
});

test.each([
  [116.4, 39.92],
  [116.42, 39.9],
  [-0.02, -0.02],
  [0, 0],
  [180, 90],
  [-180, -90],
  [7.42, 43.74],
])('a unit on a cell edge at %f, %f is where it is', (lng, lat) => {
  const [unit] = unitsOf(decodeTick(resetOf([makeFix({ lng, lat })])));
  expect(metresBetween(unit!, { lng, lat })).toBeLessThan(0.15);
});

test('a delta costs at most 12 bytes a moving unit in a cell of 62', () => {
  const units = new StationUnits();
  for (let number = 0; number < 62; number++) units.put(makeFix({ unitNumber: number }));
  units.takeChanges();
  const feed = new Feed(units, 'exact', 7, 42, timeMs);
  for (let number = 0; number < 62; number++) units.put(makeFix({ unitNumber: number, lng: 116.411 }));
  feed.advance(43, timeMs + 1000, units.takeChanges());
  const frame = feed.delta(world).length - (20 + 2) - (20 + 2);
  expect(frame / 62).toBeLessThanOrEqual(12);
  expect(decodeTick(payloadOf(feed.delta(world))).frames[0]!.kinds).toHaveLength(0);
});

test('the columns are views on the message, not copies', () => {
  const buffer = resetOf([makeFix(), makeFix({ unitNumber: 2 }), makeFix({ unitNumber: 3, lng: 120 })]);
  for (const frame of decodeTick(buffer).frames)
    for (const column of [frame.unitNumbers, frame.positions, frame.ages, frame.headings, frame.kinds, frame.removed])
      expect(column.buffer).toBe(buffer);
});

test('a message cut short anywhere is refused', () => {
  const whole = resetOf([makeFix(), makeFix({ unitNumber: 2, lng: 120 })]);
  for (let bytes = 0; bytes < whole.byteLength; bytes++)
    expect(() => decodeTick(whole.slice(0, bytes)), `${bytes} bytes`).toThrow(LiveFrameError);
});

test('a message of another version, or that is none, is refused by name', () => {
  const other = resetOf([makeFix()]);
  new Uint8Array(other)[2] = 2;
  expect(() => decodeTick(other)).toThrow(/version 2; expected 1/);
  new Uint8Array(other)[0] = 0;
  expect(() => decodeTick(other)).toThrow(/does not start with SD/);
});

test('counts that reach beyond the message are refused', () => {
  const random = seededRandom(2);
  const whole = resetOf([makeFix(), makeFix({ unitNumber: 2 })]);
  for (let round = 0; round < 2000; round++) {
    const broken = whole.slice(0);
    new Uint8Array(broken)[20 + Math.floor(random() * 20)] = Math.floor(random() * 256);
    try {
      decodeTick(broken);
    } catch (error) {
      expect(error).toBeInstanceOf(LiveFrameError);
    }
  }
});

test('an unknown heading stays unknown', () => {
  const [unit] = unitsOf(decodeTick(resetOf([makeFix({ headingDeg: NaN })])));
  expect(unit!.headingDeg).toBeNaN();
  for (const headingDeg of [0, 359.9, 360, -90, 720.5]) expect(decodeHeading(encodeHeading(headingDeg))).not.toBeNaN();
});

test('ages are exact to 0.1 s for an hour, to a minute for 22 days, and never come out younger than known', () => {
  for (const ageMs of [0, 99, 100, 59_950, 3_276_700]) expect(ageMs - decodeAge(encodeAge(ageMs))).toBeLessThan(100);
  for (const ageMs of [3_276_801, 7_200_000, 20 * 86_400_000]) {
    expect(ageMs - decodeAge(encodeAge(ageMs))).toBeLessThan(60_000);
    expect(ageMs - decodeAge(encodeAge(ageMs))).toBeGreaterThanOrEqual(0);
  }
  expect(decodeAge(encodeAge(-5000))).toBe(0);
  expect(decodeAge(encodeAge(400 * 86_400_000))).toBeGreaterThan(22 * 86_400_000);
});

test('a coarse audience is given the quarter of the cell, in the same cell, and no heading', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 200; round++) {
    const fix = makeFix({ lng: 116 + random(), lat: 39 + random() });
    const tick = decodeTick(resetOf([fix], 'coarse'));
    const [unit] = unitsOf(tick);
    expect(tick.frames[0]!.cell).toBe(cellOf(fix.lng, fix.lat));
    expect(Math.abs(unit!.lng - fix.lng)).toBeLessThan(0.0026);
    expect(unit!.headingDeg).toBeNaN();
    const twin = makeFix({ lng: unit!.lng + 0.002, lat: unit!.lat - 0.002 });
    expect(unitsOf(decodeTick(resetOf([twin], 'coarse')))[0]!.lng).toBe(unit!.lng);
  }
});
