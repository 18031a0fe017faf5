import { expect, test } from 'vitest';
import { exportSchema } from '../../../../api/exports/contract.ts';
import { LocalHours } from '$lib/geo/local-hours.ts';
import { scaleLength } from '$lib/panels/desk/export/compose-picture.ts';
import { exportRequest } from '$lib/panels/desk/export/export-request.ts';
import { fileName } from '$lib/panels/desk/export/save-file.ts';
import { measureLegend } from '$lib/panels/desk/legend-rows.ts';
import { palettes } from '$lib/layers/palette.ts';
import { boundsOf, firstFilter, type IncidentFilter } from '$lib/state/incident-filter.ts';
import type { ShownMeasure } from '$lib/state/measure-state.svelte.ts';

const stationId = '01900000-0000-7000-8000-000000000001';
const nowMs = Date.parse('2026-11-22T12:00:00+08:00');
const requestOf = (filter: Partial<IncidentFilter>, what: 'incidents' | 'units' = 'incidents') => {
  const whole = { ...firstFilter, ...filter };
  const bounds = boundsOf(whole, ['theft'], new LocalHours('Asia/Shanghai'), nowMs);
  const choice = { what, format: 'csv' as const, stationId, bbox: undefined };
  return exportRequest(choice, { filter: whole, bounds, presenceFromMs: undefined });
};

test('the request says what the filter shows, in words that the server takes', () => {
  const asked = requestOf({
    time: { from: '2026-11-01', to: '2026-11-02' },
    hours: 3,
    hiddenCategories: new Set(['theft']),
    hiddenSources: new Set(['patrol']),
  });
  expect(asked).toEqual({
    what: 'incidents',
    format: 'csv',
    stationId,
    filter: {
      from: '2026-10-31T16:00:00.000Z',
      to: '2026-11-02T16:00:00.000Z',
      hours: 3,
      weekdays: 127,
      hiddenCategories: ['theft'],
      hiddenSources: ['patrol'],
    },
  });
  expect(exportSchema.safeParse(asked).success).toBe(true);
});

test('no bounds of time are sent where none are set', () => {
  const asked = requestOf({ time: 'all' });
  expect(asked).toMatchObject({ filter: { hours: 0xff_ffff } });
  expect(JSON.stringify(asked)).not.toMatch(/"from"|"to"/);
  expect(requestOf({ time: '7d' })).toMatchObject({ filter: { from: '2026-11-15T04:00:00.000Z' } });
  expect(requestOf({}, 'units')).toEqual({ what: 'units', format: 'csv', stationId });
});

test('a scale is 1, 2 or 5 of a power of ten and fits', () => {
  expect(scaleLength(1, 160)).toBe(100);
  expect(scaleLength(1.3, 160)).toBe(200);
  expect(scaleLength(5, 160)).toBe(500);
  expect(scaleLength(0.04, 160)).toBe(5);
});

test('a file name keeps Chinese and loses what file systems refuse', () => {
  expect(fileName(['东城/派出所', '警情: 今天', '2026-11-22 1304'], 'csv')).toBe(
    '东城-派出所 警情- 今天 2026-11-22 1304.csv',
  );
});

test('a legend tells each class, 0 and no data apart, with how many grids have it', () => {
  const shown: ShownMeasure = {
    title: '警情数（起）',
    hint: '',
    gridCount: 6,
    isWhole: true,
    sayNumber: String,
    values: new Map([
      ['a', 0],
      ['b', 1],
      ['c', 3],
      ['d', 9],
      ['e', 12],
    ]),
    from: [1, 3, 9],
    say: () => undefined,
  };
  const { rows } = measureLegend(shown, palettes.light, '无数据');
  expect(rows.map(({ key, label, count }) => [key, label, count])).toEqual([
    ['none', '无数据', 1],
    ['zero', '0', 1],
    ['0', '1 – 2', 1],
    ['1', '3 – 8', 1],
    ['2', '≥ 9', 2],
  ]);
  const minutes = measureLegend({ ...shown, isWhole: false, from: [1.5, 30], gridCount: 5 }, palettes.dark, '');
  expect(minutes.rows.map(({ label }) => label)).toEqual(['0', '< 30', '≥ 30']);
});
