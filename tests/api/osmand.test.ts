import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { makeGateway, makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let opened: TestApp;
let stationId: string;
let unit: ReportingUnit;

beforeAll(async () => {
  opened = await openTestApp();
  stationId = await makeStation(opened.database);
});
afterAll(() => opened.close());
beforeEach(async () => {
  unit = await makeReportingUnit(opened.database, stationId);
  await opened.dependencies.registry.refresh();
});

const seconds = Math.floor(Date.now() / 1000) - 300;

const stored = () =>
  opened.database.inScope([stationId], (transaction) =>
    transaction.query(sql`
      SELECT extract(epoch FROM observed_at)::float8 AS at, ST_X(point) AS lng, ST_Y(point) AS lat,
        round(speed_mps::numeric, 2)::float8 AS speed, heading_deg AS heading, accuracy_m AS accuracy, altitude_m AS altitude, battery_pct AS battery
      FROM fixes WHERE device_number = ${unit.deviceNumber} ORDER BY observed_at`),
  );

const full = {
  at: seconds,
  lng: 120.5,
  lat: 30.25,
  speed: 5.14,
  heading: 90,
  accuracy: 8,
  altitude: 12.5,
  battery: 80,
};
const parameters = () =>
  `id=${unit.token}&lat=30.25&lon=120.5&timestamp=${seconds}&speed=10&bearing=90&altitude=12.5&accuracy=8&batt=80`;

test('a phone that puts its fix into the address is answered 200, and 10 knots are 5.14 m/s', async () => {
  const response = await opened.app.request(`/api/osmand?${parameters()}`);
  expect(response.status).toBe(200);
  expect(await stored()).toEqual([full]);
});

test('a form, by POST, is the same', async () => {
  const response = await opened.app.request('/api/osmand', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: parameters(),
  });
  expect(response.status).toBe(200);
  expect(await stored()).toEqual([full]);
});

test('the JSON of Traccar Client has m/s, a battery from 0 to 1, and -1 for what it does not know', async () => {
  const post = (coords: object, timestamp: unknown) =>
    opened.app.request('/api/osmand', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        location: {
          timestamp,
          coords: { latitude: 30.25, longitude: 120.5, accuracy: 8, altitude: 12.5, ...coords },
          is_moving: true,
          battery: { level: 0.8, is_charging: false },
          extras: {},
        },
        device_id: unit.token,
      }),
    });
  expect((await post({ speed: 5.14, heading: 90 }, new Date(seconds * 1000).toISOString())).status).toBe(200);
  expect((await post({ speed: -1, heading: -1 }, seconds * 1000 + 60_000)).status).toBe(200);
  expect(await stored()).toEqual([full, { ...full, at: seconds + 60, speed: null, heading: null }]);
});

test('the time may be in seconds, milliseconds or ISO 8601, also with a + that arrived as a space', async () => {
  const at = (timestamp: string) =>
    opened.app.request(`/api/osmand?id=${unit.token}&lat=30&lon=120&timestamp=${timestamp}`);
  await at(String(seconds));
  await at(String(seconds * 1000 + 1500));
  await at(new Date(seconds * 1000 + 2000).toISOString());
  await at(new Date(seconds * 1000 + 8 * 3_600_000 + 3000).toISOString().replace('Z', '+08:00'));
  expect((await stored()).map((row) => (row['at'] as number) - seconds)).toEqual([0, 1.5, 2, 3]);
});

test('a fix that is quarantined, repeated or off duty is answered 200, so that the phone goes on', async () => {
  const send = (more: string) => opened.app.request(`/api/osmand?id=${unit.token}&timestamp=${seconds}&${more}`);
  for (const more of [
    'lat=0&lon=0',
    'lat=95&lon=120',
    'lat=30&lon=120&accuracy=5000',
    'lat=30&lon=120',
    'lat=30&lon=120',
  ])
    expect((await send(more)).status).toBe(200);
  expect(await stored()).toHaveLength(1);
});

test('without an accuracy the dilution of precision stands for it', async () => {
  await opened.app.request(`/api/osmand?id=${unit.token}&lat=30&lon=120&timestamp=${seconds}&hdop=1.5`);
  expect(await stored()).toMatchObject([{ accuracy: 7.5 }]);
});

test('an unknown id is refused, also one that a gateway sends', async () => {
  const gateway = await makeGateway(opened.database, stationId);
  await opened.dependencies.registry.refresh();
  const send = (id: string, headers = {}) =>
    opened.app.request(`/api/osmand?id=${id}&lat=30&lon=120&timestamp=${seconds}`, { headers });
  expect((await send('nobody')).status).toBe(401);
  expect((await send(gateway)).status).toBe(401);
  const bearer = { Authorization: `Bearer ${gateway}` };
  expect((await send('nobody', bearer)).status).toBe(401);
  expect((await send(unit.device, bearer)).status).toBe(200);
  expect(await stored()).toHaveLength(1);
});

test('what cannot be read is answered 400 with the field', async () => {
  const send = async (query: string, body?: string) => {
    const response = await opened.app.request(
      `/api/osmand?${query}`,
      body === undefined ? {} : { method: 'POST', body },
    );
    const problem = (await response.json()) as { errors?: { field: string }[] };
    return [response.status, problem.errors?.[0]?.field];
  };
  expect(await send(`id=${unit.token}&lon=120`)).toEqual([400, 'lat']);
  expect(await send(`id=${unit.token}&lat=north&lon=120`)).toEqual([400, 'lat']);
  expect(await send(`id=${unit.token}&lat=30&lon=120&timestamp=yesterday`)).toEqual([400, 'timestamp']);
  expect(await send('', '{"location":{"coords":{"latitude":1,"longitude":2}}}')).toEqual([400, 'location.timestamp']);
  expect(await send('', '{"location":7}')).toEqual([400, 'location']);
  expect((await send('', '{"location"'))[0]).toBe(400);
});
