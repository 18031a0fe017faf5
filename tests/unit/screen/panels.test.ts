import { expect, test } from 'vitest';
import type { SearchResult } from '../../../api/search/contract.ts';
import type { Station } from '../../../api/stations/contract.ts';
import { readFreshness } from '../../../src/lib/panels/freshness.ts';
import { groupResults } from '../../../src/lib/panels/group-results.ts';
import { measureTrack } from '../../../src/lib/panels/measure-track.ts';
import { orderStations } from '../../../src/lib/panels/order-stations.ts';
import { readShortcut } from '../../../src/lib/panels/read-shortcut.ts';

const station = (id: string, parentId: string | null, name: string): Station => ({
  id,
  parentId,
  kind: 'station',
  name,
  timeZone: 'Asia/Shanghai',
  isDemo: false,
  bbox: null,
  version: 1,
});

test('stations are listed below their bureau, whatever order they come in', () => {
  const ordered = orderStations([
    station('c', 'b', '柳湾派出所'),
    station('a', null, '市局'),
    station('b', 'a', '分局'),
    station('d', 'not-seen', '外地派出所'),
  ]);
  expect(ordered.map(({ station: { id }, depth }) => [id, depth])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 2],
    ['d', 0],
  ]);
});

test('results are grouped with the station’s own first, in the server’s order within a kind', () => {
  const result = (kind: SearchResult['kind'], id: string): SearchResult => ({
    kind,
    id,
    name: id,
    detail: null,
    class: null,
    lngLat: null,
  });
  const groups = groupResults([result('place', 'p'), result('unit', 'u2'), result('unit', 'u1')]);
  expect(groups.map(({ kind, results }) => [kind, ...results.map(({ id }) => id)])).toEqual([
    ['unit', 'u2', 'u1'],
    ['place', 'p'],
  ]);
});

test('the bar turns loud when what is shown is old, however the connection calls itself', () => {
  const connection = (kind: 'connecting' | 'live' | 'waiting') => ({ kind, sinceMs: 0, lastTickAtMs: undefined });
  expect(readFreshness(connection('live'), 1)).toBe('live');
  expect(readFreshness(connection('live'), 5)).toBe('waiting');
  expect(readFreshness(connection('waiting'), 1)).toBe('waiting');
  expect(readFreshness(connection('waiting'), 9)).toBe('old');
  // A page that was held up has its ticks waiting: no alarm.
  expect(readFreshness(connection('live'), 9)).toBe('waiting');
  expect(readFreshness(connection('live'), 21)).toBe('old');
  expect(readFreshness(connection('connecting'), undefined)).toBe('connecting');
  expect(readFreshness(connection('waiting'), undefined)).toBe('old');
});

test('a track counts its fixes, and its silent gaps are not walked', () => {
  const piece = (coordinates: [number, number][]) => ({
    type: 'Feature' as const,
    geometry: { type: 'LineString' as const, coordinates },
    properties: {
      unitId: '',
      callSign: '',
      device: '',
      startsAt: '',
      endsAt: '',
      times: [],
      fixCount: coordinates.length,
    },
  });
  const { fixCount, lengthM } = measureTrack({
    type: 'FeatureCollection',
    features: [
      piece([
        [0, 0],
        [0, 0.001],
      ]),
      piece([
        [0, 1],
        [0, 1.001],
      ]),
    ],
  });
  expect(fixCount).toBe(4);
  expect(lengthM).toBeCloseTo(2 * 111.195, 1);
});

const press = (key: string, more: Partial<Parameters<typeof readShortcut>[0]> = {}) =>
  readShortcut({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    defaultPrevented: false,
    isComposing: false,
    target: null,
    ...more,
  });
const inside = (selector: string) =>
  ({ closest: (wanted: string) => (wanted.includes(selector) ? {} : null) }) as unknown as EventTarget;

test('keys ask for what the list of shortcuts says', () => {
  expect(['/', '?', 't', 'T', '[', 'Escape', 'x'].map((key) => press(key))).toEqual([
    'search',
    'help',
    'table',
    'table',
    'side',
    'close',
    undefined,
  ]);
});

test('while someone types, only Escape is a shortcut', () => {
  expect(press('t', { target: inside('input') })).toBeUndefined();
  expect(press('Escape', { target: inside('input') })).toBe('close');
});

test('a key of the browser, of an input method or of an open dialog stays theirs', () => {
  expect(press('t', { ctrlKey: true })).toBeUndefined();
  expect(press('Escape', { isComposing: true })).toBeUndefined();
  expect(press('Escape', { target: inside('[role="dialog"]') })).toBeUndefined();
});
