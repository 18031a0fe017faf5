// What goes in and out at the door of the API: headers, limits, log lines and metrics, with what attackers send.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../api/app.ts';
import { rememberConnection } from '../../api/operation/client-address.ts';
import { makeStation } from '../database/harness.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let served: TestApp;
let unit: ReportingUnit;
beforeAll(async () => {
  served = await openTestApp();
  unit = await makeReportingUnit(served.database, await makeStation(served.database));
  await served.dependencies.registry.refresh();
});
afterAll(() => served.close());
beforeEach(() => void (served.log.length = 0));

const request = (path: string, init?: RequestInit) => Promise.resolve(served.app.request(path, init));
const report = (body: string, headers: Record<string, string> = {}) =>
  request('/api/positions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${unit.token}`, 'Content-Type': 'application/json', ...headers },
    body,
  });

/** An app of its own, with small limits, as clients elsewhere see it. */
function appWithLimits(
  requestRates: { perAddress: number; perAccount: number; perDevice: number },
  from = '203.0.113.9',
) {
  const { environment } = served.dependencies;
  const app = createApp({ ...served.dependencies, environment: { ...environment, requestRates } });
  return (path: string, init: RequestInit = {}, address = from) => {
    const incoming = { socket: { remoteAddress: address }, headers: Object.fromEntries(new Headers(init.headers)) };
    return Promise.resolve(app.request(path, init, { incoming }));
  };
}

test('every answer of the API tells browsers to be careful, and is kept nowhere unless it says so', async () => {
  for (const path of ['/api/health', '/api/nothing', '/api/units/x/track']) {
    const { headers } = await request(path);
    expect(headers.get('Content-Security-Policy')).toBe(
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toBe('DENY');
    expect(headers.get('Referrer-Policy')).toBe('same-origin');
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(headers.get('Permissions-Policy')).toContain('geolocation=(self)');
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull();
  }
});

test('a list that is checked by its entity tag keeps its own word on caching', async () => {
  expect((await request('/api/grids')).headers.get('Cache-Control')).toBe('private, no-cache');
});

test('TLS is asked for a year when the connection has it, never on plain http and never for localhost', async () => {
  const hsts = async (url: string) => (await request(url)).headers.get('Strict-Transport-Security');
  expect(await hsts('http://localhost:3000/api/health')).toBeNull();
  expect(await hsts('https://localhost:3000/api/health')).toBeNull();
  const { environment } = served.dependencies;
  const elsewhere = createApp({ ...served.dependencies, environment: { ...environment, host: '0.0.0.0' } });
  const ask = async (url: string) => (await elsewhere.request(url)).headers.get('Strict-Transport-Security');
  expect(await ask('https://map.example/api/health')).toBe('max-age=31536000; includeSubDomains');
  expect(await ask('http://map.example/api/health')).toBeNull();
});

test('a body larger than its route takes is refused by its announced length, without reading it', async () => {
  const answer = await request('/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': '20000' },
    body: '{}',
  });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ type: '/problems/body-too-large' });
});

test('a body without an announced length is refused, except a report, which is counted while it is read', async () => {
  const chunked = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
  expect((await request('/api/session', { method: 'POST', headers: chunked, body: '{}' })).status).toBe(411);
  const megabytes = new ReadableStream({
    pull(controller) {
      controller.enqueue(Buffer.alloc(65_536, 0x20));
    },
  });
  const answer = await request('/api/positions', {
    method: 'POST',
    headers: { ...chunked, Authorization: `Bearer ${unit.token}` },
    body: megabytes,
    duplex: 'half',
  } as RequestInit);
  expect(answer.status).toBe(413);
});

test('deep JSON is refused as such, wherever it is sent', async () => {
  const deep = '['.repeat(400_000) + ']'.repeat(400_000);
  expect((await report(deep)).status).toBe(400);
  expect((await report(`[{"device":${deep}}]`)).status).toBe(400);
  const osmand = await request(`/api/osmand?id=${unit.token}`, { method: 'POST', body: `{"location":${deep}}` });
  expect(osmand.status).toBe(400);
  const session = await request('/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: `{"username":${'['.repeat(40)}${']'.repeat(40)},"password":"x"}`,
  });
  expect(session.status).toBe(400);
  expect(await session.json()).toMatchObject({ type: '/problems/json-too-deep' });
});

test('JSON of the wrong types is a 400 that names the field, never a 500', async () => {
  const values: unknown[] = [
    null,
    true,
    0,
    -1,
    1e308,
    'x',
    '\u0000',
    [],
    {},
    [[]],
    { __proto__: null, constructor: 1 },
  ];
  for (const value of values) {
    expect((await report(JSON.stringify(value))).status, JSON.stringify(value)).toBeLessThan(500);
    for (const field of ['device', 'at', 'lngLat', 'accuracyM', 'speedMps', 'headingDeg', 'batteryPct']) {
      const fix = { device: unit.device, at: new Date().toISOString(), lngLat: [117.93, 29.63], [field]: value };
      const { status } = await report(JSON.stringify([fix]));
      expect(status, `${field} ${JSON.stringify(value)}`).toBeLessThan(500);
    }
    for (const body of [value, { username: value, password: value }, { username: 'a', password: 'b', code: value }]) {
      const answer = await request('/api/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status, JSON.stringify(body)).toBeGreaterThanOrEqual(400);
      expect(answer.status, JSON.stringify(body)).toBeLessThan(500);
    }
  }
  expect(served.log.filter((line) => line.includes('"error"'))).toEqual([]);
});

test('__proto__ in a body changes no object of the server', async () => {
  await report('[{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}]');
  await request('/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"__proto__":{"polluted":true},"username":"a","password":"b"}',
  });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('secrets and places sent in address, headers and body never show up in the log', async () => {
  const secret = `s3cret${randomBytes(6).toString('hex')}`;
  const place = '117.930512,29.634567';
  const headers = { Authorization: `Bearer ${secret}`, Cookie: `__Host-shaodian=${secret}`, 'X-Token': secret };
  await request(`/api/osmand?id=${secret}&lat=29.634567&lon=117.930512`, { headers });
  await request(`/api/${secret}/${place}?bbox=${place},${place}&token=${secret}`, { headers });
  await request(`/api/grids?bbox=${place}&password=${secret}`, { headers });
  await report(`[{"device":"${secret}","lngLat":[${place}],`, { Authorization: `Bearer ${secret}` });
  await request('/api/session', {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: secret, password: secret, code: secret }),
  });
  await request('/api/session', { method: secret.toUpperCase(), headers });
  const failing = createApp({
    ...served.dependencies,
    viewerOf: () => Promise.reject(new Error(`token=${secret} at ${place} for postgres://u:${secret}@db/x`)),
  });
  expect((await failing.request('/api/grids')).status).toBe(500);
  expect(served.log.length).toBeGreaterThan(4);
  expect(served.log.join('\n')).toContain('"event":"request.failed"');
  expect(served.log.join('\n').toLowerCase()).not.toContain(secret);
  expect(served.log.join('\n')).not.toMatch(/117\.93|29\.63/);
});

test('no text from outside begins a line of the log or becomes a header', async () => {
  const forged = '%0d%0a{"level":"info","event":"forged"}%0d%0aSet-Cookie:%20a=b%00%1b[2J';
  for (const path of [`/api/${forged}`, `/api/grids?bbox=${forged}`, `/api/units/${forged}/track?from=${forged}`]) {
    const answer = await request(path, {
      headers: { 'User-Agent': 'x"} {"event":"forged', 'X-Forwarded-For': '6.6.6.6"forged' },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('Set-Cookie')).toBeNull();
  }
  for (const line of served.log) {
    expect(line).toMatch(/^[^\x00-\x1f]+$/); // eslint-disable-line no-control-regex
    expect(line).not.toContain('forged');
    expect(JSON.parse(line)).toMatchObject({ event: 'request.refused' });
  }
});

test('a refused request is one line with the id that its answer carries', async () => {
  const answer = await request('/api/positions', { method: 'POST', body: '[]' });
  expect(answer.status).toBe(401);
  expect(served.log.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 'info',
      event: 'request.refused',
      id: answer.headers.get('X-Request-Id'),
      method: 'POST',
      route: '/api/positions',
      status: 401,
      problem: 'missing-credential',
      address: '127.0.0.1',
    }),
  ]);
});

test('a flood of refusals does not flood the log', async () => {
  for (let count = 0; count < 1000; count++) await request('/api/nothing');
  expect(served.log.length).toBeLessThan(500);
});

/** With a rate of 1 a second: 20 at once, then one for each second that the machine took. */
function expectTwentyAtOnce(statuses: readonly number[], passed: number, begunMs: number): void {
  const passedCount = statuses.filter((status) => status === passed).length;
  expect(passedCount).toBeGreaterThanOrEqual(20);
  expect(passedCount).toBeLessThanOrEqual(21 + (performance.now() - begunMs) / 1000);
  expect(statuses.filter((status) => status === 429)).toHaveLength(statuses.length - passedCount);
}

test('an address that asks too much is told when to come again; another is served', async () => {
  const ask = appWithLimits({ perAddress: 1, perAccount: 0, perDevice: 0 });
  const begunMs = performance.now();
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask('/api/health')));
  expectTwentyAtOnce(
    answers.map(({ status }) => status),
    200,
    begunMs,
  );
  const refused = answers.find(({ status }) => status === 429)!;
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1);
  expect(await refused.json()).toMatchObject({ type: '/problems/too-many-requests' });
  expect((await ask('/api/health', {}, '203.0.113.10')).status).toBe(200);
  expect((await ask('/api/health', {}, '127.0.0.1')).status).toBe(200);
});

test('guessing credentials of devices is limited by address, reporting with a right one is not', async () => {
  const ask = appWithLimits({ perAddress: 1, perAccount: 0, perDevice: 0 });
  const send = (token: string) =>
    ask('/api/positions', { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: '[]' });
  for (let count = 0; count < 30; count++) expect((await send(unit.token)).status).toBe(200);
  const begunMs = performance.now();
  const guesses: number[] = [];
  for (let count = 0; count < 60; count++) guesses.push((await send(`guess-${count}`)).status);
  expectTwentyAtOnce(guesses, 401, begunMs);
});

test('a device that reports too often is told when to come again', async () => {
  const ask = appWithLimits({ perAddress: 0, perAccount: 0, perDevice: 1 }, '127.0.0.1');
  const send = () =>
    ask('/api/positions', { method: 'POST', headers: { Authorization: `Bearer ${unit.token}` }, body: '[]' });
  const begunMs = performance.now();
  const answers = await Promise.all(Array.from({ length: 60 }, send));
  expectTwentyAtOnce(
    answers.map(({ status }) => status),
    200,
    begunMs,
  );
});

test('an account that asks too much is refused wherever it asks from', async () => {
  const ask = appWithLimits({ perAddress: 0, perAccount: 1, perDevice: 0 });
  const begunMs = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => ask('/api/grids', {}, `203.0.113.${index}`)),
  );
  expectTwentyAtOnce(
    answers.map(({ status }) => status),
    200,
    begunMs,
  );
});

test('metrics are for this machine, or for who has the token', async () => {
  const ask = appWithLimits({ perAddress: 0, perAccount: 0, perDevice: 0 });
  expect((await ask('/api/metrics')).status).toBe(403);
  expect((await ask('/api/metrics', { headers: { 'X-Forwarded-For': '1.2.3.4' } }, '127.0.0.1')).status).toBe(403);
  expect((await ask('/api/metrics', {}, '127.0.0.1')).status).toBe(200);
  const { environment } = served.dependencies;
  const app = createApp({ ...served.dependencies, environment: { ...environment, metricsToken: 'right' } });
  expect((await app.request('/api/metrics')).status).toBe(401);
  const bearer = (token: string) => app.request('/api/metrics', { headers: { Authorization: `Bearer ${token}` } });
  expect((await bearer('wrong')).status).toBe(401);
  expect((await bearer('right')).status).toBe(200);
});

test('metrics count requests by route pattern, fixes by outcome, and name nobody', async () => {
  const app = createApp(served.dependencies);
  const unit = await makeReportingUnit(served.database, await makeStation(served.database));
  await served.dependencies.registry.refresh();
  const at = new Date(Date.now() - 5000).toISOString();
  const fix = { device: unit.device, at, lngLat: [117.9345, 29.6345], accuracyM: 5 };
  await app.request('/api/positions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${unit.token}` },
    body: JSON.stringify([fix, fix, { ...fix, lngLat: [0, 0], at: new Date().toISOString() }]),
  });
  await app.request('/api/units/00000000-0000-7000-8000-000000000000/track');
  await app.request('/api/nothing/at/all', { method: 'BREW' });
  const text = await (await app.request('/api/metrics')).text();
  expect(text).toContain('shaodian_http_requests_total{method="POST",route="/api/positions",status="200"} 1');
  expect(text).toContain('shaodian_ingest_fixes_total{outcome="accepted",reason=""} 1');
  expect(text).toContain('shaodian_ingest_fixes_total{outcome="duplicate",reason=""} 1');
  expect(text).toMatch(/shaodian_ingest_fixes_total\{outcome="quarantined",reason="\w+"\} 1/);
  expect(text).toContain('method="other"');
  expect(text).toMatch(/shaodian_http_request_duration_seconds_bucket\{route="\/api\/positions",le="\+Inf"\} 1/);
  for (const name of ['live_viewers', 'database_connections', 'event_loop_delay_seconds', 'sessions_active'])
    expect(text).toContain(`shaodian_${name}`);
  for (const secret of [unit.device, unit.token, unit.unitId, unit.stationId, '00000000-0000', '117.93'])
    expect(text).not.toContain(secret);
  for (const line of text.trim().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? -?[\d.e+-]+|\w+ NaN)$/);
});

test('a client is known by its socket, so that a header alone gives it no other address', async () => {
  const outside = new Request('http://localhost/api/metrics', { headers: { 'X-Forwarded-For': '127.0.0.1' } });
  rememberConnection(outside, { socket: { remoteAddress: '203.0.113.9' }, headers: {} } as never, { kind: 'none' });
  const ask = appWithLimits({ perAddress: 0, perAccount: 0, perDevice: 0 });
  expect((await ask('/api/metrics', { headers: { 'X-Forwarded-For': '127.0.0.1' } })).status).toBe(403);
});
