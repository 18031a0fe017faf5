import { expect, test } from 'vitest';
import { incidentSources } from '../../../../api/incidents/contract.ts';
import { LocalHours } from '../../../../src/lib/geo/local-hours.ts';
import { nearestIncident } from '../../../../src/lib/map/nearest-incident.ts';
import { IncidentColumns, toMinutes } from '../../../../src/lib/state/incident-columns.ts';
import { boundsOf, firstFilter, type IncidentFilter } from '../../../../src/lib/state/incident-filter.ts';

const zone = new LocalHours('Asia/Shanghai');
const nowMs = Date.UTC(2026, 10, 23, 2);
/** At this place and zoom 1e-5 degrees of lng are 0.47 px, of lat 0.54 px. */
const zoom = 15;
const place: [number, number] = [117.93, 29.63];

/** Incidents of now, by how many 1e-5 degrees they lie east and north of the place. */
function columnsOf(offsets: readonly (readonly [east: number, north: number, source?: string])[]): IncidentColumns {
  const columns = new IncidentColumns(zone);
  columns.append({
    numbers: Uint32Array.from(offsets, (_, i) => i + 1),
    lngs: Int32Array.from(offsets, ([east]) => 11_793_000 + east),
    lats: Int32Array.from(offsets, ([, north]) => 2_963_000 + north),
    minutes: Int32Array.from(offsets, () => toMinutes(nowMs - 60_000)),
    categories: new Uint8Array(offsets.length),
    sources: Uint8Array.from(offsets, ([, , source = 'citizen']) => incidentSources.indexOf(source as 'citizen')),
    names: ['theft'],
  });
  return columns;
}

const find = (columns: IncidentColumns, filter: Partial<IncidentFilter> = {}, at = zoom, from = place): number =>
  nearestIncident(columns, boundsOf({ ...firstFilter, ...filter }, columns.categories, zone, nowMs), from, at, 8);

test('an incident within reach is found, on each side', () => {
  for (const [east, north] of [
    [0, 0],
    [16, 0],
    [-16, 0],
    [0, 14],
    [0, -14],
    [11, 10],
  ] as const)
    expect(
      find(
        columnsOf([
          [900, 900],
          [east, north],
        ]),
      ),
      `${east}, ${north}`,
    ).toBe(1);
});

test('one out of reach is not, nor one in the corner of the box around', () => {
  for (const [east, north] of [
    [18, 0],
    [-18, 0],
    [0, 16],
    [0, -16],
    [15, 13],
  ] as const)
    expect(find(columnsOf([[east, north]])), `${east}, ${north}`).toBe(-1);
  expect(find(columnsOf([]))).toBe(-1);
});

test('reach is on the screen: with the map nearer the same incident is out of it', () => {
  const columns = columnsOf([[12, 0]]);
  expect(find(columns)).toBe(0);
  expect(find(columns, {}, zoom + 1)).toBe(-1);
  expect(find(columnsOf([[1500, 0]]), {}, zoom - 7)).toBe(0);
});

test('the nearest wins, and of two in one place the later', () => {
  expect(
    find(
      columnsOf([
        [9, 0],
        [0, 4],
        [-6, 3],
        [0, -10],
      ]),
    ),
  ).toBe(1);
  // In degrees the second is nearer, on the screen the first.
  expect(
    find(
      columnsOf([
        [10, 0],
        [0, 9.9],
      ]),
    ),
  ).toBe(0);
  expect(
    find(
      columnsOf([
        [5, 5],
        [5, 5],
      ]),
    ),
  ).toBe(1);
});

test('what the filter hides is not found, also where it is the nearest', () => {
  const columns = columnsOf([
    [0, 0, 'patrol'],
    [8, 0],
  ]);
  expect(find(columns)).toBe(0);
  expect(find(columns, { hiddenSources: new Set(['patrol']) })).toBe(1);
  expect(find(columns, { hiddenSources: new Set(['patrol', 'citizen']) })).toBe(-1);
  expect(find(columns, { hiddenCategories: new Set(['theft']) })).toBe(-1);
});
