import { describe, expect, test } from 'vitest';
import { incidentSources } from '../../../../api/incidents/contract.ts';
import { LocalHours } from '../../../../src/lib/geo/local-hours.ts';
import { IncidentColumns, toMinutes, type IncidentBatch } from '../../../../src/lib/state/incident-columns.ts';
import {
  boundsOf,
  countIncidents,
  firstFilter,
  newestPassing,
  passes,
  type IncidentFilter,
} from '../../../../src/lib/state/incident-filter.ts';
import { formatIncidentUrl, parseIncidentUrl } from '../../../../src/lib/state/incident-url.ts';

const zone = new LocalHours('Asia/Shanghai');
/** Monday, 10:00 in Shanghai. */
const nowMs = Date.UTC(2026, 10, 23, 2);

interface Made {
  number: number;
  at: string;
  category?: string;
  source?: (typeof incidentSources)[number];
  lng?: number;
}

function batchOf(made: readonly Made[]): IncidentBatch {
  const names = [...new Set(made.map(({ category = 'theft' }) => category))];
  return {
    numbers: Uint32Array.from(made, ({ number }) => number),
    lngs: Int32Array.from(made, ({ lng = 117.93 }) => Math.round(lng * 1e5)),
    lats: Int32Array.from(made, () => 2_963_000),
    minutes: Int32Array.from(made, ({ at }) => toMinutes(Date.parse(at))),
    categories: Uint8Array.from(made, ({ category = 'theft' }) => names.indexOf(category)),
    sources: Uint8Array.from(made, ({ source = 'citizen' }) => incidentSources.indexOf(source)),
    names,
  };
}

const all: Made[] = [
  { number: 1, at: '2026-10-01T12:00:00+08:00', category: 'fight' },
  { number: 2, at: '2026-11-16T09:59:00+08:00' },
  { number: 3, at: '2026-11-16T10:01:00+08:00', source: 'patrol' },
  { number: 5, at: '2026-11-22T23:30:00+08:00', category: 'noise', lng: 118.5 },
  { number: 9, at: '2026-11-23T00:10:00+08:00', category: 'fight', source: 'sentinel' },
];

function columnsOf(...batches: (readonly Made[])[]): IncidentColumns {
  const columns = new IncidentColumns(zone);
  for (const batch of batches) columns.append(batchOf(batch));
  return columns;
}

const shown = (columns: IncidentColumns, part: Partial<IncidentFilter>): number[] => {
  const bounds = boundsOf({ ...firstFilter, time: 'all', ...part }, columns.categories, zone, nowMs);
  const found: number[] = [];
  for (let i = 0; i < columns.count; i++) if (passes(columns.rows, 4 * i, bounds)) found.push(columns.numbers[i]!);
  const { shown: counted } = countIncidents(columns, bounds);
  expect(counted).toBe(found.length);
  return found;
};

test('rows that come are appended, and each can be read back by its number', () => {
  const columns = columnsOf(all.slice(0, 2), all.slice(2), []);
  expect([columns.count, columns.lastNumber]).toEqual([5, 9]);
  expect(columns.read(columns.indexOf(9))).toEqual({
    index: 4,
    number: 9,
    lngLat: [117.93, 29.63],
    atMs: Date.parse('2026-11-23T00:10:00+08:00'),
    category: 'fight',
    source: 'sentinel',
  });
  expect(columns.indexOf(4)).toBe(-1);
  expect(columns.indexOf(10)).toBe(-1);
  // Codes are of the screen, whatever the batch called them.
  expect(columns.categories).toEqual(['fight', 'theft', 'noise']);
});

test('the filter shows a time, hours, weekdays, categories and sources by the station’s clocks', () => {
  const columns = columnsOf(all);
  expect(shown(columns, {})).toEqual([1, 2, 3, 5, 9]);
  expect(shown(columns, { time: 'today' })).toEqual([9]);
  expect(shown(columns, { time: '7d' })).toEqual([3, 5, 9]);
  expect(shown(columns, { time: '30d' })).toEqual([2, 3, 5, 9]);
  expect(shown(columns, { time: { from: '2026-10-01', to: '2026-11-16' } })).toEqual([1, 2, 3]);
  expect(shown(columns, { time: { from: '2026-11-23', to: '2026-11-23' } })).toEqual([9]);
  expect(shown(columns, { hours: (1 << 23) | 1 })).toEqual([5, 9]);
  // 16 and 23 November are Mondays.
  expect(shown(columns, { weekdays: 1 })).toEqual([2, 3, 9]);
  expect(shown(columns, { hiddenCategories: new Set(['fight', 'noise']) })).toEqual([2, 3]);
  expect(shown(columns, { hiddenSources: new Set(['patrol'] as const) })).toEqual([1, 2, 5, 9]);
});

test('each choice tells how many it has with the other choices as they stand', () => {
  const columns = columnsOf(all);
  const filter = { ...firstFilter, time: 'all', hiddenCategories: new Set(['fight']) } as const;
  const counts = countIncidents(columns, boundsOf(filter, columns.categories, zone, nowMs));
  expect(counts.shown).toBe(3);
  // The hidden category still says what it would add.
  expect([...counts.byCategory.slice(0, 3)]).toEqual([2, 2, 1]);
  expect([...counts.bySource.slice(0, 3)]).toEqual([2, 1, 0]);
  expect(counts.byHour[23]).toBe(1);
  expect([...counts.byWeekday]).toEqual([2, 0, 0, 0, 0, 0, 1]);
});

test('categories beyond the thirty-first share one choice and are never lost', () => {
  const many = Array.from({ length: 40 }, (_, i) => ({ number: i + 1, at: all[0]!.at, category: `c${i}` }));
  const columns = columnsOf(many);
  expect(shown(columns, {})).toHaveLength(40);
  expect(shown(columns, { hiddenCategories: new Set(['c3']) })).toHaveLength(39);
  const shared = new Set(many.slice(31).map(({ category }) => category));
  expect(shown(columns, { hiddenCategories: shared })).toHaveLength(31);
});

test('the newest that pass come first, as many as are wanted', () => {
  const columns = columnsOf(all);
  const bounds = boundsOf({ ...firstFilter, time: 'all' }, columns.categories, zone, nowMs);
  expect(newestPassing(columns, bounds, 2).map((i) => columns.numbers[i])).toEqual([9, 5]);
  expect(newestPassing(columns, bounds, 9, (lng) => lng > 118).map((i) => columns.numbers[i])).toEqual([5]);
});

test('an address brings the filter and the heatmap back', () => {
  const filter: IncidentFilter = {
    time: { from: '2026-01-01', to: '2026-02-01' },
    hours: 0xff00,
    weekdays: 0x60,
    hiddenCategories: new Set(['噪音, 扰民', 'fight']),
    hiddenSources: new Set(['patrol'] as const),
  };
  const params = formatIncidentUrl({ filter, heatM: 400 }, new URLSearchParams('v=14/29.6/117.9'));
  expect(parseIncidentUrl(new URLSearchParams(params.toString()))).toEqual({ filter, heatM: 400 });
  expect(params.get('v')).toBe('14/29.6/117.9');
  expect(formatIncidentUrl({ filter: firstFilter, heatM: undefined }, params).toString()).toBe('v=14%2F29.6%2F117.9');
});

test('an address that makes no sense opens as if it were not there', () => {
  const nonsense = new URLSearchParams('it=2026-13-99_x&ih=zz&iw=ff&is=rumour&heat=3');
  expect(parseIncidentUrl(nonsense)).toEqual({ filter: firstFilter, heatM: undefined });
});

describe('columns that are told what changed', () => {
  const merged = (columns: IncidentColumns, made: readonly Made[]): void => columns.merge(batchOf(made));
  const rowsOf = (columns: IncidentColumns) => Array.from({ length: columns.count }, (_, index) => columns.read(index));
  /** As if they had been read anew. */
  const expectSame = (columns: IncidentColumns, made: readonly Made[]): void =>
    expect(rowsOf(columns)).toEqual(rowsOf(columnsOf(made)));
  const corrected: Made = { number: 3, at: '2026-11-16T10:02:00+08:00', category: 'noise', lng: 118.1 };

  test('write a corrected row over itself', () => {
    const columns = columnsOf(all);
    merged(columns, [corrected]);
    expectSame(columns, [all[0]!, all[1]!, corrected, all[3]!, all[4]!]);
    expect(columns.patched).toEqual([{ from: 2, to: 3 }]);
  });

  test('lose what was withdrawn, also the last, and not what they never had', () => {
    const columns = columnsOf(all);
    columns.remove([2, 4, 9]);
    expectSame(columns, [all[0]!, all[2]!, all[3]!]);
    expect(columns.lastNumber).toBe(5);
    expect(columns.indexOf(9)).toBe(-1);
    columns.remove([1, 3, 5]);
    expect([columns.count, columns.lastNumber]).toEqual([0, 0]);
  });

  test('put what came back where it belongs, and what is new behind', () => {
    const columns = columnsOf([all[0]!, all[3]!]);
    merged(columns, [all[1]!, corrected]);
    merged(columns, [all[4]!]);
    expectSame(columns, [all[0]!, all[1]!, corrected, all[3]!, all[4]!]);
    merged(columns, []);
    expect(columns.count).toBe(5);
  });
});
