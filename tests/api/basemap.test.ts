import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { BasemapFeature } from '../../api/basemap/feature.ts';
import { importExtract } from '../../api/basemap/import-extract.ts';
import { createBasemapRoutes } from '../../api/basemap/routes.ts';
import { createTileSource } from '../../api/basemap/tile-source.ts';
import type { Database, Transaction } from '../../api/database/database.ts';
import { problemOf } from '../../api/errors.ts';
import { makeViewer } from '../fixtures/make-viewer.ts';
import { readMvt } from '../fixtures/read-mvt.ts';
import { openTestDatabase } from '../database/harness.ts';

let database: Database;
let app: Hono;

// In the South Atlantic, where no other test has anything: tile 14/7281/8191 holds [-20, 0.01].
const road = (osmId: number, name: string): BasemapFeature => ({
  layer: 'roads',
  osmType: 'way',
  osmId,
  class: 'primary',
  name,
  geometry: {
    type: 'LineString',
    coordinates: [
      [-20, 0.01],
      [-19.995, 0.012],
    ],
  },
});
const tilePath = '/api/tiles/base/14/7281/8191.mvt';

const importRoads = (roads: BasemapFeature[], version: string) =>
  importExtract(
    database,
    {
      name: 'api-basemap',
      source: 'osm',
      attribution: '© OpenStreetMap contributors',
      sha256: createHash('sha256').update(version).digest(),
      observedAt: null,
    },
    roads,
    [],
  );

beforeAll(async () => {
  database = openTestDatabase();
  app = new Hono().route('/api', createBasemapRoutes({ database, viewerOf: async () => makeViewer([], []) }));
  app.onError((error, context) => {
    const { details, headers } = problemOf(error);
    return context.json(details, details.status as 500, headers);
  });
  await importRoads([road(1, '中山路')], '1');
});
afterAll(() => database.close());

const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });

describe('a tile', () => {
  test('is a vector tile with what was imported', async () => {
    const response = await get(tilePath);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('application/vnd.mapbox-vector-tile');
    expect(response.headers.get('Content-Encoding')).toBeNull();
    const tile = readMvt(new Uint8Array(await response.arrayBuffer()));
    expect(tile['roads']?.map(({ id, attributes }) => ({ id, ...attributes }))).toEqual([
      { id: 10, class: 'primary', name: '中山路', rank: 2 },
    ]);
  });

  test('is compressed for those who take it, with the same content and a tag of its own', async () => {
    const plain = await get(tilePath);
    const packed = await get(tilePath, { 'Accept-Encoding': 'br, gzip;q=0.8' });
    expect(packed.headers.get('Content-Encoding')).toBe('gzip');
    expect(packed.headers.get('Vary')).toBe('Accept-Encoding');
    expect(gunzipSync(await packed.arrayBuffer())).toEqual(Buffer.from(await plain.arrayBuffer()));
    expect(packed.headers.get('ETag')).not.toBe(plain.headers.get('ETag'));
    const refused = await get(tilePath, { 'Accept-Encoding': 'gzip;q=0' });
    expect(refused.headers.get('Content-Encoding')).toBeNull();
  });

  test('is not sent again to who has it', async () => {
    const etag = (await get(tilePath)).headers.get('ETag')!;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const held of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
      const response = await get(tilePath, { 'If-None-Match': held });
      expect(response.status, held).toBe(304);
      expect(response.headers.get('ETag')).toBe(etag);
      expect(await response.text()).toBe('');
    }
    expect((await get(tilePath, { 'If-None-Match': '"something-else"' })).status).toBe(200);
  });

  test('where nothing is says so without a body, and is remembered too', async () => {
    const empty = await get('/api/tiles/base/14/7000/9000.mvt');
    expect(empty.status).toBe(204);
    expect(await empty.text()).toBe('');
    const again = await get('/api/tiles/base/14/7000/9000.mvt', { 'If-None-Match': empty.headers.get('ETag')! });
    expect(again.status).toBe(304);
  });

  test('may be kept for ever under the current revision, and is asked again under any other', async () => {
    // Another test may publish between the two requests; then the answer is the careful one, and the next try meets both.
    await vi.waitFor(async () => {
      const { tiles } = (await (await get('/api/tiles/base.json')).json()) as { tiles: string[] };
      const revision = new URL(tiles[0]!, 'http://localhost').searchParams.get('r');
      expect((await get(`${tilePath}?r=${revision}`)).headers.get('Cache-Control')).toBe(
        'public, max-age=31536000, immutable',
      );
    });
    expect((await get(`${tilePath}?r=0`)).headers.get('Cache-Control')).toBe('public, no-cache');
    expect((await get(tilePath)).headers.get('Cache-Control')).toBe('public, no-cache');
  });

  test.each([
    ['14/7281/8191.png', 400, '/problems/bad-tile-address'],
    ['x/0/0.mvt', 400, '/problems/bad-tile-address'],
    ['14/-1/0.mvt', 400, '/problems/bad-tile-address'],
    ['17/0/0.mvt', 404, '/problems/no-such-tile'],
    ['2/4/0.mvt', 404, '/problems/no-such-tile'],
    ['2/0/4.mvt', 404, '/problems/no-such-tile'],
  ])('at %s is refused with %i', async (address, status, type) => {
    const response = await get(`/api/tiles/base/${address}`);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type, status });
  });

  test('shows a new import within a second of its switch', async () => {
    await importRoads([road(1, '中山路'), road(2, '解放路')], '2');
    await vi.waitFor(
      async () => {
        const tile = readMvt(new Uint8Array(await (await get(tilePath)).arrayBuffer()));
        expect(tile['roads']?.map(({ attributes }) => attributes['name'])).toEqual(['中山路', '解放路']);
      },
      { timeout: 3000, interval: 100 },
    );
  });
});

test('the TileJSON says what is there, whose it is and up to which zoom', async () => {
  const response = await get('/api/tiles/base.json');
  const body = (await response.json()) as Record<string, unknown>;
  expect(response.headers.get('Cache-Control')).toBe('no-cache');
  expect(body).toMatchObject({ tilejson: '3.0.0', minzoom: 0, maxzoom: 16 });
  expect(body['attribution']).toContain('© OpenStreetMap contributors');
  const [west, south, east, north] = body['bounds'] as [number, number, number, number];
  expect(west).toBeLessThanOrEqual(-20);
  expect(east).toBeGreaterThanOrEqual(-19.995);
  expect([south <= 0.01, north >= 0.012]).toEqual([true, true]);
  expect((body['vector_layers'] as { id: string }[]).map(({ id }) => id)).toEqual([
    'landuse',
    'green',
    'water',
    'boundaries',
    'buildings',
    'roads',
    'places',
  ]);
});

test('a crowd that asks for one tile at once costs one statement', async () => {
  let asked = 0;
  const countingBy =
    (run: Database['inScope']): Database['inScope'] =>
    (stations, work) =>
      run(stations, (transaction: Transaction) =>
        work({
          ...transaction,
          query(statement) {
            if (statement.text.includes('FROM basemap_features')) asked++;
            return transaction.query(statement);
          },
        }),
      );
  const counting: Database = {
    ...database,
    inScope: countingBy(database.inScope),
    askInScope: countingBy(database.askInScope),
  };
  const tiles = createTileSource(counting);
  const crowd = await Promise.all(Array.from({ length: 50 }, () => tiles.tileOf(14, 7281, 8191)));
  expect(new Set(crowd).size).toBe(1);
  expect(asked).toBe(1);
  await tiles.tileOf(14, 7281, 8191);
  expect(asked, 'and none once it is kept').toBe(1);
});
