import { describe, expect, test } from 'vitest';
import {
  cellOf,
  cellRangeOf,
  encodeAge,
  encodeHeading,
  southOf,
  stepDeg,
  westOf,
  type CellFrame,
  type LiveTick,
} from '../../../../api/live/contract.ts';
import { applyTick } from '../../../../src/lib/state/apply-tick.ts';
import { LiveUnits } from '../../../../src/lib/state/live-units.ts';

interface Told {
  number: number;
  lng: number;
  lat: number;
  kind?: number;
  ageMs?: number;
}

const serverTimeMs = Date.UTC(2026, 10, 22, 6);
const westCell = cellOf(121.47, 31.23);
const eastCell = cellOf(121.49, 31.23);

/** Those that enter come first in a frame, as the contract says. */
function frameOf(kind: CellFrame['kind'], cell: number, units: Told[], removed: number[] = []): CellFrame {
  return {
    kind,
    cell,
    unitNumbers: Uint32Array.from(units, ({ number }) => number),
    positions: Uint16Array.from(
      units.flatMap(({ lng, lat }) => [(lng - westOf(cell)) / stepDeg, (lat - southOf(cell)) / stepDeg]),
    ),
    ages: Uint16Array.from(units, ({ ageMs = 0 }) => encodeAge(ageMs)),
    headings: Uint8Array.from(units, () => encodeHeading(NaN)),
    kinds: Uint8Array.from(units.filter(({ kind: known }) => known !== undefined).map(({ kind: known }) => known!)),
    removed: Uint32Array.from(removed),
  };
}

const tickOf = (frames: CellFrame[], more: Partial<LiveTick> = {}): LiveTick => ({
  epoch: 1,
  tick: 2,
  baseTick: 1,
  isReset: false,
  serverTimeMs,
  range: cellRangeOf([121.46, 31.22, 121.5, 31.24]),
  frames,
  ...more,
});
const numbersOf = (live: LiveUnits): number[] => [...live.numbers.subarray(0, live.count)].toSorted((a, b) => a - b);

function withTwoUnits(): LiveUnits {
  const live = new LiveUnits();
  const units = [
    { number: 1, lng: 121.471, lat: 31.231, kind: 1, ageMs: 2000 },
    { number: 2, lng: 121.472, lat: 31.232, kind: 3 },
  ];
  applyTick(live, tickOf([frameOf('snapshot', westCell, units)], { isReset: true }));
  return live;
}

describe('a live tick', () => {
  test('a snapshot puts its units on the map with kind and time', () => {
    const live = withTwoUnits();
    expect(numbersOf(live)).toEqual([1, 2]);
    const unit = live.read(live.slotOf(1)!);
    expect(unit).toMatchObject({ kind: 'car', headingDeg: undefined, observedAtMs: serverTimeMs - 2000 });
    expect(unit.lngLat[0]).toBeCloseTo(121.471, 6);
    expect(unit.lngLat[1]).toBeCloseTo(31.231, 6);
  });

  test('a delta moves who reported, keeps the kind, and leaves the others', () => {
    const live = withTwoUnits();
    applyTick(live, tickOf([frameOf('delta', westCell, [{ number: 2, lng: 121.473, lat: 31.232 }])]));
    expect(live.read(live.slotOf(2)!)).toMatchObject({ kind: 'uav' });
    expect(live.read(live.slotOf(2)!).lngLat[0]).toBeCloseTo(121.473, 6);
    expect(live.read(live.slotOf(1)!).lngLat[0]).toBeCloseTo(121.471, 6);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ])('a unit that crosses into a cell told %s the one it leaves stays on the map', (_order, index) => {
    const live = withTwoUnits();
    const entered = frameOf('delta', eastCell, [{ number: 2, lng: 121.481, lat: 31.232, kind: 3 }]);
    const left = frameOf('delta', westCell, [], [2]);
    applyTick(live, tickOf(index === 0 ? [entered, left] : [left, entered]));
    expect(numbersOf(live)).toEqual([1, 2]);
    expect(live.read(live.slotOf(2)!).lngLat[0]).toBeCloseTo(121.481, 6);
  });

  test('a unit that goes off duty leaves the map', () => {
    const live = withTwoUnits();
    applyTick(live, tickOf([frameOf('delta', westCell, [], [1])]));
    expect(numbersOf(live)).toEqual([2]);
  });

  test('the units of cells that are no longer held are forgotten', () => {
    const live = withTwoUnits();
    applyTick(live, tickOf([], { range: cellRangeOf([121.481, 31.22, 121.5, 31.24]) }));
    expect(numbersOf(live)).toEqual([]);
  });

  test('after a reset only what it tells is on the map, also of cells it does not tell', () => {
    const live = withTwoUnits();
    const snapshot = frameOf('snapshot', eastCell, [{ number: 9, lng: 121.481, lat: 31.232, kind: 0 }]);
    applyTick(live, tickOf([snapshot], { isReset: true }));
    expect(numbersOf(live)).toEqual([9]);
  });

  test('a reset after a gap moves a marker on from where it was seen', () => {
    const live = withTwoUnits();
    const moved = frameOf('snapshot', westCell, [{ number: 1, lng: 121.479, lat: 31.231, kind: 1 }]);
    applyTick(live, tickOf([moved], { isReset: true }));
    const at = 2 * live.slotOf(1)!;
    expect(live.previous[at]).toBeCloseTo(121.471, 6);
    expect(live.current[at]).toBeCloseTo(121.479, 6);
  });
});
