import { describe, expect, test } from 'vitest';
import {
  formatQuery,
  formatScreenUrl,
  layerNames,
  parseScreenUrl,
  type ScreenUrl,
} from '../../../../src/lib/state/url.ts';

const id = '0191f3a2-7c1e-7a33-9d2c-3c5b1f0a9e01';
const otherId = '0191f3a2-7c1e-7a33-9d2c-3c5b1f0a9e02';
const atRest: ScreenUrl = { view: undefined, layers: undefined, selection: { kind: 'none' }, stationId: undefined };

const parse = (query: string): ScreenUrl => parseScreenUrl(new URLSearchParams(query));
const format = (screen: Partial<ScreenUrl>, query = ''): string =>
  formatQuery(formatScreenUrl({ ...atRest, ...screen }, new URLSearchParams(query)));

describe('the address of a screen', () => {
  test('an empty address says nothing', () => {
    expect(parse('')).toEqual(atRest);
  });

  test('view, layers, selection and station come back as they were', () => {
    const screen: ScreenUrl = {
      view: { lngLat: [121.47123, 31.23045], zoom: 15.25, bearingDeg: 30 },
      layers: new Set(['grids', 'units']),
      selection: { kind: 'unit', id },
      stationId: otherId,
    };
    expect(parse(format(screen))).toEqual(screen);
  });

  test('zoom comes first, then latitude and longitude, as in other maps’ addresses', () => {
    expect(format({ view: { lngLat: [121.471234567, 31.230456], zoom: 15.2519, bearingDeg: 0 } })).toBe(
      '?v=15.25/31.23046/121.47123',
    );
  });

  test('all layers shown need no word; none shown is said', () => {
    expect(format({ layers: new Set(layerNames) })).toBe('');
    expect(format({ layers: new Set() })).toBe('?layers=none');
    expect(parse('layers=none').layers).toEqual(new Set());
  });

  test('sentinel points that lie on one spot are kept as a list', () => {
    const selection = { kind: 'sentinels' as const, ids: [id, otherId] };
    expect(format({ selection })).toBe(`?sel=sentinels:${id},${otherId}`);
    expect(parse(format({ selection })).selection).toEqual(selection);
  });

  test('what belongs to others stays in the address', () => {
    expect(format({ selection: { kind: 'grid', id } }, 'lang=en&sel=unit:x')).toBe(`?lang=en&sel=grid:${id}`);
  });

  test.each([
    'v=15/91/10',
    'v=15/x/10',
    'v=15/31',
    'v=15/31/121/0/7',
    'v=99/31/121',
    'layers=traffic',
    'sel=unit:1',
    `sel=person:${id}`,
    'sel=sentinels:',
    "station='; drop table",
  ])('%s makes no sense and is passed over', (query) => {
    expect(parse(query)).toEqual(atRest);
  });

  test('a bearing beyond the circle is turned into it', () => {
    expect(parse('v=15/31/121/-90').view?.bearingDeg).toBe(270);
  });
});
