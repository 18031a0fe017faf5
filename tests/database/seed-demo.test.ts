import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { sql, type Statement } from '../../api/database/sql.ts';
import { demoScope, demoStationId } from '../../api/stations/demo/ids.ts';
import { seedDemo } from '../../api/stations/demo/seed-demo.ts';
import { openOwnDatabase, type OwnDatabase } from './own-database.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const now = new Date('2026-11-22T06:00:00Z');
let own: OwnDatabase;
let database: Database;

const ask = <Row extends object>(statement: Statement): Promise<Row[]> =>
  database.inScope(demoScope, (transaction) => transaction.query<Row>(statement));

/** What stands of the station, as counts and a hash of all that a second seeding could change. */
async function takeStock() {
  const [stock] = await ask<Record<string, number | string>>(sql`
    SELECT (SELECT count(*) FROM grids WHERE station_id = ${demoStationId}) AS grids,
      (SELECT count(*) FROM sentinels WHERE station_id = ${demoStationId}) AS sentinels,
      (SELECT count(*) FROM members WHERE station_id = ${demoStationId} AND sentinel_id IS NOT NULL) AS members,
      (SELECT count(DISTINCT officer_id) FROM grids WHERE station_id = ${demoStationId}) AS officers,
      (SELECT count(*) FROM units WHERE station_id = ${demoStationId} AND duty_state = 'on') AS units,
      (SELECT count(*) FROM geofences WHERE station_id = ${demoStationId} AND ST_IsValid(area)) AS geofences,
      (SELECT count(*) FROM devices WHERE station_id = ${demoStationId}) AS devices,
      (SELECT count(*) FROM incidents WHERE station_id = ${demoStationId}) AS incidents,
      (SELECT count(*) FROM crews WHERE station_id = ${demoStationId} AND shift_starts_at <= ${now} AND shift_ends_at > ${now}) AS crews,
      (SELECT md5(string_agg(concat_ws(' ', id, occurred_at, ST_AsEWKT(point)), ',' ORDER BY number)) FROM incidents WHERE station_id = ${demoStationId}) AS incident_hash,
      (SELECT md5(string_agg(concat_ws(' ', crew_id, member_id), ',' ORDER BY crew_id, member_id)) FROM crew_members WHERE station_id = ${demoStationId}) AS crew_hash,
      (SELECT max(revision) FROM revisions WHERE station_id = ${demoStationId} AND noun = 'incidents') AS incident_revision`);
  return stock;
}

const complete = {
  grids: 39,
  sentinels: 41,
  members: 491,
  officers: 39,
  units: 63,
  devices: 63,
  geofences: 3,
  incidents: 20_000,
  crews: 63,
};

beforeAll(async () => {
  own = await openOwnDatabase();
  database = own.database;
});

afterAll(() => own.remove());

/** Starts a seeding and kills the process once it has come as far as `share` of the work. */
function seedUntilKilled(share: number): Promise<NodeJS.Signals | null> {
  const script = new URL('./seed-until-killed.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, JSON.stringify(own.poolOptions), now.toISOString()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (Number.parseFloat(line) >= share) child.kill('SIGKILL');
  });
  return new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
}

/** The database, noting how long each transaction took. */
function watch(tookMs: number[]): Database {
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    tookMs.push(performance.now() - startedAt);
    return result;
  };
  return {
    ...database,
    inScope: (stationIds, work) => timed(() => database.inScope(stationIds, work)),
    asOwner: (work) => timed(() => database.asOwner(work)),
  };
}

test('a seeding that was killed is completed by the next one, in short transactions and with progress', async () => {
  for (const share of [0.3, 0.85]) expect(await seedUntilKilled(share)).toBe('SIGKILL');
  const tookMs: number[] = [];
  const steps: [string, number][] = [];
  const { isNew } = await seedDemo(watch(tookMs), {
    now: new Date(now.getTime() + 60_000),
    demoOnNetwork: true,
    onProgress: (step, share) => steps.push([step, share]),
  });
  expect(isNew).toBe(true);
  expect(await takeStock()).toMatchObject(complete);
  const shares = steps.map(([, share]) => share);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(new Set(steps.map(([step]) => step)).size).toBeGreaterThanOrEqual(4);
  // 200 ms is promised of a machine of its own; here others run, so it is told as a part of the whole.
  const wholeMs = tookMs.reduce((sum, ms) => sum + ms, 0);
  expect(Math.max(...tookMs)).toBeLessThan(Math.max(200, wholeMs / 8));
});

test('a second seeding changes nothing', async () => {
  await seedDemo(database, { now, demoOnNetwork: true });
  const before = await takeStock();
  const { isNew } = await seedDemo(database, { now, demoOnNetwork: true });
  expect(isNew).toBe(false);
  expect(await takeStock()).toEqual(before);
});

test('grids tile the area of responsibility of 8.9 km² without gap or overlap, as PostGIS sees it', async () => {
  const [tiling] = await ask<{ area_m2: number; gap: number; invalid: number }>(sql`
    SELECT ST_Area(s.boundary::geography) AS area_m2, ST_Area(ST_SymDifference(s.boundary, u.area)::geography) AS gap, u.invalid
    FROM stations s, (SELECT ST_Union(area) AS area, count(*) FILTER (WHERE NOT ST_IsValid(area)) AS invalid FROM grids WHERE station_id = ${demoStationId}) u
    WHERE s.id = ${demoStationId}`);
  expect((tiling?.area_m2 ?? 0) / 1e6).toBeGreaterThan(8.89);
  expect((tiling?.area_m2 ?? 0) / 1e6).toBeLessThan(8.91);
  expect(tiling).toMatchObject({ gap: 0, invalid: 0 });
  const overlaps = await ask(sql`
    SELECT a.number, b.number AS other FROM grids a JOIN grids b ON a.number < b.number AND ST_Intersects(a.area, b.area)
    WHERE a.station_id = ${demoStationId} AND b.station_id = ${demoStationId} AND ST_Area(ST_Intersection(a.area, b.area)) > 0`);
  expect(overlaps).toEqual([]);
});

test('sentinel points and incidents lie in a grid', async () => {
  const [outside] = await ask<{ sentinels: number; incidents: number }>(sql`
    SELECT (SELECT count(*) FROM sentinels p WHERE station_id = ${demoStationId} AND NOT EXISTS (SELECT 1 FROM grids g WHERE g.station_id = ${demoStationId} AND ST_Intersects(g.area, p.point))) AS sentinels,
      (SELECT count(*) FROM incidents p WHERE station_id = ${demoStationId} AND NOT EXISTS (SELECT 1 FROM grids g WHERE g.station_id = ${demoStationId} AND ST_Intersects(g.area, p.point))) AS incidents`);
  expect(outside?.sentinels).toBe(0);
  // Rounding to a centimetre may carry one over the line.
  expect(outside?.incidents).toBeLessThan(3);
});

test('the town is on the base map with a street graph in one piece', async () => {
  const [shown] = await ask<{ buildings: number; pieces: number }>(sql`
    SELECT (SELECT count(*) FROM basemap_features f WHERE f.extract_id = e.id AND layer = 'buildings') AS buildings,
      (SELECT count(DISTINCT component) FROM street_edges s WHERE s.extract_id = e.id) AS pieces
    FROM basemap_extracts e WHERE e.source = 'demo' AND e.published_at IS NOT NULL AND e.retired_at IS NULL`);
  expect(shown?.buildings).toBeGreaterThan(3000);
  expect(shown?.pieces).toBe(1);
});

test('the station belongs to a branch office and that to the city', async () => {
  const tree = await ask(
    sql`SELECT name, kind, is_demo, time_zone FROM stations WHERE id = ANY(${demoScope}::uuid[]) ORDER BY kind`,
  );
  expect(tree).toEqual([
    { name: '云汐市公安局', kind: 'city', is_demo: true, time_zone: 'Asia/Shanghai' },
    { name: '柳湾分局', kind: 'district', is_demo: true, time_zone: 'Asia/Shanghai' },
    { name: '柳湾派出所', kind: 'station', is_demo: true, time_zone: 'Asia/Shanghai' },
  ]);
});

test('on loopback a device is its own credential, on the network credentials are random and new each time', async () => {
  const hashes = () =>
    ask<{ name: string; hash: string }>(
      sql`SELECT name, encode(token_hash, 'hex') AS hash FROM devices WHERE station_id = ${demoStationId} ORDER BY name`,
    );
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const unitRevision = async () =>
    (
      await ask<{ revision: number }>(
        sql`SELECT revision FROM revisions WHERE station_id = ${demoStationId} AND noun = 'units'`,
      )
    )[0]?.revision ?? 0;
  await seedDemo(database, { now, demoOnNetwork: false });
  expect((await hashes()).map(({ name, hash }) => hash === sha256(name))).toEqual(
    Array.from({ length: 63 }, () => true),
  );
  const before = await unitRevision();
  const first = await seedDemo(database, { now, demoOnNetwork: true });
  const second = await seedDemo(database, { now, demoOnNetwork: true });
  expect(await unitRevision()).toBeGreaterThan(before);
  expect(new Set([...first.credentials, ...second.credentials].map(({ token }) => token)).size).toBe(126);
  expect(second.credentials[0]?.token).toMatch(/^[a-z2-9]{20}$/);
  expect(await hashes()).toEqual(
    second.credentials.map(({ device, token }) => ({ name: device, hash: sha256(token) })),
  );
});

test('a month later units have crews again', async () => {
  const later = new Date(now.getTime() + 30 * 86_400_000);
  await seedDemo(database, { now: later, demoOnNetwork: true });
  const [row] = await ask<{ crews: number }>(sql`
    SELECT count(DISTINCT unit_id) AS crews FROM crews WHERE station_id = ${demoStationId} AND shift_starts_at <= ${later} AND shift_ends_at > ${later}`);
  expect(row?.crews).toBe(63);
});
