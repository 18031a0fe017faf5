import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { roles, type Role } from '../../api/accounts/contract.ts';
import { actionMatrix, matrix } from '../../api/accounts/matrix.ts';
import { sql } from '../../api/database/sql.ts';
import type { ExportRequest } from '../../api/exports/contract.ts';
import { makeFixes, makeGrid, makeSentinel, makeUnit } from '../database/base-data.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let testApp: TestApp;
let stationId: string;
let otherStationId: string;
const cookies = {} as Record<Role, string>;

const [lng, lat] = [117.93, 29.63];
/** A Monday, 08:30 in Shanghai. */
const monday = Date.parse('2026-11-16T08:30:00+08:00');
const texts = ['=HYPERLINK("http://evil","点我")', '+86 报警人', 'O\'Neil, "引号"\n换行', null, '-1', '@sum'];

async function makeIncident(number: number, atMs: number, category: string, text: string | null, source = 'citizen') {
  await testApp.database.inScope([stationId], (transaction) =>
    transaction.execute(sql`
      INSERT INTO incidents (id, station_id, number, category, source, occurred_at, point, description)
      VALUES (${uuidv7()}, ${stationId}, ${number}, ${category}, ${source}, ${new Date(atMs).toISOString()}, ST_SetSRID(ST_MakePoint(${lng + number / 1000}, ${lat}), 4326), ${text})`),
  );
}

beforeAll(async () => {
  testApp = await openTestApp(undefined, { withSessions: true });
  const { database } = testApp;
  stationId = await makeStation(database);
  otherStationId = await makeStation(database);
  await makeGrid(database, stationId, {
    number: '1',
    lng: lng - 0.0005,
    lat: lat - 0.005,
    sideDeg: 0.01,
    officer: '=王方',
  });
  await makeSentinel(database, stationId, { number: '1', name: '@平安里', lng, lat, address: '新安路 1 号' });
  const unit = await makeUnit(database, stationId, { number: 1, callSign: '平安-01' });
  await makeUnit(database, stationId, { number: 2, callSign: '平安-02', dutyState: 'off' });
  await makeFixes(database, stationId, { number: 1, deviceNumber: unit.deviceNumber }, [
    { at: new Date(Date.now() - 30_000).toISOString(), lng, lat },
  ]);
  for (const [i, text] of texts.entries())
    // Every hour one, the second half on Tuesday.
    await makeIncident(i + 1, monday + (i < 3 ? i : i + 24) * 3_600_000, i % 2 === 0 ? 'theft' : 'noise', text);
  for (const role of roles) cookies[role] = await signIn(role);
});
afterAll(() => testApp.close());

async function signIn(role: Role, at = stationId): Promise<string> {
  const account = await makeAccount(testApp.database, at, role);
  return beginSession(testApp.database, testApp.dependencies.sessions.cookieName, account);
}

async function take(cookie: string, body: ExportRequest | object, headers: Record<string, string> = {}) {
  const response = await testApp.app.request('/api/exports', {
    method: 'POST',
    headers: { ...(cookie && { Cookie: cookie }), 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

const incidents = (more: object = {}) => ({ what: 'incidents', format: 'csv', stationId, ...more });

/** The cells of an RFC 4180 text, by a reader of its own. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') cell += text[++i]!;
      else isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === ',' || sign === '\n') {
      rows.at(-1)!.push(cell);
      cell = '';
      if (sign === '\n') rows.push([]);
    } else if (sign !== '\r') cell += sign;
  }
  return rows.filter((row) => row.length > 0);
}

const read = async (cookie: string, body: object) => {
  const { status, bytes } = await take(cookie, body);
  expect([status, bytes.toString().slice(0, 200)]).toEqual([200, expect.anything()]);
  return readCsv(bytes.toString('utf8').replace(/^\ufeff/, ''));
};

test('incidents as CSV: Excel knows it for UTF-8, text is no formula, numbers are numbers, times say their zone', async () => {
  const { status, bytes, headers } = await take(cookies.commander, incidents());
  expect([status, [...bytes.subarray(0, 3)]]).toEqual([200, [0xef, 0xbb, 0xbf]]);
  expect(headers.get('Content-Disposition')).toMatch(/^attachment; filename="incidents-\d{4}-\d\d-\d\d\.csv"$/);
  expect(headers.get('Cache-Control')).toBe('no-store');
  const [header, ...rows] = readCsv(bytes.toString('utf8').slice(1));
  expect(header).toEqual(['number', 'category', 'source', 'at', 'lng', 'lat', 'state', 'text']);
  expect(rows).toHaveLength(texts.length);
  expect(rows[0]!.slice(0, 7)).toEqual([
    '1',
    'theft',
    'citizen',
    '2026-11-16T08:30:00+08:00',
    '117.931',
    '29.63',
    'closed',
  ]);
  expect(rows.map((row) => row[7])).toEqual([
    '\'=HYPERLINK("http://evil","点我")',
    "'+86 报警人",
    'O\'Neil, "引号"\n换行',
    '',
    "'-1",
    "'@sum",
  ]);
});

test('incidents as GeoJSON, WGS 84, what was written down as it stands', async () => {
  const { bytes, headers } = await take(cookies.officer, incidents({ format: 'geojson' }));
  expect(headers.get('Content-Type')).toBe('application/geo+json');
  const { type, features } = JSON.parse(bytes.toString()) as {
    type: string;
    features: { geometry: unknown; properties: Record<string, unknown> }[];
  };
  expect([type, features.length]).toEqual(['FeatureCollection', texts.length]);
  expect(features[0]).toMatchObject({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [117.931, 29.63] },
    properties: { number: 1, text: texts[0] },
  });
});

test.each([
  [
    'a time',
    { from: new Date(monday + 3_600_000).toISOString(), to: new Date(monday + 3 * 3_600_000).toISOString() },
    [2, 3],
  ],
  ['hours of the station', { hours: 1 << 9 }, [2]],
  ['weekdays of the station', { weekdays: 0b10 }, [4, 5, 6]],
  ['hidden categories', { hiddenCategories: ['theft'] }, [2, 4, 6]],
  ['hidden sources', { hiddenSources: ['citizen'] }, []],
])('the rows are those of the filter: %s', async (_, filter, numbers) => {
  const [, ...rows] = await read(cookies.commander, incidents({ filter }));
  expect(rows.map(([number]) => Number(number))).toEqual(numbers);
});

test('the rows are those in sight', async () => {
  const bbox = [lng + 0.0015, lat - 0.01, lng + 0.0035, lat + 0.01];
  const [, ...rows] = await read(cookies.commander, incidents({ bbox }));
  expect(rows.map(([number]) => number)).toEqual(['2', '3']);
});

test('grids come with what they are coloured by; where nobody is seen on them, without', async () => {
  const [header, row] = await read(cookies.commander, { ...incidents(), what: 'grids' });
  expect(header).toEqual([
    'number',
    'name',
    'officer',
    'areaKm2',
    'incidents',
    'incidentsPerKm2',
    'presenceMinutes',
    'visits',
    'presenceFrom',
    'presenceTo',
  ]);
  expect(row!.slice(0, 3)).toEqual(['1', '网格1', "'=王方"]);
  const [areaKm2, count, perKm2] = row!.slice(3, 6).map(Number);
  expect(areaKm2).toBeCloseTo(1.07, 1);
  expect(count).toBe(6);
  expect(perKm2).toBeCloseTo(6 / areaKm2!, 1);
  const filtered = await read(cookies.analyst, {
    ...incidents(),
    what: 'grids',
    filter: { hiddenCategories: ['noise'] },
  });
  expect(filtered[1]![4]).toBe('3');
});

test('sentinel points, and units on duty with nobody named', async () => {
  expect((await read(cookies.officer, { what: 'sentinels', format: 'csv', stationId }))[1]).toEqual([
    '1',
    "'@平安里",
    'compound',
    '新安路 1 号',
    '0',
    '117.93',
    '29.63',
  ]);
  const [, ...units] = await read(cookies.officer, { what: 'units', format: 'csv', stationId });
  expect(units.map(([callSign]) => callSign)).toEqual(['平安-01']);
  expect(units[0]!.slice(1, 4)).toEqual(['foot', '117.93', '29.63']);
});

test.each(roles)('who takes what: %s', async (role) => {
  const may = actionMatrix[role].has('exportRows');
  const sees = matrix[role];
  const nouns = { incidents: 'incidents', grids: 'grids', sentinels: 'sentinels', units: 'whereabouts' } as const;
  for (const what of Object.keys(nouns) as (keyof typeof nouns)[]) {
    const { status } = await take(cookies[role], { what, format: 'csv', stationId });
    expect([what, status]).toEqual([what, may && sees[nouns[what]] === 'exact' ? 200 : 403]);
  }
  if (!may || sees.incidents !== 'exact') return;
  const { bytes } = await take(cookies[role], incidents());
  expect(bytes.toString().includes('报警人')).toBe(sees.incidentTexts === 'exact');
});

test('of another station nothing is found, and a token takes nothing', async () => {
  expect((await take(cookies.commander, { ...incidents(), stationId: otherStationId })).status).toBe(404);
  const made = await testApp.app.request('/api/account/tokens', {
    method: 'POST',
    headers: { Cookie: cookies.analyst, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'QGIS', nouns: ['incidents', 'grids'], expiresInDays: 30 }),
  });
  const { token } = (await made.json()) as { token: string };
  expect(made.status).toBe(201);
  const { status } = await take('', incidents(), { Authorization: `Bearer ${token}` });
  expect([401, 403]).toContain(status);
});

test('the audit log says who took how many of what, filtered how, and who made a picture', async () => {
  const [officer, auditor] = [await signIn('officer'), cookies.auditor];
  await take(officer, incidents({ filter: { hiddenCategories: ['theft'] } }));
  expect((await take(officer, { what: 'picture', stationId, query: '?v=15/29.6/117.9' })).status).toBe(204);
  expect((await take(officer, { what: 'brief', stationId, query: '' })).status).toBe(204);
  const response = await testApp.app.request(`/api/audit?station=${stationId}&action=export&limit=3`, {
    headers: { Cookie: auditor },
  });
  const { entries } = (await response.json()) as {
    entries: { action: string; actor: { name: string }; detail: Record<string, unknown> }[];
  };
  expect(entries.map(({ action }) => action)).toEqual(['export.brief', 'export.picture', 'export.rows']);
  expect(entries[1]!.detail).toEqual({ query: '?v=15/29.6/117.9' });
  expect(entries[2]!.detail).toMatchObject({
    what: 'incidents',
    rows: 3,
    format: 'csv',
    filter: { hiddenCategories: ['theft'] },
  });
  // What was refused took nothing, and is no export.
  expect(entries.every(({ actor }) => actor.name !== '')).toBe(true);
});

test('twenty thousand rows come page by page, as many as the audit log says', async () => {
  const own = await makeStation(testApp.database);
  const cookie = await signIn('commander', own);
  for (let first = 1; first <= 21_000; first += 3000)
    await testApp.database.inScope([own], (transaction) =>
      transaction.execute(sql`
        INSERT INTO incidents (id, station_id, number, category, occurred_at, point)
        SELECT gen_random_uuid(), ${own}, n, 'theft', now() - n * interval '1 minute', ST_SetSRID(ST_MakePoint(117.9, 29.6), 4326)
        FROM generate_series(${first}::integer, ${first + 2999}::integer) AS n`),
    );
  const response = await testApp.app.request('/api/exports', {
    method: 'POST',
    headers: { Cookie: cookie, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...incidents(), stationId: own }),
  });
  let chunks = 0;
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    chunks++;
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  expect(chunks).toBeGreaterThan(10);
  expect(text.trimEnd().split('\r\n')).toHaveLength(21_001);
});
