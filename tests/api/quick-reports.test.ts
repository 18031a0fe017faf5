// Reports that are answered before the app: nobody may see from outside which way an answer took.
import { connect } from 'node:net';
import { once } from 'node:events';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApp, createRequestWatch } from '../../api/app.ts';
import type { Environment } from '../../api/environment.ts';
import { answerReportsQuickly } from '../../api/positions/quick-reports.ts';
import { makeStation } from '../database/harness.ts';
import { openPort, type OpenPort } from './open-port.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let opened: TestApp;
let unit: ReportingUnit;
const ports: OpenPort[] = [];
beforeAll(async () => {
  opened = await openTestApp();
  unit = await makeReportingUnit(opened.database, await makeStation(opened.database));
  await opened.dependencies.registry.refresh();
});
afterAll(async () => {
  for (const port of ports) await port.close();
  await opened.close();
});
beforeEach(() => void (opened.log.length = 0));

/** A server of its own; `toApp` counts what its app was given. */
async function openServer(more: Partial<Environment> = {}) {
  const environment = { ...opened.dependencies.environment, ...more };
  const dependencies = { ...opened.dependencies, environment };
  const watch = createRequestWatch(environment);
  const app = createApp(dependencies, watch);
  const counted = { toApp: 0 };
  const behind = getRequestListener((request, env) => {
    counted.toApp++;
    return app.fetch(request, env);
  });
  const port = await openPort(answerReportsQuickly({ ...dependencies, ...watch }, behind));
  ports.push(port);
  const metrics = async () => (await app.request('/api/metrics')).text();
  return { ...port, counted, metrics };
}

let second = 0;
const startMs = Math.floor(Date.now() / 1000) * 1000 - 600_000;
const fix = () => ({
  device: unit.device,
  at: new Date(startMs + ++second * 1000).toISOString(),
  lngLat: [120, 30 + second * 1e-5],
  accuracyM: 5,
});
const report = (more: Record<string, string> = {}, body = JSON.stringify([fix()])): RequestInit => ({
  method: 'POST',
  headers: { Authorization: `Bearer ${unit.token}`, ...more },
  body,
});
const told = (response: Response) => Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'));

test('a plain report is answered as the app answers it, header by header, and counted as the app counts', async () => {
  const server = await openServer();
  const quick = await server.request('/api/positions', report());
  expect(server.counted.toApp).toBe(0);
  const slow = await server.request('/api/positions?', report());
  expect(server.counted.toApp).toBe(1);
  expect(quick.status).toBe(200);
  expect(told(quick)).toEqual(told(slow));
  expect(await quick.text()).toBe(await slow.text());
  const text = await server.metrics();
  expect(text).toContain('shaodian_http_requests_total{method="POST",route="/api/positions",status="200"} 2');
  expect(text).toContain('shaodian_http_request_duration_seconds_count{route="/api/positions"} 2');
  expect(text).toContain('shaodian_ingest_fixes_total{outcome="accepted",reason=""} 2');
});

test('behind a proxy that speaks TLS the quick answer asks for TLS as the app does', async () => {
  const server = await openServer({ host: '0.0.0.0', trustProxy: { kind: 'hops', hops: 1 } });
  const forwarded = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' };
  const ask = (path: string) => requestAs(server.url, 'map.example', path, forwarded);
  const [quick, slow] = [await ask('/api/positions'), await ask('/api/positions?')];
  expect(server.counted.toApp).toBe(1);
  expect(quick).toContain('Strict-Transport-Security: max-age=31536000; includeSubDomains');
  expect(slow).toContain('Strict-Transport-Security: max-age=31536000; includeSubDomains');
});

test('everything that may have to be refused is refused by the app, and counted once', async () => {
  const server = await openServer();
  const refused = [
    [401, await server.request('/api/positions', report({ Authorization: 'Bearer nobody' }))],
    [401, await server.request('/api/positions', report({ Authorization: '' }))],
    [400, await server.request('/api/positions', report({}, '[{"device":7}]'))],
    [400, await server.request('/api/positions', report({}, '[{"device"'))],
    [413, await server.request('/api/positions', report({}, ' '.repeat(1_000_001)))],
    [403, await server.request('/api/positions', report({ Cookie: 'a=b', Origin: 'http://elsewhere.example' }))],
    [404, await server.request('/api/positions/', report())],
  ] as const;
  expect(refused.map(([, { status }]) => status)).toEqual(refused.map(([status]) => status));
  for (const [, response] of refused) {
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(response.headers.get('X-Request-Id')).toMatch(/^\w+-\w+$/);
  }
  expect(server.counted.toApp).toBe(refused.length);
  expect(opened.log.filter((line) => line.includes('request.refused'))).toHaveLength(refused.length);
  const text = await server.metrics();
  expect(text).toContain('route="/api/positions",status="401"} 2');
  expect(text).toContain('route="/api/positions",status="400"} 2');
});

test('a report for another host, or with a header said twice, is the app’s to judge', async () => {
  const server = await openServer();
  expect(await requestAs(server.url, 'elsewhere.example', '/api/positions')).toMatch(/^HTTP\/1\.1 421 /);
  const twice = await requestAs(server.url, 'localhost', '/api/positions', { authorization: 'Bearer nobody' });
  expect(twice).toMatch(/^HTTP\/1\.1 401 /);
  expect(server.counted.toApp).toBe(2);
});

test('a device over its limit is told so by the app, once for each report', async () => {
  const server = await openServer({ requestRates: { perAddress: 0, perAccount: 0, perDevice: 1 } });
  const statuses: number[] = [];
  for (let count = 0; count < 23; count++)
    statuses.push((await server.request('/api/positions', report({}, '[]'))).status);
  const limited = statuses.filter((status) => status === 429).length;
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(200));
  expect(limited).toBeGreaterThan(0);
  expect(await server.metrics()).toContain(`shaodian_http_limited_total{by="device"} ${limited}`);
});

test('an address that guessed credentials is held off, right credential or not', async () => {
  const server = await openServer({
    host: '0.0.0.0',
    trustProxy: { kind: 'hops', hops: 1 },
    requestRates: { perAddress: 1, perAccount: 0, perDevice: 0 },
  });
  const from = { 'X-Forwarded-For': '203.0.113.77' };
  for (let count = 0; count < 25; count++)
    await server.request('/api/positions', report({ ...from, Authorization: `Bearer guess-${count}` }, '[]'));
  expect((await server.request('/api/positions', report(from, '[]'))).status).toBe(429);
  expect((await server.request('/api/positions', report({ 'X-Forwarded-For': '203.0.113.78' }, '[]'))).status).toBe(
    200,
  );
});

test('a sender that goes away amid its report leaves the server as it was', async () => {
  const server = await openServer();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    `POST /api/positions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${unit.token}\r\nContent-Length: 500\r\n\r\n[{"device"`,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await expect.poll(() => server.counted.toApp).toBe(1);
  expect((await server.request('/api/positions', report())).status).toBe(200);
});

/** One request with a host of its own; the answer as it came. */
async function requestAs(url: string, host: string, path: string, more: Record<string, string> = {}): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const body = JSON.stringify([fix()]);
  const lines = Object.entries({ Host: host, Authorization: `Bearer ${unit.token}`, ...more })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  socket.write(`POST ${path} HTTP/1.1\r\n${lines}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
