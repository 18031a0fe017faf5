import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { findGrids } from '../../api/grids/queries.ts';
import { importGrids } from '../../api/grids/import-grids.ts';
import { findRevisions } from '../../api/reading/queries.ts';
import { makeStation, openTestDatabase } from './harness.ts';
import { readText } from './import-text.ts';

let database: Database;
beforeAll(() => {
  database = openTestDatabase();
});
afterAll(() => database.close());

type Ring = [number, number][];
const square = (lng: number, lat: number, side = 0.01): Ring => [
  [lng, lat],
  [lng + side, lat],
  [lng + side, lat + side],
  [lng, lat + side],
  [lng, lat],
];
const feature = (number: string, rings: unknown, properties: object = {}) => ({
  type: 'Feature',
  properties: { number, ...properties },
  geometry: { type: 'Polygon', coordinates: rings },
});
const run = (stationId: string, features: unknown[]) =>
  readText(database, stationId, JSON.stringify({ type: 'FeatureCollection', features })).then(importGrids);
const gridsOf = (stationId: string) =>
  database.inScope([stationId], (transaction) => findGrids(transaction, [stationId], undefined));

test('grids that fit are imported with their officers as members; again, nothing changes', async () => {
  const station = await makeStation(database);
  const features = [
    feature('1', [square(116.3, 39.9)], { officer: '韩卫国', name: '河东' }),
    feature('2', [square(116.31, 39.9)], { officer: '韩卫国' }),
  ];
  expect(await run(station, features)).toEqual({ added: 2, changed: 0, unchanged: 0, rejects: [], notes: [] });
  const grids = await gridsOf(station);
  expect(grids.map(({ number, name, officer }) => [number, name, officer])).toEqual([
    ['1', '河东', '韩卫国'],
    ['2', null, '韩卫国'],
  ]);
  const revisions = () => database.inScope([station], (transaction) => findRevisions(transaction, 'grids', [station]));
  const before = await revisions();
  expect(await run(station, features)).toMatchObject({ added: 0, changed: 0, unchanged: 2 });
  expect(await gridsOf(station)).toEqual(grids);
  expect(await revisions()).toEqual(before);
});

test('a grid whose line or officer changed is changed under its id; a file without officers leaves them', async () => {
  const station = await makeStation(database);
  await run(station, [feature('1', [square(116.3, 39.9)], { officer: '韩卫国' })]);
  const [first] = await gridsOf(station);
  expect(await run(station, [feature('1', [square(116.3, 39.9, 0.02)])])).toMatchObject({ changed: 1 });
  expect(await gridsOf(station)).toMatchObject([{ id: first!.id, officer: '韩卫国' }]);
  expect(await run(station, [feature('1', [square(116.3, 39.9, 0.02)], { officer: '白秀英' })])).toMatchObject({
    changed: 1,
  });
  expect(await gridsOf(station)).toMatchObject([{ id: first!.id, officer: '白秀英' }]);
});

test('an overlap is told with both numbers, its size and its place, also with a grid that the file does not hold', async () => {
  const station = await makeStation(database);
  await run(station, [feature('1', [square(116.3, 39.9)])]);
  const { added, notes } = await run(station, [feature('2', [square(116.309, 39.9)])]);
  expect(added).toBe(1);
  expect(notes).toHaveLength(1);
  // 0.001° × 0.01° at 39.9° N.
  const [, size, lng] = /^Overlap of grids .*: (\d+) m² at (116\.\d+), 39\.90\d+\.$/.exec(notes[0]!)!;
  expect(Number(size)).toBeGreaterThan(94_000);
  expect(Number(size)).toBeLessThan(96_000);
  expect(Number(lng)).toBeCloseTo(116.3095, 4);
});

test('a hole between grids that were drawn a hair apart is told with the grids around it, its size and its place', async () => {
  const station = await makeStation(database);
  const around: [string, number, number][] = [
    ['1', 0, 0],
    ['2', 1, 0],
    ['3', 2, 0],
    ['4', 0, 1],
    ['5', 2, 1],
    ['6', 0, 2],
    ['7', 1, 2],
    ['8', 2, 2],
  ];
  const features = around.map(([number, column, row]) =>
    feature(number, [square(Number((116 + column / 100).toFixed(2)), Number((39 + row / 100).toFixed(2)))]),
  );
  const { notes } = await run(station, features);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^Gap between grids 1, 2, 3, 4, 5, 6, 7, 8: 96\d{4} m² at 116\.015\d*, 39\.015\d*\.$/);
});

/** A grid of 0.01° on a chessboard that begins at 116, 39. */
const cell = (number: string, column: number, row: number) =>
  feature(number, [square(Number((116 + column / 100).toFixed(2)), Number((39 + row / 100).toFixed(2)))]);

test('a grid that is missing on the edge is told as a gap open to the outside; a corner that was never there is not', async () => {
  const station = await makeStation(database);
  // Row by row from the south: the middle of the southern edge and the north-eastern corner are not there.
  const { notes } = await run(station, [
    cell('1', 0, 0),
    cell('3', 2, 0),
    ...[0, 1, 2].map((column) => cell(String(4 + column), column, 1)),
    cell('7', 0, 2),
    cell('8', 1, 2),
  ]);
  expect(notes).toHaveLength(1);
  const [, size, lng, lat] =
    /^Gap beside grids 1, 3, 4, 5, 6, open to the outside: (\d+) m² at (116\.\d+), (39\.\d+)\.$/.exec(notes[0]!)!;
  // 865 m by 1,113 m, less the arc that a round mouth leaves.
  expect(Number(size)).toBeGreaterThan(700_000);
  expect(Number(size)).toBeLessThan(970_000);
  expect(Number(lng)).toBeCloseTo(116.015, 3);
  expect(Math.abs(Number(lat) - 39.005)).toBeLessThan(0.005);
});

test('a wedge of a few metres between two neighbours, open at its end, is told with its size and place', async () => {
  const station = await makeStation(database);
  // The second leans away from the first: 0.0001° (8.6 m) apart in the north, nothing in the south.
  const leaning: Ring = [
    [116.01, 39],
    [116.02, 39],
    [116.02, 39.01],
    [116.0101, 39.01],
    [116.01, 39],
  ];
  const { notes } = await run(station, [cell('1', 0, 0), feature('2', [leaning])]);
  expect(notes).toHaveLength(1);
  const [, size, lng] = /^Gap beside grids 1, 2, open to the outside: (\d+) m² at (116\.\d+), 39\.00\d+\.$/.exec(
    notes[0]!,
  )!;
  // Half of 8.65 m by 1,113 m.
  expect(Number(size)).toBeGreaterThan(4_400);
  expect(Number(size)).toBeLessThan(4_850);
  expect(Number(lng)).toBeCloseTo(116.01, 3);
});

test('what no grid covers of a station’s boundary is told; without the boundary such a corner is no gap', async () => {
  const station = await makeStation(database);
  const three = [cell('1', 0, 0), cell('2', 1, 0), cell('3', 0, 1)];
  expect((await run(station, three)).notes).toEqual([]);
  await database.asOwner((transaction) =>
    transaction.execute(sql`
      UPDATE stations SET boundary = ST_Multi(ST_MakeEnvelope(116, 39, 116.02, 39.02, 4326)) WHERE id = ${station}`),
  );
  expect((await run(station, three)).notes).toEqual([
    expect.stringMatching(
      /^No grid covers a part of the station beside grids 1, 2, 3: 96\d{4} m² at 116\.015\d*, 39\.015\d*\.$/,
    ),
  ]);
});

test('a ring that crosses itself is rejected with the place; the good grids go in', async () => {
  const station = await makeStation(database);
  const bowTie: Ring = [
    [116.3, 39.9],
    [116.31, 39.91],
    [116.31, 39.9],
    [116.3, 39.91],
    [116.3, 39.9],
  ];
  const { added, rejects } = await run(station, [feature('1', [bowTie]), feature('2', [square(116.32, 39.9)])]);
  expect(added).toBe(1);
  expect(rejects).toEqual([
    {
      line: 1,
      field: 'grid 1',
      got: 'Self-intersection at 116.3050000, 39.9050000',
      expected: expect.stringContaining('cross'),
    },
  ]);
});

test('open rings, wrong types, swapped axes, missing and repeated numbers are rejected one by one; heights are left away', async () => {
  const station = await makeStation(database);
  const { added, rejects } = await run(station, [
    feature('1', [square(116.3, 39.9).slice(0, 4)]),
    { type: 'Feature', properties: { number: '2' }, geometry: { type: 'Point', coordinates: [116.3, 39.9] } },
    { type: 'Feature', properties: { number: '3' }, geometry: null },
    feature('4', [square(39.9, 116.3)]),
    feature('', [square(116.3, 39.9)]),
    feature('6', [square(116.3, 39.9).map(([lng, lat]) => [lng, lat, 50])]),
    feature('6', [square(116.4, 39.9)]),
    feature('8', 'nothing'),
  ]);
  expect(added).toBe(1);
  expect(rejects.map(({ line, field }) => [line, field]).sort()).toEqual([
    [1, 'polygon 1, ring 1'],
    [2, 'geometry'],
    [3, 'geometry'],
    [4, 'polygon 1, ring 1'],
    [5, 'number'],
    [7, 'number'],
    [8, 'geometry'],
  ]);
});

test('grids come from CSV with WKT and Chinese column names, shifted coordinates converted', async () => {
  const station = await makeStation(database);
  const csv =
    '网格编号,责任民警,wkt\n7,韩卫国,"POLYGON((116.3 39.9,116.31 39.9,116.31 39.91,116.3 39.9))"\n8,,POINT(1 2)\n';
  const outcome = await importGrids(await readText(database, station, csv, { crs: 'gcj02' }));
  expect(outcome).toMatchObject({ added: 1, rejects: [{ line: 3, field: 'area', got: 'POINT(1 2)' }] });
  const [grid] = await gridsOf(station);
  const [lng, lat] = JSON.parse(grid!.geometry).coordinates[0][0][0] as [number, number];
  // GCJ-02 lies some hundred metres off here.
  expect(Math.abs(lng - 116.3)).toBeGreaterThan(0.004);
  expect(Math.abs(lat - 39.9)).toBeGreaterThan(0.0005);
});
