// What strangers send to the server's port, byte by byte: methods nobody uses, requests whose end is told twice,
// parameters told twice, and paths of files that are no part of the page.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operations } from '../../api/openapi/operations.ts';
import { httpLimits } from '../../api/operation/http-limits.ts';
import { createStaticRoutes } from '../../api/static-files.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let served: TestApp;
let server: Server;
let port: number;
let unit: ReportingUnit;
let other: ReportingUnit;
let cookie: string;
const root = mkdtempSync(join(tmpdir(), 'sd-'));

beforeAll(async () => {
  for (const [path, text] of [
    ['.env', 'SECRET_KEY=kept'],
    ['build/index.html', '<!doctype html><title>the page</title>'],
    ['build/_app/immutable/start.js', 'export {}'],
    ['build/_app/immutable/start.js.map', '{"sources":["kept"]}'],
    ['build/.git/config', '[core] kept'],
    ['build/.env', 'SECRET_KEY=kept'],
    ['build/_app/.hidden', 'kept'],
  ] as const) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  served = await openTestApp(undefined, { withSessions: true });
  unit = await makeReportingUnit(served.database, await makeStation(served.database));
  other = await makeReportingUnit(served.database, await makeStation(served.database));
  await served.dependencies.registry.refresh();
  const account = await makeAccount(served.database, unit.stationId, 'commander');
  cookie = await beginSession(served.database, served.dependencies.sessions.cookieName, account);
  const app = new Hono().route('/', served.app).route('/', createStaticRoutes(join(root, 'build')));
  const listener = getRequestListener(app.fetch);
  server = createServer(httpLimits, (request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await served.close();
  rmSync(root, { recursive: true, force: true });
});

/** Sends these lines as they are and gives all that comes back until the server closes, or is silent. */
function send(lines: readonly string[], body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, 'localhost', () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
    socket.setTimeout(1500, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
const statusesOf = (answer: string): number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
const host = 'Host: localhost';
const close = 'Connection: close';

test.each(['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'DEBUG', 'PURGE', 'BREW'])(
  '%s is answered by a refusal that repeats nothing of the request',
  async (method) => {
    for (const path of ['/api/session', '/api/units', '/', '/_app/immutable/start.js']) {
      const answer = await send([`${method} ${path} HTTP/1.1`, host, close, 'Cookie: secret=told', 'X-Told: again']);
      for (const status of statusesOf(answer)) {
        expect([path, status]).toEqual([path, expect.any(Number)]);
        expect(status, answer).toBeGreaterThanOrEqual(400);
        expect(status, answer).toBeLessThan(500);
      }
      expect(answer).not.toMatch(/told|again|the page|export/);
    }
  },
);

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s changes no file of the page and gets none', async (method) => {
  for (const path of ['/', '/_app/immutable/start.js', '/admin/units']) {
    const answer = await send([`${method} ${path} HTTP/1.1`, host, close, 'Content-Length: 2'], '{}');
    expect([path, statusesOf(answer)]).toEqual([path, [405]]);
    expect(answer).toMatch(/^allow: GET, HEAD\r$/im);
  }
});

/** A report in chunks, behind which a second request hides: who reads the announced length takes it for a body. */
const chunked = '2\r\n[]\r\n0\r\n\r\n';
const smuggled = `GET /api/health HTTP/1.1\r\n${host}\r\n\r\n`;

test.each([
  ['both lengths', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
  ['both lengths the other way round', ['Transfer-Encoding: chunked', 'Content-Length: 5']],
  ['two announced lengths', ['Content-Length: 2', 'Content-Length: 20']],
  ['a list of lengths', ['Content-Length: 2, 20']],
  ['a signed length', ['Content-Length: +2']],
  ['an encoding that does not end in chunks', ['Transfer-Encoding: chunked, identity']],
  ['an encoding that nobody knows', ['Transfer-Encoding: xchunked']],
  ['a name with a space before its colon', ['Content-Length : 2']],
  ['a folded line', ['X-Folded: a', ' Content-Length: 2']],
])('a request with %s is refused, and nothing after it is answered', async (_, headers) => {
  const answer = await send(
    ['POST /api/positions HTTP/1.1', host, `Authorization: Bearer ${unit.token}`, ...headers],
    chunked + smuggled,
  );
  const statuses = statusesOf(answer);
  expect(statuses, answer).toHaveLength(1);
  expect(statuses[0], answer).toBeGreaterThanOrEqual(400);
  expect(answer).toMatch(/^connection: close\r$/im);
});

test('the same request with one length is a report, and the one after it is answered', async () => {
  const report = ['POST /api/positions HTTP/1.1', host, `Authorization: Bearer ${unit.token}`];
  const answer = await send([...report, 'Transfer-Encoding: chunked'], chunked + smuggled);
  expect(statusesOf(answer), answer).toEqual([200, 200]);
});

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`http://localhost:${port}${path}`, { method, headers: { Cookie: cookie, ...headers }, redirect: 'manual' });

/** Lists that may be asked of one station. */
const lists = operations
  .filter(
    ({ method, query }) => method === 'get' && 'station' in ((query as { shape?: object } | undefined)?.shape ?? {}),
  )
  .map(({ path }) => path)
  .filter((path) => !path.includes('{'));

test('there are lists to ask of one station', () => {
  expect(lists).toContain('/api/units');
  expect(lists.length).toBeGreaterThan(6);
});

test.each(lists)('%s takes the first of two stations, and the second never', async (path) => {
  const [own, strange] = [unit.stationId, other.stationId];
  const more = path === '/api/search' ? '&q=unit' : '';
  const read = async (query: string) => {
    const answer = await ask(`${path}?${query}${more}`);
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    // Lengths, because times of the moment stand in some answers.
    return { status: answer.status, text: text.length };
  };
  expect(await read(`station=${own}&station=${strange}`)).toEqual(await read(`station=${own}`));
  expect(await read(`station=${strange}&station=${own}`)).toEqual(await read(`station=${strange}`));
});

test('the first of two reasons is the one that is kept, and an empty first is none', async () => {
  const times = `from=${new Date(Date.now() - 60_000).toISOString()}&to=${new Date().toISOString()}`;
  const status = async (reasons: string) => (await ask(`/api/units/${unit.unitId}/track?${times}&${reasons}`)).status;
  expect(await status('reason=a%20check&reason=')).toBe(200);
  expect(await status('reason=&reason=a%20check')).toBe(403);
});

test('a device that tells two ids is the first', async () => {
  const fix = 'lat=29.63&lon=117.93';
  const status = async (query: string) => (await ask(`/api/osmand?${query}&${fix}`, {}, 'POST')).status;
  expect(await status(`id=${unit.token}&id=nobody`)).toBe(200);
  expect(await status(`id=nobody&id=${unit.token}`)).toBe(401);
});

test.each(['GET', 'OPTIONS', 'POST', 'HEAD'])(
  '%s from another site is told nothing of what it may do',
  async (method) => {
    const asking = { Origin: 'https://other.example', 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'content-type, authorization' }; // prettier-ignore
    for (const path of [
      '/api/units',
      '/api/session',
      '/api/health',
      '/api/positions',
      '/api/nothing',
      '/api/openapi.json',
      '/',
      '/_app/immutable/start.js',
    ]) {
      const answer = await ask(path, asking, method);
      const told = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect([path, told]).toEqual([path, []]);
      await answer.arrayBuffer();
    }
  },
);

test.each([
  '/.git/config',
  '/.git/',
  '/.env',
  '/_app/.hidden',
  '/%2egit/config',
  '/%2Eenv',
  '/_app%2f.hidden',
  '/_app/immutable/start.js.map',
  '/_app/immutable/start.js%2emap',
  '/%5c.env',
  '/%zz.env',
])('%s is served to nobody, although it lies there', async (path) => {
  const answer = await ask(path);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain('kept');
});

test.each(['/_app', '/_app/', '/_app/immutable', '/_app/immutable/', '/_app//', '/_app/immutable/?list'])(
  '%s is the page, never a list of files',
  async (path) => {
    const answer = await ask(path);
    expect(answer.headers.get('Content-Type')).toContain('text/html');
    expect(await answer.text()).toContain('the page');
  },
);

test('files of the page are served as such', async () => {
  const answer = await ask('/_app/immutable/start.js');
  expect([answer.status, await answer.text()]).toEqual([200, 'export {}']);
  expect(answer.headers.get('Content-Type')).toContain('javascript');
});

test('the page says what it may load and who may frame it: itself, and nobody', async () => {
  for (const path of ['/', '/admin/units', '/_app/immutable/start.js']) {
    const { headers } = await ask(path);
    const policy = headers.get('Content-Security-Policy')!;
    for (const rule of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      expect(policy.split('; ')).toContain(rule);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toBe('DENY');
    expect(headers.get('Referrer-Policy')).toBe('same-origin');
  }
});

test('every text says how it is written, whatever it is', async () => {
  const paths = ['/', '/admin', '/_app/immutable/start.js', '/.env', '/api/docs', '/api/metrics', '/api/nothing', '/api/units', '/api/grids', '/api/openapi.json', '/api/audit.csv']; // prettier-ignore
  for (const path of paths) {
    const answer = await ask(path);
    const type = answer.headers.get('Content-Type') ?? '';
    expect([path, /^text\/.*; charset=utf-8$|^application\/([a-z]+\+)?json$/i.test(type) || type]).toEqual([
      path,
      true,
    ]);
    await answer.arrayBuffer();
  }
});
