import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles, type Role } from '../../api/accounts/contract.ts';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { columnEpochMs, type Incident, type IncidentSummary } from '../../api/incidents/contract.ts';
import { findIncidents } from '../../api/incidents/reading-queries.ts';
import { makeGrid } from '../database/base-data.ts';
import { explain } from '../database/explain.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { makeIncidents } from '../database/make-incidents.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let database: Database;
let app: TestApp;
/** A station with incidents, and one that none of the accounts sees. */
let station: string;
let other: string;
let gridId: string;
const cookies = new Map<Role, string>();

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

beforeAll(async () => {
  database = openTestDatabase();
  app = await openTestApp(openTestDatabase(), { withSessions: true });
  station = await makeStation(database);
  other = await makeStation(database);
  gridId = await makeGrid(database, station, { number: '1', lng: 117.9, lat: 29.6 });
  await makeIncidents(database, station, [
    { number: 1, category: 'theft', at: hoursAgo(30), lng: 117.905, lat: 29.605, text: '张某的手机被盗' },
    { number: 2, category: 'theft', at: hoursAgo(20), lng: 117.901, lat: 29.601 },
    { number: 3, category: 'theft', at: hoursAgo(10), lng: 117.902, lat: 29.602, source: 'patrol' },
    { number: 4, category: 'fight', at: hoursAgo(5), lng: 117.903, lat: 29.603 },
    { number: 5, category: 'noise', at: hoursAgo(24 * 8), lng: 117.904, lat: 29.604 },
    { number: 6, category: '噪音, 扰民', at: hoursAgo(4), lng: 118.5, lat: 29.9, source: 'sentinel' },
  ]);
  await makeIncidents(database, other, [{ number: 1, category: 'secret', text: 'nobody’s' }]);
  for (const role of roles)
    cookies.set(
      role,
      await beginSession(database, app.dependencies.sessions.cookieName, await makeAccount(database, station, role)),
    );
});
afterAll(async () => {
  await app.close();
  await database.close();
});

const get = (path: string, role: Role = 'commander', headers: Record<string, string> = {}) =>
  app.app.request(`/api/${path}`, { headers: { Cookie: cookies.get(role)!, ...headers } });
const listed = async (query: string, role: Role = 'commander') =>
  ((await (await get(`incidents?station=${station}${query}`, role)).json()) as { incidents: Incident[] }).incidents;
const numbersOf = (incidents: readonly Incident[]) => incidents.map(({ number }) => number);
const columnsOf = async (response: Response) => tableFromIPC(new Uint8Array(await response.arrayBuffer()));

describe('who sees what of incidents', () => {
  const outlets = ['incidents', 'incidents/summary', 'incidents.arrow'] as const;
  const exact: readonly Role[] = ['commander', 'officer', 'analyst', 'wall'];
  const told: readonly Role[] = ['commander', 'officer'];

  for (const role of roles)
    for (const outlet of outlets) {
      const isSeen = exact.includes(role) || (role === 'volunteer' && outlet === 'incidents/summary');
      test(`${role}: ${outlet} ${isSeen ? 'answers' : 'is not there'}`, async () => {
        const response = await get(`${outlet}?station=${station}`, role);
        expect(response.status).toBe(isSeen ? 200 : 404);
        const text = await response.text();
        expect(text.includes('张某')).toBe(told.includes(role) && outlet === 'incidents');
        expect((await get(`${outlet}?station=${other}`, role)).status).toBe(404);
        if (role === 'volunteer') expect(text).not.toMatch(/117\.9|29\.6|lngLat/);
        const whole = await get(outlet, role);
        const body = await whole.text();
        if (isSeen) expect([whole.status, body.includes('secret')]).toEqual([200, false]);
        else expect([whole.status, body]).toEqual(outlet === 'incidents.arrow' ? [404, body] : [200, body]);
        if (!isSeen) expect(body).not.toContain('theft');
      });
    }

  test('a text is there for those who may read it and null for the others who see the place', async () => {
    for (const role of exact) {
      const first = (await listed('&numbers=1', role))[0]!;
      expect([role, first.text]).toEqual([role, told.includes(role) ? '张某的手机被盗' : null]);
      expect(first.lngLat).toEqual([117.905, 29.605]);
    }
  });

  test('nobody reads any of it without signing in', async () => {
    for (const outlet of outlets) expect((await app.app.request(`/api/${outlet}`)).status).toBe(401);
  });
});

describe('the list of incidents', () => {
  test('comes newest first and is narrowed by time, place, category, source and number', async () => {
    expect(numbersOf(await listed(''))).toEqual([6, 4, 3, 2, 1, 5]);
    expect(numbersOf(await listed('&limit=2'))).toEqual([6, 4]);
    expect(numbersOf(await listed(`&from=${hoursAgo(20.5)}&to=${hoursAgo(6)}`))).toEqual([3, 2]);
    expect(numbersOf(await listed('&bbox=117.9005,29.6005,117.9025,29.6025'))).toEqual([3, 2]);
    expect(numbersOf(await listed('&categories=fight,noise'))).toEqual([4, 5]);
    expect(numbersOf(await listed('&sources=patrol,sentinel'))).toEqual([6, 3]);
    expect(numbersOf(await listed('&numbers=2,5'))).toEqual([2, 5]);
    expect(await listed('&categories=nothing')).toEqual([]);
  });

  test('says what it cannot use', async () => {
    const response = await get(`incidents?station=${station}&from=yesterday&limit=9999&sources=rumour`);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field).sort()).toEqual(['from', 'limit', 'sources.0']);
  });

  test('finds a time range of a station by an index', async () => {
    const plan = await explain(database, [station], (transaction) =>
      findIncidents(transaction, { stationIds: [station], textStationIds: [] }, { from: Date.now() - 1, limit: 10 }),
    );
    expect(plan).toMatch(/incidents_(time|point)_idx|incidents_station_id/);
  });
});

describe('the summary', () => {
  const summaryOf = async (role: Role) =>
    (await (await get(`incidents/summary?station=${station}`, role)).json()) as IncidentSummary;

  test('tells a volunteer counts of seven days by grid and category, and small ones only as one or two', async () => {
    const { from, to, grids } = await summaryOf('volunteer');
    expect(Date.parse(to) - Date.parse(from)).toBe(7 * 86_400_000);
    expect(Date.parse(to) % 3_600_000).toBe(0);
    expect(grids.find((grid) => grid.gridId === gridId)).toEqual({
      stationId: station,
      gridId,
      atLeast: 4,
      categories: [
        { category: 'theft', count: 3 },
        { category: 'fight', count: null },
      ],
    });
    expect(grids.find((grid) => grid.gridId === null)?.categories).toEqual([{ category: '噪音, 扰民', count: null }]);
  });

  test('tells an analyst every count', async () => {
    const { grids } = await summaryOf('analyst');
    expect(grids.find((grid) => grid.gridId === gridId)?.categories).toContainEqual({ category: 'fight', count: 1 });
  });

  test('is the same answer until an incident comes', async () => {
    const tag = async () => (await get(`incidents/summary?station=${station}`)).headers.get('ETag')!;
    const before = await tag();
    const again = await get(`incidents/summary?station=${station}`, 'commander', { 'If-None-Match': before });
    // The hour may end between the two.
    expect([304, 200]).toContain(again.status);
    const volunteers = await get(`incidents/summary?station=${station}`, 'volunteer', { 'If-None-Match': before });
    expect(volunteers.status).toBe(200);
  });
});

describe('incidents as columns', () => {
  test('hold number, place, minute, category and source of each, and never a text', async () => {
    const response = await get(`incidents.arrow?station=${station}`, 'wall');
    expect(response.headers.get('Content-Type')).toBe('application/vnd.apache.arrow.stream');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(Buffer.from(bytes).includes('张某')).toBe(false);
    const table = tableFromIPC(bytes);
    expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'number Uint32',
      'lng Int32',
      'lat Int32',
      'time Int32',
      'category Dictionary<Uint8, Utf8>',
      'source Uint8',
    ]);
    const rows = table.toArray().map((row) => row!.toJSON());
    expect(rows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    const [exact] = await listed('&numbers=6');
    expect(rows[5]).toEqual({
      number: 6,
      lng: 11_850_000,
      lat: 2_990_000,
      time: Math.floor((Date.parse(exact!.at) - columnEpochMs) / 60_000),
      category: '噪音, 扰民',
      source: 2,
    });
    expect(rows[2]).toMatchObject({ category: 'theft', source: 1 });
  });

  test('are narrowed like the list, and by what a viewer has', async () => {
    const numbers = async (query: string) => [
      ...(await columnsOf(await get(`incidents.arrow?station=${station}${query}`))).getChild('number')!.toArray(),
    ];
    expect(await numbers('&after=4')).toEqual([5, 6]);
    expect(await numbers('&after=6')).toEqual([]);
    expect(await numbers('&categories=fight&bbox=117.9,29.6,117.91,29.61')).toEqual([4]);
    expect(await numbers(`&from=${hoursAgo(20.5)}&sources=citizen`)).toEqual([2, 4]);
  });

  test('come packed as the browser asks for it', async () => {
    const { brotliDecompressSync, gunzipSync } = await import('node:zlib');
    const plain = Buffer.from(await (await get(`incidents.arrow?station=${station}`)).arrayBuffer());
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
    for (const [accepted, encoding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip;q=0.5', 'gzip'],
    ] as const) {
      const response = await get(`incidents.arrow?station=${station}`, 'commander', { 'Accept-Encoding': accepted });
      expect(response.headers.get('Content-Encoding')).toBe(encoding);
      expect(unpack[encoding](Buffer.from(await response.arrayBuffer())).equals(plain)).toBe(true);
    }
  });

  test('are answered 304 until one comes; one that changed raises the count of rewrites', async () => {
    const own = await makeStation(database);
    const account = await makeAccount(database, own, 'analyst');
    const cookie = await beginSession(database, app.dependencies.sessions.cookieName, account);
    const read = (headers: Record<string, string> = {}) =>
      app.app.request(`/api/incidents.arrow?station=${own}`, { headers: { Cookie: cookie, ...headers } });
    const rewritesOf = (table: Awaited<ReturnType<typeof columnsOf>>) => Number(table.schema.metadata.get('rewrites'));
    const empty = await read();
    const tag = empty.headers.get('ETag')!;
    expect((await columnsOf(empty)).numRows).toBe(0);
    expect((await read({ 'If-None-Match': tag })).status).toBe(304);
    const [id] = await makeIncidents(database, own, [{ number: 1 }]);
    const added = await read({ 'If-None-Match': tag });
    expect(added.status).toBe(200);
    const before = rewritesOf(await columnsOf(added));
    await database.inScope([own], (transaction) =>
      transaction.execute(sql`UPDATE incidents SET category = 'fraud' WHERE id = ${id}`),
    );
    const changed = await columnsOf(await read());
    expect(rewritesOf(changed)).toBe(before + 1);
    await database.inScope([own], (transaction) => transaction.execute(sql`DELETE FROM incidents WHERE id = ${id}`));
    expect(rewritesOf(await columnsOf(await read()))).toBe(before + 2);
  });

  test('keep what a city has beyond 256 categories in one entry', async () => {
    const own = await makeStation(database);
    const cookie = await beginSession(
      database,
      app.dependencies.sessions.cookieName,
      await makeAccount(database, own, 'commander'),
    );
    const names = Array.from({ length: 300 }, (_, index) => `category ${String(index).padStart(3, '0')}`);
    await makeIncidents(
      database,
      own,
      names.map((category, index) => ({ number: index + 1, category })),
    );
    const response = await app.app.request(`/api/incidents.arrow?station=${own}`, { headers: { Cookie: cookie } });
    const categories = [...(await columnsOf(response)).getChild('category')!];
    expect(categories.slice(0, 255)).toEqual(names.slice(0, 255));
    expect(new Set(categories.slice(255))).toEqual(new Set(['']));
  });

  test('are a stream that can be read batch by batch', async () => {
    const response = await get(`incidents.arrow?station=${station}`);
    const reader = await RecordBatchReader.from(response.body as never);
    let rows = 0;
    for await (const batch of reader as unknown as AsyncIterable<{ numRows: number }>) rows += batch.numRows;
    expect(rows).toBe(6);
  });
});
