import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { auditOf, signIn, type Asker } from './administration.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let station: string;
let administrator: Asker;

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  station = await makeStation(app.database);
  administrator = await signIn(app, station, 'administrator');
});
afterAll(() => app.close());

const whatever = { 'If-Match': '*' };
type Ring = [number, number][];
const box = (w: number, s: number, e: number, n: number): Ring => [[w, s], [e, s], [e, n], [w, n], [w, s]]; // prettier-ignore
const draw = async (number: string, ...rings: Ring[]) => {
  const area = { type: 'Polygon', coordinates: rings };
  const { body } = await administrator.ask('POST', '/api/grids', { stationId: station, number, area });
  return body.grid as { id: string; version: number };
};
const split = (id: string, line: unknown, number: string) =>
  administrator.ask('POST', `/api/grids/${id}/split`, { line, number }, whatever);
async function confirmed(path: string, body: unknown) {
  const first = await administrator.ask('POST', path, body, whatever);
  expect(first).toMatchObject({ status: 409, body: { type: '/problems/confirmation-required' } });
  return administrator.ask('POST', `${path}?confirm=${first.body.confirm}`, body, whatever);
}
const lastEdit = async () => (await administrator.ask('GET', `/api/grids/last-edit?station=${station}`)).body.edit;
const undo = () => confirmed('/api/grids/undo', { stationId: station });
/** What two shapes do not share, and what two grids share, in square degrees. */
async function areaOf(numbers: string[]): Promise<{ union: string; sum: number; whole: number }> {
  const [row] = await app.database.inScope([station], (transaction) =>
    transaction.query<{ union: string; sum: number; whole: number }>(sql`
      SELECT ST_AsText(ST_Normalize(ST_UnaryUnion(ST_Collect(area))), 9) AS union, sum(ST_Area(area)) AS sum,
        ST_Area(ST_UnaryUnion(ST_Collect(area))) AS whole
      FROM grids WHERE station_id = ${station} AND number = ANY(${numbers}::text[])`),
  );
  return row!;
}
const hole = box(117.004, 29.004, 117.006, 29.006);

test('a grid is cut in two along a line: both tile what it was, hole included, and the larger stays itself', async () => {
  const grid = await draw('S1', box(117, 29, 117.01, 29.01), hole);
  const before = await areaOf(['S1']);
  const cut = await split(grid.id, [[117.0043, 28.9], [117.0051, 29.005], [117.0049, 29.1]], 'S2'); // prettier-ignore
  expect(cut).toMatchObject({ status: 201, body: { grids: [{ id: grid.id, number: 'S1' }, { number: 'S2' }] } });
  const after = await areaOf(['S1', 'S2']);
  expect(after.sum).toBeCloseTo(before.sum, 15);
  // Neither overlaps the other, and nothing is missing between them.
  expect(after.whole).toBeCloseTo(after.sum, 15);
  expect((await areaOf(['S1'])).sum).toBeGreaterThan((await areaOf(['S2'])).sum);
  expect(await lastEdit()).toMatchObject({ kind: 'split', before: ['S1'], after: ['S1', 'S2'] });
  expect((await undo()).status).toBe(204);
  expect(await areaOf(['S1', 'S2'])).toEqual(before);
  expect((await split(grid.id, [[117.005, 28.9], [117.005, 29.1]], 'S1')).body.errors).toMatchObject([{ code: 'taken' }]); // prettier-ignore
  expect(await auditOf(app, station)).toEqual(expect.arrayContaining(['grid.split', 'grid.undo']));
});

test('a line that does not cross the grid from side to side cuts nothing', async () => {
  const grid = await draw('L1', box(117.1, 29, 117.11, 29.01));
  for (const line of [
    [
      [117.2, 28.9],
      [117.2, 29.1],
    ],
    [
      [117.105, 28.9],
      [117.105, 29.005],
    ],
    [
      [117.105, 28.9],
      [117.105, 29.1],
      [117.103, 29.1],
      [117.103, 28.9],
    ],
  ])
    // prettier-ignore
    expect(await split(grid.id, line, 'L2')).toMatchObject({ status: 400, body: { errors: [{ code: 'noCut' }] } });
  expect((await split(grid.id, [[117.105, 28.9]], 'L2')).status).toBe(400);
});

test('two neighbours become one after a second look, and two again when that is taken back', async () => {
  const west = await draw('M1', box(117.3, 29, 117.31, 29.01));
  const east = await draw('M2', box(117.31, 29, 117.32, 29.01));
  const far = await draw('M3', box(117.4, 29, 117.41, 29.01));
  const before = await areaOf(['M1', 'M2']);
  const path = `/api/grids/${west.id}/merge`;
  expect(await administrator.ask('POST', path, { otherId: far.id }, whatever)).toMatchObject({
    status: 400,
    body: { errors: [{ code: 'apart' }] },
  });
  expect((await administrator.ask('POST', path, { otherId: east.id }, { 'If-Match': '"9"' })).status).toBe(412);
  expect(await confirmed(path, { otherId: east.id })).toMatchObject({ status: 200, body: { number: 'M1' } });
  const merged = await areaOf(['M1']);
  expect(merged.sum).toBeCloseTo(before.sum, 15);
  expect((await administrator.ask('GET', `/api/grids/${east.id}`)).status).toBe(404);
  expect((await undo()).status).toBe(204);
  expect(await areaOf(['M1', 'M2'])).toEqual(before);
  expect((await administrator.ask('GET', `/api/grids/${east.id}`)).status).toBe(200);
});

test('an edit is taken back only while the grids still are as it left them, newest first', async () => {
  const grid = await draw('U1', box(117.5, 29, 117.51, 29.01));
  const path = `/api/grids/${grid.id}`;
  const area = { type: 'Polygon', coordinates: [box(117.5, 29, 117.52, 29.01)] };
  await administrator.ask('PUT', path, { number: 'U1', name: '东', area }, whatever);
  await app.database.inScope([station], (transaction) =>
    transaction.execute(sql`UPDATE grids SET name = '西' WHERE id = ${grid.id}`),
  );
  expect(await administrator.ask('POST', '/api/grids/undo', { stationId: station })).toMatchObject({
    status: 409,
    body: { type: '/problems/changed-meanwhile' },
  });
  await administrator.ask('PUT', path, { number: 'U1', name: '北', area }, whatever);
  expect((await undo()).status).toBe(204);
  expect((await administrator.ask('GET', path)).body).toMatchObject({ name: '西', area });
  const officer = await signIn(app, station, 'officer');
  expect((await officer.ask('POST', '/api/grids/undo', { stationId: station })).status).toBe(403);
});
