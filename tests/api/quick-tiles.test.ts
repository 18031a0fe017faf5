// Tiles that are answered before the app: nobody may see from outside which way an answer took, and nobody gets one thereby.
import { createHash } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp, createRequestWatch } from '../../api/app.ts';
import { importExtract } from '../../api/basemap/import-extract.ts';
import { answerTilesQuickly } from '../../api/basemap/quick-tiles.ts';
import { createTileSource } from '../../api/basemap/tile-source.ts';
import type { Environment } from '../../api/environment.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { openPort, type OpenPort } from './open-port.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let opened: TestApp;
let cookie: string;
const ports: OpenPort[] = [];
const none = { perAddress: 0, perAccount: 0, perDevice: 0 };

// In the Indian Ocean, where no other test has anything: this tile holds [80, -30] and a road; the next one nothing.
const tile = '/api/tiles/base/14/11832/9624.mvt';
const emptyTile = '/api/tiles/base/14/11832/9700.mvt';

beforeAll(async () => {
  opened = await openTestApp(undefined, { withSessions: true });
  const account = await makeAccount(opened.database, await makeStation(opened.database), 'officer');
  cookie = await beginSession(opened.database, opened.dependencies.sessions.cookieName, account);
  await importExtract(
    opened.database,
    {
      name: 'quick-tiles',
      source: 'osm',
      attribution: '© OpenStreetMap contributors',
      sha256: createHash('sha256').update('quick-tiles').digest(),
      observedAt: null,
    },
    [
      {
        layer: 'roads',
        osmType: 'way',
        osmId: 77_001,
        class: 'primary',
        name: '海岸路',
        geometry: {
          type: 'LineString',
          coordinates: [
            [80, -30],
            [80.004, -30.002],
          ],
        },
      },
    ],
    [],
  );
});
afterAll(async () => {
  for (const port of ports) await port.close();
  await opened.close();
});

/** A server of its own; `counted.toApp` is what its app was given. */
async function openServer(more: Partial<Environment> = {}) {
  const environment = { ...opened.dependencies.environment, requestRates: none, ...more };
  const dependencies = { ...opened.dependencies, environment };
  const watch = createRequestWatch(environment);
  const tiles = createTileSource(opened.database);
  const app = createApp(dependencies, watch, tiles);
  const counted = { toApp: 0 };
  const behind = getRequestListener((request, env) => {
    counted.toApp++;
    return app.fetch(request, env);
  });
  const port = await openPort(answerTilesQuickly({ ...dependencies, ...watch, tiles }, behind));
  ports.push(port);
  const get = (path: string, headers: Record<string, string> = {}) =>
    port.request(path, { headers: { Cookie: cookie, ...headers }, redirect: 'manual' });
  /** Asks until the answer came before the app: the session, the base map's state and the tile are known for a second. */
  async function getQuickly(path: string, headers: Record<string, string> = {}): Promise<Response> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const before = counted.toApp;
      const response = await get(path, headers);
      if (counted.toApp === before) return response;
      await response.arrayBuffer();
    }
    throw new Error(`${path} was never answered before the app`);
  }
  return { ...port, get, getQuickly, counted, tiles, metrics: async () => (await app.request('/api/metrics')).text() };
}

const told = (response: Response) => ({
  status: response.status,
  headers: Object.fromEntries([...response.headers].filter(([name]) => name !== 'date')),
});

test('a tile in memory is answered as the app answers it: whole, packed, unchanged and empty', async () => {
  const server = await openServer();
  const { revision } = await server.tiles.state();
  const etag = (await server.get(tile, { 'Accept-Encoding': 'identity' })).headers.get('ETag')!;
  for (const [path, headers, status] of [
    [tile, { 'Accept-Encoding': 'identity' }, 200],
    [tile, { 'Accept-Encoding': 'gzip, br' }, 200],
    [tile, { 'If-None-Match': etag, 'Accept-Encoding': 'identity' }, 304],
    [tile, { 'If-None-Match': `W/${etag}, "other"`, 'Accept-Encoding': 'gzip' }, 304],
    [`${tile}?r=${revision}`, { 'Accept-Encoding': 'gzip' }, 200],
    [`${tile}?r=${revision - 1}`, { 'Accept-Encoding': 'gzip' }, 200],
    [emptyTile, { 'Accept-Encoding': 'gzip' }, 204],
  ] as const) {
    const quick = await server.getQuickly(path, headers);
    const before = server.counted.toApp;
    // What the pattern does not know goes to the app, which reads it alike.
    const slow = await server.get(`${path}${path.includes('?') ? '&' : '?'}x`, headers);
    expect(server.counted.toApp).toBe(before + 1);
    expect(quick.status).toBe(status);
    expect(told(quick)).toEqual(told(slow));
    expect(Buffer.from(await quick.arrayBuffer()).equals(Buffer.from(await slow.arrayBuffer()))).toBe(true);
  }
  expect(await server.metrics()).toMatch(
    /shaodian_http_requests_total\{method="GET",route="\/api\/tiles\/base\/:z\/:x\/:file",status="304"\} [1-9]/,
  );
});

test('nobody is answered without a session that holds, and one that ended ends here too', async () => {
  const server = await openServer();
  await server.getQuickly(tile, { 'Accept-Encoding': 'identity' });
  for (const headers of [{ Cookie: '' }, { Cookie: `${cookie.slice(0, -3)}abc` }, { Cookie: 'other=1' }])
    expect((await server.get(tile, headers)).status).toBe(401);
  const account = await makeAccount(opened.database, await makeStation(opened.database), 'officer');
  const own = await beginSession(opened.database, opened.dependencies.sessions.cookieName, account);
  expect((await server.getQuickly(tile, { Cookie: own, 'Accept-Encoding': 'identity' })).status).toBe(200);
  await opened.dependencies.sessions.end({ stationId: account.stationId, accountId: account.id });
  expect((await server.get(tile, { Cookie: own })).status).toBe(401);
});

test('what has to be refused is refused by the app: another host, an account or an address that asks too much', async () => {
  const limited = await openServer({ requestRates: { ...none, perAccount: 1 } });
  const statuses: number[] = [];
  for (let count = 0; count < 25; count++)
    statuses.push((await limited.get(tile, { 'Accept-Encoding': 'identity' })).status);
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(200));
  expect(statuses).toContain(429);
  expect(limited.counted.toApp).toBeLessThan(25);

  const behindProxy = await openServer({
    host: '0.0.0.0',
    trustProxy: { kind: 'hops', hops: 1 },
    requestRates: { ...none, perAddress: 1 },
  });
  const from = { 'X-Forwarded-For': '203.0.113.50', 'Accept-Encoding': 'identity' };
  const answers: number[] = [];
  for (let count = 0; count < 25; count++) answers.push((await behindProxy.get(tile, from)).status);
  expect(answers.slice(0, 20)).toEqual(Array(20).fill(200));
  expect(answers).toContain(429);
});
