import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { unitsSchema } from '../../api/units/contract.ts';
import { makeFixes, makeUnit } from '../database/base-data.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { createReadingApp } from './reading-app.ts';

let database: Database;
let station: string;
let read: ReturnType<typeof createReadingApp>;
let foot: { id: string; deviceNumber: number };
let car: { id: string; deviceNumber: number };

const agoS = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

beforeAll(async () => {
  database = openTestDatabase();
  station = await makeStation(database);
  read = createReadingApp(database, [station]);
  foot = await makeUnit(database, station, { number: 1, callSign: '河湾 1 号' });
  car = await makeUnit(database, station, { number: 2, callSign: '河湾 2 号', kind: 'car' });
  await makeUnit(database, station, { number: 3, callSign: '河湾 3 号', kind: 'uav' });
  const off = await makeUnit(database, station, { number: 4, callSign: '河湾 4 号', dutyState: 'off' });
  const newest = agoS(200);
  await makeFixes(database, station, { number: 1, ...foot }, [{ at: newest, lng: 116.4, lat: 39.91234567 }]);
  await makeFixes(database, station, { number: 2, ...car }, [{ at: newest, lng: 116.41, lat: 39.9 }]);
  await makeFixes(database, station, { number: 4, ...off }, [{ at: newest, lng: 116.42, lat: 39.9 }]);
  await database.inScope([station], async (transaction) => {
    await transaction.execute(
      sql`INSERT INTO unit_equipment (unit_id, station_id, kind, quantity) VALUES (${foot.id}, ${station}, 'aed', 1)`,
    );
    const [officer, crew, past] = [uuidv7(), uuidv7(), uuidv7()];
    await transaction.execute(
      sql`INSERT INTO members (id, station_id, display_name, role) VALUES (${officer}, ${station}, '韩卫国', 'officer')`,
    );
    await transaction.execute(sql`
      INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at) VALUES
        (${crew}, ${station}, ${foot.id}, now() - interval '1 hour', now() + interval '1 hour'),
        (${past}, ${station}, ${car.id}, now() - interval '9 hours', now() - interval '1 hour')`);
    await transaction.execute(sql`
      INSERT INTO crew_members (crew_id, member_id, station_id) VALUES (${crew}, ${officer}, ${station}), (${past}, ${officer}, ${station})`);
  });
});
afterAll(() => database.close());

test('units tell where they were last, and who and what is on them in the shift that runs', async () => {
  const { status, headers, body } = await read('/api/units');
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  const { units } = unitsSchema.parse(body);
  expect(units.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  expect(units[0]).toMatchObject({
    id: foot.id,
    stationId: station,
    callSign: '河湾 1 号',
    kind: 'foot',
    dutyState: 'on',
    lngLat: [116.4, 39.9123457],
    speedMps: 1.4,
    headingDeg: null,
    crew: [{ displayName: '韩卫国', role: 'officer' }],
    equipment: [{ kind: 'aed', quantity: 1 }],
  });
  expect(Date.now() - Date.parse(units[0]!.at!)).toBeGreaterThan(199_000);
  expect(units[1]!.crew).toEqual([]);
});

test('after 200 s a car is stale and a walker is not; a unit never heard is stale; off duty there is no place', async () => {
  const { units } = unitsSchema.parse((await read(`/api/units?station=${station}`)).body);
  expect(units.map(({ kind, stale }) => [kind, stale])).toEqual([
    ['foot', false],
    ['car', true],
    ['uav', true],
    ['foot', false],
  ]);
  expect(units[2]).toMatchObject({ lngLat: null, at: null });
  expect(units[3]).toMatchObject({ dutyState: 'off', lngLat: null, at: null, speedMps: null });
});

test('one unit is read by its id', async () => {
  const { body } = await read(`/api/units/${car.id}`);
  expect(body).toMatchObject({ id: car.id, callSign: '河湾 2 号', lngLat: [116.41, 39.9] });
});

test('a track has its fixes in time order, late ones in place, cut where the unit was silent', async () => {
  const walker = await makeUnit(database, station, { number: 11, callSign: '步巡 11' });
  // Stored in the order they came: the one of 08:01 came last.
  await makeFixes(database, station, { number: 11, ...walker }, [
    { at: '2026-11-20T08:00:00+08:00', lng: 116.1, lat: 39.9 },
    { at: '2026-11-20T08:02:00+08:00', lng: 116.102, lat: 39.9 },
    { at: '2026-11-20T08:10:00+08:00', lng: 116.11, lat: 39.9 },
    { at: '2026-11-20T08:01:00+08:00', lng: 116.101, lat: 39.9 },
  ]);
  const { status, headers, body } = await read(
    `/api/units/${walker.id}/track?from=2026-11-20T08:00:00+08:00&to=2026-11-20T01:00:00Z&reason=test`,
  );
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/geo+json');
  expect(body.features).toEqual([
    {
      type: 'Feature',
      id: 0,
      properties: {
        unitId: walker.id,
        callSign: '步巡 11',
        device: 'device of 步巡 11',
        startsAt: '2026-11-20T00:00:00.000Z',
        endsAt: '2026-11-20T00:02:00.000Z',
        fixCount: 3,
        times: ['2026-11-20T00:00:00.000Z', '2026-11-20T00:01:00.000Z', '2026-11-20T00:02:00.000Z'],
      },
      geometry: {
        type: 'LineString',
        coordinates: [
          [116.1, 39.9],
          [116.101, 39.9],
          [116.102, 39.9],
        ],
      },
    },
    expect.objectContaining({ geometry: { type: 'Point', coordinates: [116.11, 39.9] } }),
  ]);
});

test('a track begins with its first moment and ends before its last, over midnight', async () => {
  const walker = await makeUnit(database, station, { number: 12, callSign: '步巡 12' });
  await makeFixes(database, station, { number: 12, ...walker }, [
    { at: '2026-11-19T23:59:00Z', lng: 116.1, lat: 39.9 },
    { at: '2026-11-20T00:00:00Z', lng: 116.2, lat: 39.9 },
    { at: '2026-11-20T00:01:00Z', lng: 116.3, lat: 39.9 },
  ]);
  const lngs = async (from: string, to: string) =>
    (await read(`/api/units/${walker.id}/track?from=${from}&to=${to}&reason=test`)).body.features.map(
      ({ geometry }: { geometry: { coordinates: unknown } }) => geometry.coordinates,
    );
  expect(await lngs('2026-11-19T23:59:00Z', '2026-11-20T00:01:00Z')).toEqual([
    [
      [116.1, 39.9],
      [116.2, 39.9],
    ],
  ]);
  expect(await lngs('2026-11-20T00:02:00Z', '2026-11-20T01:00:00Z')).toMatchObject([]);
});

test('a time without a zone, a missing time, a reversed or too long range is refused by field', async () => {
  const refusal = async (range: string) => {
    const { status, body } = await read(`/api/units/${foot.id}/track?${range}`);
    return [status, body.errors];
  };
  const time = 'a time with its zone, such as 2026-11-22T08:00:00+08:00 or 2026-11-22T00:00:00Z';
  expect(await refusal('from=2026-11-20T08:00:00&to=2026-11-20T09:00:00Z')).toMatchObject([
    400,
    [{ field: 'from', got: '2026-11-20T08:00:00', expected: time }],
  ]);
  expect(await refusal('from=2026-11-20T08:00:00Z')).toMatchObject([
    400,
    [{ field: 'to', got: 'nothing', expected: time }],
  ]);
  expect(await refusal('from=2026-11-20T08:00:00Z&to=2026-11-20T07:00:00Z')).toMatchObject([
    400,
    [{ field: 'to', got: '2026-11-20T07:00:00Z', expected: 'a time after from' }],
  ]);
  expect(await refusal('from=2026-11-20T08:00:00Z&to=2026-11-28T07:00:00Z')).toMatchObject([
    400,
    [{ field: 'to', got: '2026-11-28T07:00:00Z', expected: 'a time at most 7 days after from' }],
  ]);
});

test('units and tracks of a station out of scope are not there', async () => {
  const stranger = createReadingApp(database, [await makeStation(database)]);
  const range = 'from=2026-11-20T08:00:00Z&to=2026-11-20T09:00:00Z';
  expect((await stranger('/api/units')).body).toEqual({ units: [] });
  expect((await stranger(`/api/units?station=${station}`)).status).toBe(404);
  expect((await stranger(`/api/units/${foot.id}`)).status).toBe(404);
  expect((await stranger(`/api/units/${foot.id}/track?${range}`)).status).toBe(404);
  expect((await read(`/api/units/${uuidv7()}/track?${range}`)).status).toBe(404);
});
