import { expect, test } from 'vitest';
import { splitTrack } from '../../api/units/split-track.ts';

const fix = (device: string, atS: number) => ({ device, lng: atS / 1000, lat: 0, observedAtMs: atS * 1000 });

test('a silence longer than the limit, and each device, begins a new piece', () => {
  const pieces = splitTrack([fix('a', 0), fix('a', 60), fix('a', 121), fix('b', 121), fix('b', 122)], 60_000);
  expect(pieces.map(({ device, observedAtMs }) => [device, observedAtMs])).toEqual([
    ['a', [0, 60_000]],
    ['a', [121_000]],
    ['b', [121_000, 122_000]],
  ]);
  expect(pieces[0]!.positions).toEqual([
    [0, 0],
    [0.06, 0],
  ]);
});

test('no fixes are no pieces', () => {
  expect(splitTrack([], 60_000)).toEqual([]);
});
