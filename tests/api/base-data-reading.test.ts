import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkEngine } from '../../api/database/check-engine.ts';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { findGrids } from '../../api/grids/queries.ts';
import type { Bbox } from '../../api/positions/contract.ts';
import { raiseRevision } from '../../api/reading/queries.ts';
import { findSentinels } from '../../api/sentinels/queries.ts';
import { makeGrid, makeSentinel } from '../database/base-data.ts';
import { explain } from '../database/explain.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { createReadingApp } from './reading-app.ts';

let database: Database;
let station: string;
let other: string;
let read: ReturnType<typeof createReadingApp>;
let gridId: string;
let sentinelId: string;

beforeAll(async () => {
  database = openTestDatabase();
  await checkEngine(database);
  station = await makeStation(database);
  other = await makeStation(database);
  read = createReadingApp(database, [station]);
  gridId = await makeGrid(database, station, { number: '2', lng: 116.3, lat: 39.9, officer: '韩卫国' });
  await makeGrid(database, station, { number: '10', lng: 116.31, lat: 39.9 });
  await makeGrid(database, other, { number: '1', lng: 116.3, lat: 39.9 });
  sentinelId = await makeSentinel(database, station, { number: '1', name: '河湾苑', lng: 116.305, lat: 39.905 });
  await makeSentinel(database, other, { number: '1', name: '别处', lng: 116.305, lat: 39.905 });
  await database.inScope([station], (transaction) =>
    transaction.execute(sql`
      INSERT INTO members (id, station_id, sentinel_id, display_name, role, skills, phone) VALUES
        (gen_random_uuid(), ${station}, ${sentinelId}, '白秀英', 'volunteer', '{急救}', '555-0100')`),
  );
});
afterAll(() => database.close());

const signedArea = (ring: [number, number][]) =>
  ring.slice(1).reduce((sum, [x, y], index) => sum + ring[index]![0] * y - x * ring[index]![1], 0);

test('grids are GeoJSON with ids, flat properties, numbers in order and outer rings counter-clockwise', async () => {
  const { status, headers, body } = await read('/api/grids');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/geo+json');
  expect(body.type).toBe('FeatureCollection');
  expect(body.features).toHaveLength(2);
  expect(body.features[0]).toMatchObject({
    type: 'Feature',
    id: gridId,
    properties: { stationId: station, number: '2', name: '网格2', officer: '韩卫国' },
    geometry: { type: 'MultiPolygon' },
  });
  expect(body.features[1].properties).toMatchObject({ number: '10', officer: null });
  expect(signedArea(body.features[0].geometry.coordinates[0][0])).toBeGreaterThan(0);
});

test('a box finds the grids that touch it and no others', async () => {
  const numbers = async (bbox: string) =>
    (await read(`/api/grids?bbox=${bbox}`)).body.features.map(
      (feature: { properties: { number: string } }) => feature.properties.number,
    );
  expect(await numbers('116.302,39.902,116.303,39.903')).toEqual(['2']);
  expect(await numbers('116,39,116.1,39.1')).toEqual([]);
  expect(await numbers('116.305,39.91,116.306,39.92')).toEqual(['2']); // its upper edge alone
  expect(await numbers('116.309,39.905,116.311,39.906')).toEqual(['2', '10']); // across their common border
});

test('a box finds a sentinel point on its border and not one a hand beside it', async () => {
  const found = async (bbox: string) => (await read(`/api/sentinels?bbox=${bbox}`)).body.features.length;
  expect(await found('116.304,39.904,116.306,39.906')).toBe(1);
  expect(await found('116.305,39.905,116.4,40')).toBe(1);
  expect(await found('116.3050005,39.905,116.4,40')).toBe(0);
});

test('sentinel points carry how many members they have', async () => {
  const { body } = await read('/api/sentinels');
  expect(body.features).toEqual([
    {
      type: 'Feature',
      id: sentinelId,
      properties: { stationId: station, number: '1', name: '河湾苑', kind: 'compound', address: null, memberCount: 1 },
      geometry: { type: 'Point', coordinates: [116.305, 39.905] },
    },
  ]);
});

test('one sentinel point tells its members without telephone numbers and without the QR code', async () => {
  const { body } = await read(`/api/sentinels/${sentinelId}`);
  expect(body).toEqual({
    id: sentinelId,
    version: 1,
    stationId: station,
    number: '1',
    name: '河湾苑',
    kind: 'compound',
    address: null,
    lngLat: [116.305, 39.905],
    memberCount: 1,
    members: [{ displayName: '白秀英', role: 'volunteer', skills: ['急救'] }],
  });
});

test('what belongs to a station out of scope is not there', async () => {
  const stranger = createReadingApp(database, [other]);
  expect((await stranger(`/api/sentinels/${sentinelId}`)).status).toBe(404);
  expect((await stranger(`/api/grids?station=${station}`)).status).toBe(404);
  expect((await stranger(`/api/sentinels?station=${station}`)).status).toBe(404);
  const ids = (await stranger('/api/grids')).body.features.map((feature: { id: string }) => feature.id);
  expect(ids).not.toContain(gridId);
  const nobody = createReadingApp(database, []);
  expect((await nobody('/api/grids')).body.features).toEqual([]);
  expect((await nobody('/api/sentinels')).body.features).toEqual([]);
});

test('an answer that the client holds is 304 until the base data changes', async () => {
  for (const noun of ['grids', 'sentinels'] as const) {
    const first = await read(`/api/${noun}`);
    const entityTag = first.headers.get('etag')!;
    const again = await read(`/api/${noun}`, { 'If-None-Match': entityTag });
    expect([again.status, again.body]).toEqual([304, null]);
    expect((await read(`/api/${noun}?bbox=0,0,1,1`, { 'If-None-Match': entityTag })).status).toBe(200);
    await database.inScope([station], (transaction) => raiseRevision(transaction, noun, station));
    expect((await read(`/api/${noun}`, { 'If-None-Match': entityTag })).status).toBe(200);
  }
});

test('a bad box, station or id is refused with what came and what was expected', async () => {
  const bad = await read('/api/grids?bbox=7,8,6,9&station=河湾');
  expect(bad.status).toBe(400);
  expect(bad.body.errors).toMatchObject([
    { field: 'station', got: '河湾', expected: 'the id of a station (UUID)' },
    { field: 'bbox', got: '7,8,6,9', expected: 'west,south,east,north in degrees, west ≤ east and south ≤ north' },
  ]);
  expect((await read('/api/sentinels/7')).status).toBe(404);
});

test('with row-level security on, a small box is found by the spatial index', async () => {
  const big = await makeStation(database);
  await database.inScope([big], async (transaction) => {
    await transaction.execute(sql`
      INSERT INTO sentinels (id, station_id, number, name, kind, point, qr_code)
      SELECT gen_random_uuid(), ${big}, n::text, 'p', 'other', ST_SetSRID(ST_MakePoint(100 + (n % 100) * 0.01, 20 + (n / 100) * 0.01), 4326), n::text
      FROM generate_series(1, 4000) AS n`);
    await transaction.execute(sql`
      INSERT INTO grids (id, station_id, number, area)
      SELECT gen_random_uuid(), ${big}, n::text, ST_Multi(ST_Expand(ST_SetSRID(ST_MakePoint(100 + (n % 100) * 0.01, 20 + (n / 100) * 0.01), 4326), 0.004))
      FROM generate_series(1, 4000) AS n`);
  });
  await database.asOwner((transaction) => transaction.execute(sql`ANALYZE sentinels, grids`));
  const box: Bbox = [100.1, 20.1, 100.12, 20.12];
  expect(await explain(database, [big], (transaction) => findSentinels(transaction, [big], box))).toContain(
    'sentinels_point_idx',
  );
  expect(await explain(database, [big], (transaction) => findGrids(transaction, [big], box))).toContain(
    'grids_area_idx',
  );
});
