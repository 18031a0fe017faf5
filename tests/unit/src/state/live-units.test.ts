import { describe, expect, test } from 'vitest';
import { LiveUnits, type LiveFix } from '../../../../src/lib/state/live-units.ts';

const fix = (lng: number, lat: number, more: Partial<LiveFix> = {}): LiveFix => ({
  lng,
  lat,
  kind: 1,
  speedMps: 5,
  headingDeg: 90,
  accuracyM: 4,
  batteryPct: NaN,
  observedAtMs: 1_000,
  ...more,
});
const seenAt = (units: LiveUnits, number: number, progress: number): [number, number] => {
  const at = 2 * units.slotOf(number)!;
  const between = (i: number): number => units.previous[i]! + (units.current[i]! - units.previous[i]!) * progress;
  return [between(at), between(at + 1)];
};

describe('units in sight', () => {
  test('a new unit appears in place, without a way', () => {
    const units = new LiveUnits();
    units.put(7, fix(121, 31));
    expect(seenAt(units, 7, 0)).toEqual([121, 31]);
    expect(units.moving.size).toBe(0);
  });

  test('a unit that moves is seen between where it was and where it is', () => {
    const units = new LiveUnits();
    units.put(7, fix(121, 31));
    units.settle(1);
    units.put(7, fix(122, 33));
    expect(seenAt(units, 7, 0.25)).toEqual([121.25, 31.5]);
  });

  test('a tick that comes early goes on from where the marker is seen, without a jump', () => {
    const units = new LiveUnits();
    units.put(7, fix(100, 0));
    units.put(7, fix(110, 0));
    units.settle(0.5);
    units.put(7, fix(120, 0));
    expect(seenAt(units, 7, 0)).toEqual([105, 0]);
    expect(seenAt(units, 7, 1)).toEqual([120, 0]);
  });

  test('a unit that says nothing for two ticks arrives and stays', () => {
    const units = new LiveUnits();
    units.put(7, fix(100, 0));
    units.put(7, fix(110, 0));
    units.settle(0.5);
    expect(seenAt(units, 7, 0)).toEqual([105, 0]);
    units.settle(1);
    expect(seenAt(units, 7, 0)).toEqual([110, 0]);
    units.settle(0.3);
    expect(seenAt(units, 7, 0.5)).toEqual([110, 0]);
  });

  test('a unit that leaves gives its place to the last one, with all that is known of it', () => {
    const units = new LiveUnits();
    units.put(1, fix(1, 1));
    units.put(2, fix(2, 2));
    units.put(3, fix(3, 3, { headingDeg: 33, kind: 3, batteryPct: 80 }));
    units.put(3, fix(4, 4, { headingDeg: 44, kind: 3, batteryPct: 79, observedAtMs: 9 }));
    units.remove(1);
    expect(units.count).toBe(2);
    expect(units.slotOf(1)).toBeUndefined();
    expect(units.read(units.slotOf(3)!)).toEqual({
      number: 3,
      kind: 'uav',
      lngLat: [4, 4],
      speedMps: 5,
      headingDeg: 44,
      accuracyM: 4,
      batteryPct: 79,
      observedAtMs: 9,
    });
    expect([...units.moving]).toEqual([units.slotOf(3)]);
    expect(seenAt(units, 3, 0)).toEqual([3, 3]);
    expect(units.read(units.slotOf(2)!).lngLat).toEqual([2, 2]);
  });

  test('the columns grow in place and keep what they hold', () => {
    const units = new LiveUnits();
    for (let number = 1; number <= 1000; number++) units.put(number, fix(number / 10, number / 20));
    expect(units.count).toBe(1000);
    expect(units.numbers.length).toBe(1024);
    for (const number of [1, 64, 65, 1000]) {
      expect(units.read(units.slotOf(number)!).lngLat).toEqual([number / 10, number / 20]);
    }
  });

  test('what the device did not say stays unsaid', () => {
    const units = new LiveUnits();
    units.put(1, fix(1, 1, { speedMps: NaN, headingDeg: NaN, accuracyM: NaN }));
    expect(units.read(0)).toMatchObject({ speedMps: undefined, headingDeg: undefined, accuracyM: undefined });
  });
});
