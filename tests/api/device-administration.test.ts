import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeStation } from '../database/harness.ts';
import { askWith, auditOf, deleteConfirmed, signIn, type Asker } from './administration.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let station: string;
let sibling: string;
let administrator: Asker;
let neighbour: Asker;
let commander: Asker;
const whatever = { 'If-Match': '*' };

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  station = await makeStation(app.database);
  sibling = await makeStation(app.database);
  administrator = await signIn(app, station, 'administrator');
  neighbour = await signIn(app, sibling, 'administrator');
  commander = await signIn(app, station, 'commander');
});
afterAll(() => app.close());

let made = 0;
const makeUnit = async (asker = administrator, stationId = station) =>
  (await asker.ask('POST', '/api/units', { stationId, callSign: `平安-${++made}`, kind: 'foot' })).body;
const makeDevice = async (more: object = {}) =>
  (await administrator.ask('POST', '/api/devices', { stationId: station, name: `终端-${++made}`, ...more })).body;
const report = (token: string, device: string) =>
  askWith(app, { Authorization: `Bearer ${token}` })('POST', '/api/positions', [
    { device, at: new Date().toISOString(), lngLat: [117.9, 29.6] },
  ]);

test('a unit is made off duty with the next number, changed, and goes with its shifts after a second look', async () => {
  const first = await administrator.ask('POST', '/api/units', {
    stationId: station,
    callSign: '平安-甲',
    kind: 'car',
    equipment: [{ kind: '救生圈', quantity: 2 }],
  });
  expect(first).toMatchObject({
    status: 201,
    body: { number: 1, dutyState: 'off', lngLat: null, equipment: [{ kind: '救生圈', quantity: 2 }], version: 1 },
  });
  expect((await makeUnit()).number).toBe(2);
  const path = `/api/units/${first.body.id}`;
  const twice = await administrator.ask('POST', '/api/units', { stationId: station, callSign: '平安-甲', kind: 'car' });
  expect(twice).toMatchObject({ status: 409, body: { errors: [{ field: 'callSign' }] } });
  const changed = await administrator.ask('PATCH', path, { kind: 'bike', equipment: [] }, { 'If-Match': '"1"' });
  expect(changed).toMatchObject({ status: 200, body: { kind: 'bike', equipment: [], version: 2 } });
  expect((await administrator.ask('PATCH', path, { kind: 'car' }, { 'If-Match': '"1"' })).status).toBe(412);
  await makeDevice({ unitId: first.body.id });
  expect(await deleteConfirmed(administrator, path)).toEqual({ status: 204, losses: { devices: 1 } });
  expect((await administrator.ask('GET', path)).status).toBe(404);
  // Its number is in old tracks and frames: the next unit gets another.
  expect((await makeUnit()).number).toBe(3);
  expect(await auditOf(app, station)).toEqual(expect.arrayContaining(['unit.create', 'unit.change', 'unit.delete']));
});

test('units and devices are a station’s own', async () => {
  const unit = await makeUnit();
  const foreign = await makeUnit(neighbour, sibling);
  const { device } = await makeDevice();
  for (const [method, path, sent, status] of [
    ['POST', '/api/units', { stationId: sibling, callSign: 'x', kind: 'foot' }, 404],
    ['PATCH', `/api/units/${foreign.id}`, { callSign: 'x' }, 404],
    ['DELETE', `/api/units/${foreign.id}`, undefined, 404],
    ['POST', '/api/devices', { stationId: sibling, name: 'x' }, 404],
    ['POST', '/api/devices', { stationId: station, name: 'x', unitId: foreign.id }, 400],
    ['PATCH', `/api/devices/${device.id}`, { unitId: foreign.id }, 400],
    ['POST', '/api/gateways', { stationId: sibling, name: 'x' }, 404],
    ['GET', `/api/devices?station=${sibling}`, undefined, 404],
    ['GET', `/api/gateways?station=${sibling}`, undefined, 404],
  ] as const)
    expect([method, path, (await administrator.ask(method, path, sent, whatever)).status]).toEqual([
      method,
      path,
      status,
    ]);
  for (const [method, path, sent] of [
    ['PATCH', `/api/devices/${device.id}`, { name: 'x' }],
    ['POST', `/api/devices/${device.id}/token`, {}],
    ['POST', `/api/devices/${device.id}/revoke`, undefined],
  ] as const) {
    expect((await neighbour.ask(method, path, sent, whatever)).status).toBe(404);
    expect((await commander.ask(method, path, sent, whatever)).status).toBe(403);
  }
  expect((await commander.ask('PATCH', `/api/units/${unit.id}`, { callSign: 'x' }, whatever)).status).toBe(403);
  expect((await commander.ask('GET', '/api/devices')).body).toEqual({ devices: [] });
});

test('a device’s token is shown once, kept as a hash, and sets a phone up', async () => {
  const { device, token, traccarClient } = await makeDevice({ name: '终端 一' });
  expect(device).toMatchObject({ hasToken: true, revokedAt: null, lastHeardAt: null });
  const qr = new URL(traccarClient.qrText);
  expect([`${qr.origin}${qr.pathname}`, qr.searchParams.get('id')]).toEqual([traccarClient.serverUrl, token]);
  const { body: list } = await administrator.ask('GET', '/api/devices');
  expect(JSON.stringify(list)).not.toContain(token);
  expect((await report(token, '终端 一')).body.outcomes).toEqual([{ outcome: 'offDuty' }]);
  expect(await makeDevice({ withToken: false })).toMatchObject({ token: null, traccarClient: null });
});

test('a device that reports for another is not allowed to', async () => {
  const { token } = await makeDevice({ name: '终端 二' });
  await makeDevice({ name: '终端 三' });
  expect((await report(token, '终端 三')).body.outcomes).toEqual([{ outcome: 'notAllowed' }]);
});

test('a replaced token holds for its grace and not a moment longer; a revoked device is nobody at once', async () => {
  const { device, token: first } = await makeDevice({ name: '终端 四' });
  const issue = async (graceSeconds: number) =>
    (await administrator.ask('POST', `/api/devices/${device.id}/token`, { graceSeconds })).body;
  const status = async (token: string) => (await report(token, '终端 四')).status;
  const { token: second, device: rotated } = await issue(5);
  expect(Date.parse(rotated.previousTokenUntil)).toBeGreaterThan(Date.now());
  expect([await status(first), await status(second)]).toEqual([200, 200]);
  // Until the server's own time is over, however long the requests before took.
  const leftMs = Date.parse(rotated.previousTokenUntil) - Date.now();
  await new Promise((resolve) => setTimeout(resolve, leftMs + 100));
  expect([await status(first), await status(second)]).toEqual([401, 200]);
  const { token: third } = await issue(0);
  expect([await status(second), await status(third)]).toEqual([401, 200]);
  const { token: fourth } = await issue(600);
  const revoked = await administrator.ask('POST', `/api/devices/${device.id}/revoke`);
  expect(revoked.body.revokedAt).not.toBeNull();
  expect([await status(third), await status(fourth)]).toEqual([401, 401]);
  const { token: fifth, device: back } = await issue(600);
  expect(back).toMatchObject({ revokedAt: null, previousTokenUntil: null });
  expect([await status(fourth), await status(fifth)]).toEqual([401, 200]);
});

test('a gateway reports for its station’s devices until it is revoked', async () => {
  await makeDevice({ name: '终端 五', withToken: false });
  const { body } = await administrator.ask('POST', '/api/gateways', { stationId: station, name: '网关' });
  expect((await report(body.token, '终端 五')).body.outcomes).toEqual([{ outcome: 'offDuty' }]);
  const path = `/api/gateways/${body.gateway.id}`;
  const renamed = await administrator.ask('PATCH', path, { name: '网关 甲' }, { 'If-Match': '"1"' });
  expect(renamed).toMatchObject({ status: 200, body: { name: '网关 甲', version: 2 } });
  const { token } = (await administrator.ask('POST', `${path}/token`, {})).body;
  expect((await report(body.token, '终端 五')).status).toBe(401);
  expect((await report(token, '终端 五')).status).toBe(200);
  expect((await administrator.ask('POST', `${path}/revoke`)).status).toBe(200);
  expect((await report(token, '终端 五')).status).toBe(401);
});
