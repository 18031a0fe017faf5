import { describe, expect, test } from 'vitest';
import { LiveUnits } from '../../../../src/lib/state/live-units.ts';

const seenAt = (units: LiveUnits, number: number, progress: number): [number, number] => {
  const at = 2 * units.slotOf(number)!;
  const between = (i: number): number => units.previous[i]! + (units.current[i]! - units.previous[i]!) * progress;
  return [between(at), between(at + 1)];
};

describe('units in sight', () => {
  test('a new unit appears in place, without a way', () => {
    const units = new LiveUnits();
    units.put(7, 121, 31, 5);
    expect(seenAt(units, 7, 0)).toEqual([121, 31]);
    expect(units.movingCount).toBe(0);
  });

  test('a unit that moves is seen between where it was and where it is', () => {
    const units = new LiveUnits();
    units.put(7, 121, 31, 5);
    units.settle(1);
    units.put(7, 122, 33, 5);
    expect(seenAt(units, 7, 0.25)).toEqual([121.25, 31.5]);
  });

  test('a tick that comes early goes on from where the marker is seen, without a jump', () => {
    const units = new LiveUnits();
    units.put(7, 100, 0, 5);
    units.put(7, 110, 0, 5);
    units.settle(0.5);
    units.put(7, 120, 0, 5);
    expect(seenAt(units, 7, 0)).toEqual([105, 0]);
    expect(seenAt(units, 7, 1)).toEqual([120, 0]);
  });

  test('a unit that says nothing for two ticks arrives and stays', () => {
    const units = new LiveUnits();
    units.put(7, 100, 0, 5);
    units.put(7, 110, 0, 5);
    units.settle(0.5);
    expect(seenAt(units, 7, 0)).toEqual([105, 0]);
    units.settle(1);
    expect(seenAt(units, 7, 0)).toEqual([110, 0]);
    units.settle(0.3);
    expect(seenAt(units, 7, 0.5)).toEqual([110, 0]);
  });

  test('a unit that leaves gives its place to the last one, with all that is known of it', () => {
    const units = new LiveUnits();
    units.put(1, 1, 1, 5, 0);
    units.put(2, 2, 2, 5, 1);
    units.put(3, 3, 3, 5, 3);
    const slot = units.put(3, 4, 4, 6);
    units.headingsDeg[slot] = 44;
    units.observedAtMs[slot] = 9;
    units.remove(1);
    expect(units.count).toBe(2);
    expect(units.slotOf(1)).toBeUndefined();
    expect(units.read(units.slotOf(3)!)).toEqual({
      number: 3,
      kind: 'uav',
      lngLat: [4, 4],
      headingDeg: 44,
      observedAtMs: 9,
    });
    expect(units.cells[units.slotOf(3)!]).toBe(6);
    expect(units.movingCount).toBe(1);
    expect(units.moving[units.slotOf(3)!]).toBe(1);
    expect(seenAt(units, 3, 0)).toEqual([3, 3]);
    expect(units.read(units.slotOf(2)!).lngLat).toEqual([2, 2]);
  });

  test('the columns grow in place and keep what they hold', () => {
    const units = new LiveUnits();
    for (let number = 1; number <= 1000; number++) units.put(number, number / 10, number / 20, 5);
    expect(units.count).toBe(1000);
    expect(units.numbers.length).toBe(1024);
    for (const number of [1, 64, 65, 1000]) {
      expect(units.read(units.slotOf(number)!).lngLat).toEqual([number / 10, number / 20]);
    }
  });

  test('a heading that the device did not say stays unsaid, also in a place that had one', () => {
    const units = new LiveUnits();
    units.headingsDeg[units.put(1, 1, 1, 5)] = 90;
    units.remove(1);
    expect(units.read(units.put(2, 1, 1, 5)).headingDeg).toBeUndefined();
  });
});
