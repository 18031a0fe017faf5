import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import type { FixReport } from '../../api/positions/contract.ts';
import { reportAnswerSchema } from '../../api/positions/contract.ts';
import { makeStation } from '../database/harness.ts';
import { openPort, type OpenPort } from './open-port.ts';
import { makeGateway, makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let opened: TestApp;
let port: OpenPort;
let stationId: string;
let gateway: string;
let unit: ReportingUnit;

beforeAll(async () => {
  opened = await openTestApp();
  port = await openPort(opened.listener);
  stationId = await makeStation(opened.database);
  gateway = await makeGateway(opened.database, stationId);
});
afterAll(async () => {
  await port.close();
  await opened.close();
});
beforeEach(async () => {
  unit = await makeReportingUnit(opened.database, stationId);
  await opened.dependencies.registry.refresh();
});

const post = (token: string, body: unknown) =>
  port.request('/api/positions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const startMs = Math.floor(Date.now() / 1000) * 1000 - 600_000;
const fixAt = (second: number, more: Partial<FixReport> = {}): FixReport => ({
  device: unit.device,
  at: new Date(startMs + second * 1000).toISOString(),
  lngLat: [120 + second * 1e-5, 30],
  accuracyM: 5,
  ...more,
});

const outcomesOf = async (response: Response | Promise<Response>) => {
  const answer = await response;
  expect(answer.status).toBe(200);
  return reportAnswerSchema
    .parse(await answer.json())
    .outcomes.map(({ outcome, reason }) => (reason ? `${outcome}: ${reason}` : outcome));
};

/** Seconds after the start of the stored fixes of a unit, in the order of time. */
const storedSeconds = async (of = unit) =>
  (
    await opened.database.inScope([stationId], (transaction) =>
      transaction.query<{ at: Date }>(
        sql`SELECT observed_at AS at FROM fixes WHERE device_number = ${of.deviceNumber} AND station_id = ${stationId} ORDER BY observed_at`,
      ),
    )
  ).map(({ at }) => (at.getTime() - startMs) / 1000);

const markerSecond = () => {
  const newest = opened.published.filter(({ unitNumber }) => unitNumber === unit.unitNumber).at(-1);
  return newest && (newest.observedAtMs - startMs) / 1000;
};

const rowsOf = <Row extends object>(statement: ReturnType<typeof sql>) =>
  opened.database.inScope([stationId], (transaction) => transaction.query<Row>(statement));

test('an accepted fix is stored with all it says and moves the marker', async () => {
  const fix = fixAt(1, { speedMps: 8.25, headingDeg: 360, altitudeM: 41.5, batteryPct: 80.6 });
  expect(await outcomesOf(post(unit.token, [fix]))).toEqual(['accepted']);
  const [stored] = await rowsOf(sql`
    SELECT unit_number, ST_X(point) AS lng, ST_Y(point) AS lat, speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct
    FROM fixes WHERE device_number = ${unit.deviceNumber}`);
  expect(stored).toEqual({
    unit_number: unit.unitNumber,
    lng: 120.00001,
    lat: 30,
    speed_mps: 8.25,
    heading_deg: 0,
    accuracy_m: 5,
    altitude_m: 41.5,
    battery_pct: 81,
  });
  expect(opened.published.at(-1)).toMatchObject({
    stationId,
    unitNumber: unit.unitNumber,
    unitKind: 'car',
    lng: 120.00001,
  });
  const latest = await rowsOf(
    sql`SELECT observed_at AS at FROM latest_fixes WHERE unit_number = ${unit.unitNumber} AND station_id = ${stationId}`,
  );
  expect(latest).toEqual([{ at: new Date(startMs + 1000) }]);
});

test('a repeat is a duplicate, and the same time with another body a conflict: the first stands', async () => {
  const fix = fixAt(1, { speedMps: 0.1 });
  expect(await outcomesOf(post(gateway, [fix, fix, fixAt(1, { speedMps: 0.2 })]))).toEqual([
    'accepted',
    'duplicate',
    'conflict',
  ]);
  // Once more, now against what is stored.
  expect(
    await outcomesOf(post(gateway, [fix, fixAt(1, { lngLat: [120.5, 30] }), fixAt(1, { speedMps: null })])),
  ).toEqual(['duplicate', 'conflict', 'conflict']);
  expect(await storedSeconds()).toEqual([1]);
});

test('two reports of the same fix at the same moment store it once', async () => {
  const both = await Promise.all([post(gateway, [fixAt(1)]), post(unit.token, [fixAt(1)])]);
  expect((await Promise.all(both.map(outcomesOf))).flat().sort()).toEqual(['accepted', 'duplicate']);
});

test('a fix that arrives late completes the track and leaves the marker where it is', async () => {
  await outcomesOf(post(gateway, [fixAt(10)]));
  expect(await outcomesOf(post(gateway, [fixAt(5), fixAt(7), fixAt(6)]))).toEqual(['accepted', 'accepted', 'accepted']);
  expect(await storedSeconds()).toEqual([5, 6, 7, 10]);
  expect(markerSecond()).toBe(10);
  const latest = await rowsOf(
    sql`SELECT observed_at AS at FROM latest_fixes WHERE unit_number = ${unit.unitNumber} AND station_id = ${stationId}`,
  );
  expect(latest).toEqual([{ at: new Date(startMs + 10_000) }]);
});

test('a report in reverse order is one track and ends at its newest fix', async () => {
  expect(await outcomesOf(post(gateway, [fixAt(3), fixAt(2), fixAt(1)]))).toEqual(['accepted', 'accepted', 'accepted']);
  expect(await storedSeconds()).toEqual([1, 2, 3]);
  expect(markerSecond()).toBe(3);
});

test('a late fix must be reachable from the fixes on both sides of it', async () => {
  await outcomesOf(post(gateway, [fixAt(0), fixAt(100, { lngLat: [120.001, 30] })]));
  const off = (second: number) => fixAt(second, { lngLat: [120.05, 30] }); // 4.8 km: more than 70 m/s allow in 50 s
  expect(await outcomesOf(post(gateway, [off(50), off(5), off(95), fixAt(50)]))).toEqual([
    'quarantined: impossibleSpeed',
    'quarantined: impossibleSpeed',
    'quarantined: impossibleSpeed',
    'accepted',
  ]);
  // Far from what the same report just stored between them.
  expect(await outcomesOf(post(gateway, [fixAt(20), fixAt(21, { lngLat: [120.015, 30] })]))).toEqual([
    'accepted',
    'quarantined: impossibleSpeed',
  ]);
});

test('each reason of quarantine keeps the report with its reason and out of the track', async () => {
  const days = 86_400_000;
  const bad: Record<string, Partial<FixReport>> = {
    invalidTime: { at: '2026-11-20T08:15:00' },
    invalidCoordinates: { lngLat: [200, 30] },
    invalidValue: { batteryPct: 101 },
    nullIsland: { lngLat: [0, 0] },
    inFuture: { at: new Date(Date.now() + 600_000).toISOString() },
    tooOld: { at: new Date(Date.now() - 200 * days).toISOString() },
    inaccurate: { accuracyM: 900 },
    impossibleSpeed: { lngLat: [121, 30] },
    frozen: { lngLat: [120, 30], speedMps: 15 },
  };
  await outcomesOf(post(gateway, [fixAt(0, { speedMps: 15 })]));
  const answer = await outcomesOf(
    post(
      gateway,
      Object.values(bad).map((more) => fixAt(2, more)),
    ),
  );
  expect(answer).toEqual(Object.keys(bad).map((reason) => `quarantined: ${reason}`));
  expect(await storedSeconds()).toEqual([0]);
  const kept = await rowsOf<{ reason: string; body: FixReport }>(
    sql`SELECT reason, body FROM quarantined_fixes WHERE device_number = ${unit.deviceNumber}`,
  );
  expect(Object.fromEntries(kept.map(({ reason, body }) => [reason, body]))).toEqual(
    Object.fromEntries(Object.entries(bad).map(([reason, more]) => [reason, fixAt(2, more)])),
  );
});

test('a repeated refused fix is one row of quarantine; beyond the cap of a day they are counted only', async () => {
  const wrong = (index: number) => fixAt(0, { lngLat: [181 + index, 0] });
  await outcomesOf(post(gateway, [wrong(0), wrong(0)]));
  await outcomesOf(post(gateway, [wrong(0)]));
  const counts = () =>
    rowsOf(sql`SELECT d.quarantined_count, d.over_cap_count,
      (SELECT count(*) FROM quarantined_fixes q WHERE q.device_number = d.device_number) AS kept
      FROM device_days d WHERE d.device_number = ${unit.deviceNumber}`);
  expect(await counts()).toEqual([{ quarantined_count: 1, over_cap_count: 0, kept: 1 }]);
  await outcomesOf(
    post(
      gateway,
      Array.from({ length: 250 }, (_, index) => wrong(index)),
    ),
  );
  expect(await counts()).toEqual([{ quarantined_count: 200, over_cap_count: 50, kept: 200 }]);
});

test('a report that no database text could hold is kept all the same', async () => {
  const odd = [fixAt(0, { at: 'a\0b\ud800' }), fixAt(0, { lngLat: [181, 1e308] })];
  const body = JSON.stringify([odd[0], { ...odd[1], speedMps: 'INF', secret: 'x' }]).replace('"INF"', '1e999');
  expect(await outcomesOf(post(gateway, body))).toEqual([
    'quarantined: invalidTime',
    'quarantined: invalidCoordinates',
  ]);
  const kept = await rowsOf<{ body: object }>(
    sql`SELECT body FROM quarantined_fixes WHERE device_number = ${unit.deviceNumber} ORDER BY reason DESC`,
  );
  expect(kept.map(({ body }) => body)).toEqual([
    { ...odd[0], at: 'ab\ufffd' },
    { ...odd[1], speedMps: null },
  ]);
});

test('three fixes that agree with each other re-anchor the track after a teleport', async () => {
  await outcomesOf(post(gateway, [fixAt(0)]));
  const there = (second: number) => fixAt(second, { lngLat: [121 + second * 1e-5, 31] });
  expect(await outcomesOf(post(gateway, [there(10)]))).toEqual(['quarantined: impossibleSpeed']);
  expect(markerSecond()).toBe(0);
  // A repeat proves nothing, nor does a third place.
  expect(await outcomesOf(post(gateway, [there(10), there(11)]))).toEqual([
    'quarantined: impossibleSpeed',
    'quarantined: impossibleSpeed',
  ]);
  expect(await outcomesOf(post(gateway, [there(12), there(13)]))).toEqual(['accepted', 'accepted']);
  expect(markerSecond()).toBe(13);
  expect(await storedSeconds()).toEqual([0, 12, 13]);
});

test('a single wrong fix between right ones changes nothing', async () => {
  const away = (second: number, lng: number) => fixAt(second, { lngLat: [lng, 31] });
  expect(
    await outcomesOf(post(gateway, [fixAt(0), away(1, 125), fixAt(2), away(3, 126), away(4, 127), away(5, 128)])),
  ).toEqual([
    'accepted',
    'quarantined: impossibleSpeed',
    'accepted',
    'quarantined: impossibleSpeed',
    'quarantined: impossibleSpeed',
    'quarantined: impossibleSpeed',
  ]);
});

test('off duty is off the record: counted, and stored nowhere', async () => {
  const off = await makeReportingUnit(opened.database, stationId, { dutyState: 'off' });
  await opened.dependencies.registry.refresh();
  const of = { device: off.device };
  expect(
    await outcomesOf(post(off.token, [fixAt(1, of), fixAt(2, { ...of, lngLat: [999, 0] }), fixAt(3, of)])),
  ).toEqual(['offDuty', 'offDuty', 'offDuty']);
  expect(
    await rowsOf(
      sql`SELECT off_duty_count, quarantined_count FROM device_days WHERE device_number = ${off.deviceNumber}`,
    ),
  ).toEqual([{ off_duty_count: 3, quarantined_count: 0 }]);
  for (const table of [sql`fixes`, sql`latest_fixes`, sql`quarantined_fixes`])
    expect(await rowsOf(sql`SELECT 1 FROM ${table} WHERE device_number = ${off.deviceNumber}`)).toEqual([]);
});

test('a unit that goes off duty leaves the map; back on duty it is shown where it was last', async () => {
  await outcomesOf(post(gateway, [fixAt(1)]));
  const setDuty = async (state: string) => {
    await opened.database.inScope([stationId], (transaction) =>
      transaction.execute(sql`UPDATE units SET duty_state = ${state} WHERE id = ${unit.unitId}`),
    );
    await opened.dependencies.registry.refresh();
  };
  await setDuty('off');
  expect(opened.removed).toContainEqual({ stationId, unitNumber: unit.unitNumber });
  expect(await outcomesOf(post(gateway, [fixAt(2)]))).toEqual(['offDuty']);
  const before = opened.published.length;
  await setDuty('on');
  expect(opened.published.slice(before)).toMatchObject([{ unitNumber: unit.unitNumber, observedAtMs: startMs + 1000 }]);
});

test('a device reports for itself only, and a gateway for the devices of its station only', async () => {
  const elsewhere = await makeStation(opened.database);
  const foreign = await makeReportingUnit(opened.database, elsewhere);
  const second = await makeReportingUnit(opened.database, stationId);
  await opened.dependencies.registry.refresh();
  expect(await outcomesOf(post(unit.token, [fixAt(1), fixAt(1, { device: second.device })]))).toEqual([
    'accepted',
    'notAllowed',
  ]);
  expect(
    await outcomesOf(post(gateway, [fixAt(1, { device: foreign.device }), fixAt(1, { device: second.device })])),
  ).toEqual(['notAllowed', 'accepted']);
  const leaked = await opened.database.inScope([elsewhere], (transaction) =>
    transaction.query(sql`SELECT 1 FROM fixes WHERE station_id = ${elsewhere}`),
  );
  expect(leaked).toEqual([]);
});

test('reports of two stations share a transaction and each fix stays in its own', async () => {
  const elsewhere = await makeStation(opened.database);
  const foreign = await makeReportingUnit(opened.database, elsewhere);
  await opened.dependencies.registry.refresh();
  const answers = await Promise.all([
    post(unit.token, [fixAt(1)]),
    post(foreign.token, [fixAt(1, { device: foreign.device })]),
  ]);
  expect((await Promise.all(answers.map(outcomesOf))).flat()).toEqual(['accepted', 'accepted']);
  const seen = await opened.database.inScope([elsewhere], (transaction) =>
    transaction.query(sql`SELECT device_number FROM fixes WHERE station_id = ANY(${[stationId, elsewhere]}::uuid[])`),
  );
  expect(seen).toEqual([{ device_number: foreign.deviceNumber }]);
});

test('an unknown credential is refused and nothing is stored', async () => {
  for (const response of [
    await post('nobody', [fixAt(1)]),
    await port.request('/api/positions', { method: 'POST', body: '[]' }),
  ]) {
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  }
  expect(await storedSeconds()).toEqual([]);
});

test('a revoked credential is refused and a rotated one honoured after one look at the registry', async () => {
  const change = async (statement: ReturnType<typeof sql>) => {
    await opened.database.inScope([stationId], (transaction) => transaction.execute(statement));
    await opened.dependencies.registry.refresh();
  };
  await change(sql`UPDATE devices SET token_hash = sha256('rotated') WHERE number = ${unit.deviceNumber}`);
  expect((await post(unit.token, [fixAt(1)])).status).toBe(401);
  expect((await post('rotated', [fixAt(1)])).status).toBe(200);
  await change(sql`UPDATE devices SET revoked_at = now() WHERE number = ${unit.deviceNumber}`);
  expect((await post('rotated', [fixAt(2)])).status).toBe(401);
  expect(await outcomesOf(post(gateway, [fixAt(3)]))).toEqual(['notAllowed']);
});

test('a body of the wrong type is answered with the field, what came and what was expected', async () => {
  const response = await post(gateway, [fixAt(1), { ...fixAt(2), lngLat: '120,30', speedMps: 'fast' }, 7]);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    type: '/problems/malformed-report',
    errors: [
      { field: '[1].lngLat', got: '"120,30"', expected: '[longitude, latitude] in degrees' },
      { field: '[1].speedMps', got: '"fast"', expected: expect.stringContaining('metres per second') },
      { field: '[2]', got: '7', expected: 'an object' },
    ],
  });
  expect(await storedSeconds()).toEqual([]);
  expect((await post(gateway, { fixes: [] })).status).toBe(400);
  expect((await post(gateway, '[{"device":')).status).toBe(400);
});

test('a thousand fixes are taken, one more or a megabyte is too much', async () => {
  const many = Array.from({ length: 1001 }, (_, index) => fixAt(index * 0.1));
  expect(await outcomesOf(post(gateway, many.slice(1)))).toEqual(Array(1000).fill('accepted'));
  expect((await post(gateway, many)).status).toBe(413);
  expect((await post(gateway, ' '.repeat(1_000_001))).status).toBe(413);
  const chunked = new Request('http://localhost/api/positions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${gateway}` },
    body: new ReadableStream({
      start(controller) {
        for (let index = 0; index < 20; index++) controller.enqueue(new TextEncoder().encode(' '.repeat(100_000)));
        controller.close();
      },
    }),
    duplex: 'half',
  } as RequestInit);
  expect((await opened.app.request(chunked)).status).toBe(413);
});

test('an empty report is a report', async () => {
  expect(await outcomesOf(post(gateway, []))).toEqual([]);
});
