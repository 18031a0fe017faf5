import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { searchResultsSchema } from '../../api/search/contract.ts';
import { makeFixes, makeGrid, makeSentinel, makeUnit } from '../database/base-data.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { createReadingApp } from './reading-app.ts';

let database: Database;
let station: string;
let search: (q: string, more?: string) => Promise<{ kind: string; name: string; id: string; [key: string]: unknown }[]>;

beforeAll(async () => {
  database = openTestDatabase();
  station = await makeStation(database);
  const read = createReadingApp(database, [station]);
  search = async (q, more = '') =>
    searchResultsSchema.parse((await read(`/api/search?q=${encodeURIComponent(q)}${more}`)).body).results;
  await makeGrid(database, station, { number: 'Q7', lng: 116.3, lat: 39.9, officer: '韩卫国' });
  await makeSentinel(database, station, {
    number: '1',
    name: '河湾苑东门',
    lng: 116.305,
    lat: 39.905,
    address: '槐安路 3 号',
  });
  await makeSentinel(database, station, { number: '2', name: '新河湾苑', lng: 116.306, lat: 39.905 });
  await makeSentinel(database, station, { number: '3', name: '河湾苑', lng: 116.307, lat: 39.905 });
  const unit = await makeUnit(database, station, { number: 41, callSign: '槐安巡逻' });
  await makeFixes(database, station, { number: 41, ...unit }, [
    { at: new Date().toISOString(), lng: 116.31, lat: 39.9 },
  ]);
  await makeUnit(database, station, { number: 42, callSign: '100%_x', dutyState: 'off' });
  await database.asOwner(async (transaction) => {
    for (const [name, published, retired] of [
      ['search-shown', true, false],
      ['search-unpublished', false, false],
      ['search-retired', true, true],
    ] as const)
      await transaction.execute(sql`
        INSERT INTO basemap_extracts (name, source, attribution, sha256, bbox, published_at, retired_at)
        VALUES (${name}, 'osm', 'test', ${Buffer.alloc(32)}, ST_MakeEnvelope(7, 43, 8, 44, 4326),
          CASE WHEN ${published} THEN now() END, CASE WHEN ${retired} THEN now() END)`);
    const way = (
      extract: string,
      layer: string,
      osmId: number,
      name: string,
      zh: string | null,
      lngs: [number, number],
    ) =>
      transaction.execute(sql`
        INSERT INTO basemap_features (extract_id, layer, osm_type, osm_id, min_zoom, class, name, name_zh, geom)
        SELECT id, ${layer}, 'way', ${osmId}, 12, 'residential', ${name}, ${zh},
          ST_Transform(ST_SetSRID(ST_MakeLine(ST_MakePoint(${lngs[0]}, 43.7), ST_MakePoint(${lngs[1]}, 43.7)), 4326), 3857)
        FROM basemap_extracts WHERE name = ${extract} ORDER BY id DESC LIMIT 1`);
    await way('search-shown', 'roads', 910001, 'Avenue du Théâtre-Qx', null, [7.41, 7.42]);
    await way('search-shown', 'roads', 910002, 'Avenue du Théâtre-Qx', null, [7.42, 7.43]);
    await way('search-shown', 'green', 910003, 'Jardin Qx', '奎克斯公园', [7.42, 7.421]);
    await way('search-unpublished', 'roads', 910004, 'Hidden-Qx', null, [7.42, 7.421]);
    await way('search-retired', 'roads', 910005, 'Retired-Qx', null, [7.42, 7.421]);
  });
});
afterAll(async () => {
  // The base map is everybody's: leave none of it to other tests.
  await database.asOwner(async (transaction) => {
    await transaction.execute(sql`DELETE FROM basemap_features WHERE osm_id BETWEEN 910001 AND 910005`);
    await transaction.execute(sql`DELETE FROM basemap_extracts WHERE name LIKE 'search-%'`);
  });
  await database.close();
});

test('the whole name comes before a beginning, a beginning before a part', async () => {
  expect((await search('河湾苑')).map(({ name }) => name)).toEqual(['河湾苑', '河湾苑东门', '新河湾苑']);
});

test('a unit is found by part of its call sign and by its number, with the place it was last', async () => {
  expect((await search('槐安'))[0]).toMatchObject({
    kind: 'unit',
    name: '槐安巡逻',
    class: 'foot',
    lngLat: [116.31, 39.9],
  });
  expect((await search('41')).map(({ name }) => name)).toContain('槐安巡逻');
});

test('a grid is found by its number in any case and by its officer, with a box to fly to', async () => {
  const found = { kind: 'grid', name: '网格Q7', detail: '韩卫国', bbox: [116.3, 39.9, 116.31, 39.91] };
  expect((await search('q7'))[0]).toMatchObject(found);
  expect((await search('韩卫国'))[0]).toMatchObject(found);
});

test('a sentinel point is found by its address', async () => {
  expect((await search('槐安路')).filter(({ kind }) => kind === 'sentinel')).toMatchObject([
    { name: '河湾苑东门', detail: '槐安路 3 号' },
  ]);
});

test('the ways of a street are one result, found without accents or case, inside its box', async () => {
  const streets = await search('THEATRE-qx');
  expect(streets).toMatchObject([{ kind: 'street', name: 'Avenue du Théâtre-Qx', class: 'residential' }]);
  const [west, south, east, north] = streets[0]!['bbox'] as number[];
  expect([west, east]).toEqual([7.41, 7.43]);
  const [lng, lat] = streets[0]!['lngLat'] as number[];
  expect(lng! > west! && lng! < east! && Math.abs(lat! - 43.7) < 1e-6 && Math.abs(south! - north!) < 1e-6).toBe(true);
});

test('a place shows its name in the language asked for and keeps the local one beside it', async () => {
  expect(await search('jardin qx', '&language=zh')).toMatchObject([
    { kind: 'place', name: '奎克斯公园', detail: 'Jardin Qx' },
  ]);
  expect(await search('奎克斯', '&language=en')).toMatchObject([{ kind: 'place', name: 'Jardin Qx', detail: null }]);
});

test('an extract that is not published, or is replaced, is not found', async () => {
  expect(await search('Hidden-Qx')).toEqual([]);
  expect(await search('Retired-Qx')).toEqual([]);
});

test('wildcards mean themselves', async () => {
  expect((await search('100%_')).map(({ name }) => name)).toEqual(['100%_x']);
  expect((await search('1%x')).map(({ name }) => name)).toEqual([]);
});

test('what belongs to a station out of scope is not found', async () => {
  const other = createReadingApp(database, [await makeStation(database)]);
  for (const q of ['河湾苑', '槐安', 'q7'])
    expect((await other(`/api/search?q=${encodeURIComponent(q)}`)).body.results).toEqual([]);
  expect((await other(`/api/search?q=q7&station=${station}`)).status).toBe(404);
});

test('at most 20 results, and an empty question is refused', async () => {
  for (let number = 100; number < 125; number++)
    await makeUnit(database, station, { number, callSign: `多 ${number}` });
  expect(await search('多')).toHaveLength(20);
  const read = createReadingApp(database, [station]);
  expect((await read('/api/search?q=%20')).body.errors).toMatchObject([
    { field: 'q', got: ' ', expected: 'one to 100 characters' },
  ]);
});
