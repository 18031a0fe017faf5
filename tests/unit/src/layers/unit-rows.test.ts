import { describe, expect, test } from 'vitest';
import { secondsSinceEpoch } from '../../../../src/lib/layers/movement.ts';
import { packReplayPlaces } from '../../../../src/lib/layers/replay-columns.ts';
import { packLiveUnits, stepsPerDeg, unitRowIntegers, UnitRows } from '../../../../src/lib/layers/unit-rows.ts';
import { LiveUnits } from '../../../../src/lib/state/live-units.ts';
import { ReplayPlaces } from '../../../../src/lib/state/replay-places.ts';

/** A row as the vertex shader reads it. */
function readRow({ integers }: UnitRows, slot: number) {
  const at = unitRowIntegers * slot;
  const [lng, lat, previousLng, previousLat] = [...integers.subarray(at, at + 4)].map((steps) => steps / stepsPerDeg);
  const [observedS] = new Float32Array(integers.buffer, 4 * (at + 4), 1);
  const look = integers[at + 5]!;
  return {
    lng,
    lat,
    previousLng,
    previousLat,
    observedS: observedS!,
    kind: look & 255,
    headingDeg: ((look >> 8) - 1) / 64,
  };
}

describe('unit rows', () => {
  test('hold where each unit was, where it is, its kind, heading and time', () => {
    const live = new LiveUnits();
    live.put(7, 121, 31, 0, 1);
    const slot = live.put(7, 121.5, -31.5, 0, 1);
    live.headingsDeg[slot] = 90;
    const nowMs = Date.now();
    live.observedAtMs[slot] = nowMs - 2000;
    const rows = packLiveUnits(live, new UnitRows());
    expect(rows.count).toBe(1);
    const { observedS, ...row } = readRow(rows, 0);
    expect(row).toEqual({ lng: 121.5, lat: -31.5, previousLng: 121, previousLat: 31, kind: 1, headingDeg: 90 });
    expect(secondsSinceEpoch(nowMs) - observedS).toBeCloseTo(2, 2);
  });

  test('say of an unknown heading that it is below north', () => {
    const live = new LiveUnits();
    live.put(7, 121, 31, 0, 3);
    const { kind, headingDeg } = readRow(packLiveUnits(live, new UnitRows()), 0);
    expect(kind).toBe(3);
    expect(headingDeg).toBeLessThan(0);
  });

  test('keep a place to two centimetres, and the longest way on earth in 32 bits', () => {
    const live = new LiveUnits();
    live.put(1, -179.99999987, -89.99999987, 0);
    live.put(2, 179.99999987, 89.99999987, 0);
    const rows = packLiveUnits(live, new UnitRows());
    expect(readRow(rows, 0).lng).toBeCloseTo(-179.99999987, 6);
    expect(readRow(rows, 1).lat).toBeCloseTo(89.99999987, 6);
    const [west, east] = [rows.integers[0]!, rows.integers[unitRowIntegers]!];
    expect((east - west) | 0).toBe(east - west);
  });

  test('are written over in place, and say that they were', () => {
    const [live, rows] = [new LiveUnits(), new UnitRows()];
    live.put(7, 121, 31, 0);
    live.put(8, 122, 32, 0);
    packLiveUnits(live, rows);
    const { integers, version } = rows;
    live.remove(7);
    live.put(8, 122.5, 32, 0);
    packLiveUnits(live, rows);
    expect(rows.integers).toBe(integers);
    expect(rows.version).toBe(version + 1);
    expect(rows.count).toBe(1);
    expect(readRow(rows, 0)).toMatchObject({ lng: 122.5, previousLng: 122 });
  });

  test('of the past stand still and are hollow after a silence', () => {
    const places = new ReplayPlaces(2);
    places.headingsDeg.fill(NaN);
    places.put(0, 11, 1, 121, 31);
    places.agesMs[places.put(1, 12, 1, 122, 32)] = 5000;
    const rows = packReplayPlaces(places, new UnitRows());
    expect(readRow(rows, 0)).toMatchObject({ lng: 121, previousLng: 121, observedS: 0 });
    // Older than a car may be silent.
    expect(readRow(rows, 1).observedS).toBeLessThan(-120);
  });

  test('20,000 units are packed within a fraction of the 8 ms a tick may take', () => {
    const [live, rows] = [new LiveUnits(), new UnitRows()];
    for (let number = 1; number <= 20_000; number++) live.put(number, 121 + number * 1e-6, 31, 0);
    packLiveUnits(live, rows);
    const times = Array.from({ length: 9 }, () => {
      const startMs = performance.now();
      packLiveUnits(live, rows);
      return performance.now() - startMs;
    }).toSorted((a, b) => a - b);
    expect(times[4]!).toBeLessThan(4);
  });
});
