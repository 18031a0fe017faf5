import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { auditOf, deleteConfirmed, signIn, type Asker } from './administration.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let station: string;
let administrator: Asker;
let officer: Asker;
let neighbour: Asker;
const whatever = { 'If-Match': '*' };

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  station = await makeStation(app.database);
  administrator = await signIn(app, station, 'administrator');
  officer = await signIn(app, station, 'officer');
  neighbour = await signIn(app, await makeStation(app.database), 'administrator');
});
afterAll(() => app.close());

/** A square of 0.01° whose south-west corner lies this many squares east and north. */
const square = (east: number, north: number, side = 1) => {
  const [w, s] = [117 + east / 100, 29 + north / 100];
  const [e, n] = [w + side / 100, s + side / 100].map((degrees) => Number(degrees.toFixed(7))) as [number, number];
  return { type: 'Polygon', coordinates: [[[w, s], [e, s], [e, n], [w, n], [w, s]]] }; // prettier-ignore
};
const bowTie = { type: 'Polygon', coordinates: [[[117, 29], [117.01, 29.01], [117.01, 29], [117, 29.01], [117, 29]]] }; // prettier-ignore
const draw = (number: string, area: unknown, more: object = {}) =>
  administrator.ask('POST', '/api/grids', { stationId: station, number, area, ...more });

test('a grid is drawn, told where it overlaps, and drawn again', async () => {
  expect(await draw('A1', square(0, 0))).toMatchObject({ status: 201, body: { fit: { overlaps: [] } } });
  const second = await draw('A2', square(0.5, 0));
  expect(second.body.fit.overlaps).toMatchObject([{ numbers: expect.arrayContaining(['A1', 'A2']) as unknown }]);
  const [{ areaM2, lngLat }] = second.body.fit.overlaps;
  expect(areaM2).toBeGreaterThan(500_000);
  expect(lngLat[0]).toBeGreaterThan(117.005);
  expect(lngLat[0]).toBeLessThan(117.01);
  const path = `/api/grids/${second.body.grid.id}`;
  const moved = await administrator.ask('PUT', path, { number: 'A2', area: square(1, 0) }, { 'If-Match': '"1"' });
  expect(moved).toMatchObject({
    status: 200,
    body: { fit: { overlaps: [] }, grid: { version: 2, area: square(1, 0) } },
  });
  expect(
    (await administrator.ask('PUT', path, { number: 'A2', area: square(1, 0) }, { 'If-Match': '"1"' })).status,
  ).toBe(412);
  expect((await officer.ask('GET', path)).body).toEqual(moved.body.grid);
});

test('browsers are told that grids changed', async () => {
  const before = (await officer.ask('GET', '/api/grids')).headers.get('ETag')!;
  expect(
    (await app.app.request('/api/grids', { headers: { Cookie: officer.cookie, 'If-None-Match': before } })).status,
  ).toBe(304);
  await draw('E1', square(20, 20));
  expect((await officer.ask('GET', '/api/grids')).headers.get('ETag')).not.toBe(before);
});

test('an area that is none is refused with the place of its fault', async () => {
  expect(await draw('B1', bowTie)).toMatchObject({
    status: 400,
    body: {
      type: '/problems/invalid-area',
      errors: [{ field: 'area', got: expect.stringContaining('117.005') as unknown }],
    },
  });
  const open = square(0, 0)
    .coordinates[0]!.slice(0, 4)
    .concat([[118, 30]]);
  expect((await draw('B1', { type: 'Polygon', coordinates: [open] })).status).toBe(400);
  for (const area of [
    { type: 'Point', coordinates: [1, 2] },
    { type: 'Polygon', coordinates: [] },
    { type: 'Polygon', coordinates: [[[200, 0]]] },
  ])
    expect((await draw('B1', area)).status).toBe(400);
});

test('a check tells how an area would fit and keeps nothing', async () => {
  const { body: made } = await draw('C1', square(5, 5));
  const check = async (area: unknown, id: string | null = null) =>
    (await administrator.ask('POST', '/api/grids/check', { stationId: station, id, area })).body;
  expect((await check(bowTie)).fault).toMatchObject({ lngLat: [117.005, 29.005] });
  expect((await check(square(5.5, 5))).fit.overlaps).toMatchObject([{ numbers: ['C1'] }]);
  expect((await check(square(5.5, 5), made.grid.id)).fit.overlaps).toEqual([]);
  expect((await administrator.ask('GET', `/api/grids/${made.grid.id}`)).body).toEqual(made.grid);
});

test('a grid has a number of its own and an officer of its station', async () => {
  await draw('D1', square(8, 8));
  expect(await draw('D1', square(9, 8))).toMatchObject({ status: 409, body: { errors: [{ field: 'number' }] } });
  const [officerId, volunteerId] = [uuidv7(), uuidv7()];
  await app.database.inScope([station], (transaction) =>
    transaction.execute(sql`
      INSERT INTO members (id, station_id, display_name, role)
      VALUES (${officerId}, ${station}, '李明', 'officer'), (${volunteerId}, ${station}, '张三', 'volunteer')`),
  );
  expect((await draw('D2', square(9, 8), { officerId: volunteerId })).status).toBe(400);
  expect(await draw('D2', square(9, 8), { officerId })).toMatchObject({
    status: 201,
    body: { grid: { officer: '李明' } },
  });
});

test('only who may edit there edits, and a grid goes after a second look', async () => {
  const { body } = await draw('F1', square(12, 12));
  const path = `/api/grids/${body.grid.id}`;
  const change = { number: 'F1', area: square(12, 12) };
  expect((await officer.ask('PUT', path, change, whatever)).status).toBe(403);
  expect((await neighbour.ask('PUT', path, change, whatever)).status).toBe(404);
  expect((await neighbour.ask('GET', path)).status).toBe(404);
  expect((await neighbour.ask('DELETE', path)).status).toBe(404);
  expect((await neighbour.ask('POST', '/api/grids', { stationId: station, ...change })).status).toBe(404);
  expect((await neighbour.ask('POST', '/api/grids/check', { stationId: station, area: square(1, 1) })).status).toBe(
    404,
  );
  expect(await deleteConfirmed(administrator, path)).toEqual({ status: 204, losses: {} });
  expect(await auditOf(app, station)).toEqual(expect.arrayContaining(['grid.create', 'grid.change', 'grid.delete']));
});

test('a sentinel point is put, moved and deleted with its members', async () => {
  const body = { number: 'S1', name: '平安小区', kind: 'compound', address: '柳湾路 1 号', lngLat: [117.9, 29.6] };
  const made = await administrator.ask('POST', '/api/sentinels', { stationId: station, ...body });
  expect(made).toMatchObject({ status: 201, body: { ...body, members: [], version: 1 } });
  const path = `/api/sentinels/${made.body.id}`;
  const moved = await administrator.ask('PUT', path, { ...body, lngLat: [117.91, 29.61] }, { 'If-Match': '"1"' });
  expect(moved).toMatchObject({ status: 200, body: { lngLat: [117.91, 29.61], version: 2 } });
  expect((await administrator.ask('PUT', path, body, { 'If-Match': '"1"' })).status).toBe(412);
  expect((await officer.ask('PUT', path, body, whatever)).status).toBe(403);
  expect((await neighbour.ask('PUT', path, body, whatever)).status).toBe(404);
  expect((await neighbour.ask('POST', '/api/sentinels', { stationId: station, ...body, number: 'S2' })).status).toBe(
    404,
  );
  expect((await administrator.ask('POST', '/api/sentinels', { stationId: station, ...body })).status).toBe(409);
  await officer.ask('POST', '/api/members', {
    stationId: station,
    sentinelId: made.body.id,
    displayName: '王',
    role: 'guard',
  });
  expect(await deleteConfirmed(administrator, path)).toEqual({ status: 204, losses: { members: 1 } });
});

test('the QR code of a point is for who prints it, and a new one is another', async () => {
  const body = { stationId: station, number: 'Q1', name: '哨点', kind: 'shop', lngLat: [117.9, 29.6] };
  const { id } = (await administrator.ask('POST', '/api/sentinels', body)).body;
  const path = `/api/sentinels/${id}/qr-code`;
  const { qrCode } = (await administrator.ask('GET', path)).body;
  expect(qrCode).toMatch(/^[\w-]{16}$/);
  expect((await officer.ask('GET', path)).status).toBe(403);
  expect((await neighbour.ask('POST', path)).status).toBe(404);
  const renewed = (await administrator.ask('POST', path)).body.qrCode;
  expect(renewed).not.toBe(qrCode);
  expect((await administrator.ask('GET', path)).body.qrCode).toBe(renewed);
});
