import { expect, test } from 'vitest';
import { areaM2 } from '$lib/geo/area.ts';
import { LocalHours } from '$lib/geo/local-hours.ts';
import { IncidentsInGrids } from '$lib/panels/desk/count-in-grids.ts';
import { periodStart } from '$lib/panels/desk/presence-period.ts';
import type { GridFeature } from '$lib/state/base-data-state.svelte.ts';
import { IncidentColumns, toMinutes } from '$lib/state/incident-columns.ts';
import { boundsOf, firstFilter } from '$lib/state/incident-filter.ts';
import { formatMeasureUrl, parseMeasureUrl } from '$lib/state/measure-state.svelte.ts';

const square = (id: string, west: number): GridFeature => ({
  type: 'Feature',
  id,
  properties: { stationId: 's', number: id, name: null, officer: null },
  geometry: {
    type: 'MultiPolygon',
    coordinates: [
      [
        [
          [west, 0],
          [west + 0.01, 0],
          [west + 0.01, 0.01],
          [west, 0.01],
          [west, 0],
        ],
      ],
    ],
  },
});

const nowMs = Date.parse('2026-11-22T12:00:00+08:00');
const hours = new LocalHours('Asia/Shanghai');

function columnsOf(places: readonly [lng: number, category: number][]): IncidentColumns {
  const columns = new IncidentColumns(hours);
  columns.append({
    numbers: Uint32Array.from(places, (_, i) => i + 1),
    lngs: Int32Array.from(places, ([lng]) => Math.round(lng * 1e5)),
    lats: Int32Array.from(places, () => 500),
    minutes: Int32Array.from(places, () => toMinutes(nowMs - 3_600_000)),
    categories: Uint8Array.from(places, ([, category]) => category),
    sources: new Uint8Array(places.length),
    names: ['theft', 'noise'],
  });
  return columns;
}

test('incidents are counted by grid as the filter says, and those that come later too', () => {
  const inGrids = new IncidentsInGrids([square('a', 0), square('b', 0.01)]);
  const columns = columnsOf([
    [0.005, 0],
    [0.004, 1],
    [0.015, 0],
    [0.5, 0],
  ]);
  const bounds = (hidden: string[] = []) =>
    boundsOf({ ...firstFilter, hiddenCategories: new Set(hidden) }, columns.categories, hours, nowMs);
  expect([...inGrids.count(columns, bounds())]).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect([...inGrids.count(columns, bounds(['theft']))]).toEqual([
    ['a', 1],
    ['b', 0],
  ]);
  columns.append({
    numbers: Uint32Array.of(9),
    lngs: Int32Array.of(1500),
    lats: Int32Array.of(500),
    minutes: Int32Array.of(toMinutes(nowMs)),
    categories: Uint8Array.of(0),
    sources: Uint8Array.of(0),
    names: ['theft'],
  });
  expect(inGrids.count(columns, bounds()).get('b')).toBe(2);
  // All of them anew, as after a correction.
  expect([...inGrids.count(columnsOf([[0.015, 1]]), bounds())]).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
});

test('the area of a grid is that of the sphere, its holes taken off', () => {
  const { coordinates } = square('a', 0).geometry as { coordinates: number[][][][] };
  // One hundredth of a degree of a great circle is 1,111.95 m.
  expect(areaM2({ type: 'MultiPolygon', coordinates })).toBeCloseTo(1111.95 ** 2, -2);
  const hole = coordinates[0]![0]!.map(([lng, lat]) => [lng! / 2, lat! / 2]);
  expect(areaM2({ type: 'Polygon', coordinates: [coordinates[0]![0]!, hole] })).toBeCloseTo(0.75 * 1111.95 ** 2, -2);
});

test('a period begins with the day, or on a full hour', () => {
  expect(new Date(periodStart('today', hours, nowMs)).toISOString()).toBe('2026-11-21T16:00:00.000Z');
  expect(periodStart('24h', hours, nowMs + 60_000)).toBe(nowMs - 23 * 3_600_000);
  expect(periodStart('7d', hours, nowMs)).toBe(nowMs - 7 * 24 * 3_600_000);
});

test('the measure stands in the address, and what makes no sense is left out', () => {
  const write = (name: 'none' | 'presence' | 'incidents') =>
    formatMeasureUrl({ name, period: '7d' }, new URLSearchParams('a=1')).toString();
  expect([write('none'), write('presence'), write('incidents')]).toEqual([
    'a=1',
    'a=1&measure=presence.7d',
    'a=1&measure=incidents',
  ]);
  expect(parseMeasureUrl(new URLSearchParams('measure=presence.7d'))).toEqual({ name: 'presence', period: '7d' });
  expect(parseMeasureUrl(new URLSearchParams('measure=weather.1y'))).toEqual({ name: 'none', period: '24h' });
});
