import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { importIncidents } from '../../api/incidents/import-incidents.ts';
import { readMapOption } from '../../api/imports/map-columns.ts';
import { makeStation, openTestDatabase } from './harness.ts';
import { readText } from './import-text.ts';

let database: Database;
beforeAll(() => {
  database = openTestDatabase();
});
afterAll(() => database.close());

const memphis = join(import.meta.dirname, '../../../shared/data/memphis_robberies.csv');

interface StoredIncident {
  id: string;
  number: number;
  sourceId: string;
  category: string;
  at: string;
  lng: number;
  lat: number;
}

const incidentsOf = (stationId: string) =>
  database.inScope([stationId], async (transaction) => {
    const rows = await transaction.query<Omit<StoredIncident, 'at'> & { at: Date }>(sql`
      SELECT id, number, source_id AS "sourceId", category, occurred_at AS at, ST_X(point) AS lng, ST_Y(point) AS lat
      FROM incidents WHERE station_id = ${stationId} ORDER BY number`);
    return rows.map((row): StoredIncident => ({ ...row, at: row.at.toISOString() }));
  });

test.skipIf(!existsSync(memphis))(`Memphis is imported whole, and again nothing new (needs ${memphis})`, async () => {
  const station = await makeStation(database, { timeZone: 'America/Chicago' });
  const request = await readText(database, station, await readFile(memphis), { timeZone: 'America/Chicago' });
  expect(await importIncidents(request)).toMatchObject({ added: 2245, changed: 0, unchanged: 0, rejects: [] });
  const incidents = await incidentsOf(station);
  expect(incidents).toHaveLength(2245);
  expect(new Set(incidents.map(({ number }) => number)).size).toBe(2245);
  expect(incidents.find(({ sourceId }) => sourceId === '15213800')).toMatchObject({
    category: 'personal robbery',
    at: '2019-01-01T07:30:00.000Z',
    lng: -89.942,
    lat: 35.149,
  });
  expect(await importIncidents(request)).toMatchObject({ added: 0, changed: 0, unchanged: 2245 });
  expect(await incidentsOf(station)).toEqual(incidents);
});

test('hours that the clocks had twice or never are taken and counted', async () => {
  const station = await makeStation(database, { timeZone: 'America/Chicago' });
  const csv =
    'id,type,occurred_at,lng,lat\n1,theft,2019-11-03T01:30,-90,35\n2,theft,2019-03-10 02:30,-90,35\n3,theft,2019-03-10 04:30,-90,35\n';
  const { added, notes } = await importIncidents(
    await readText(database, station, csv, { timeZone: 'America/Chicago' }),
  );
  expect(added).toBe(3);
  expect(notes).toEqual([expect.stringMatching(/^1 × .* twice/), expect.stringMatching(/^1 × .* never/)]);
  expect((await incidentsOf(station)).map(({ at }) => at)).toEqual([
    '2019-11-03T06:30:00.000Z',
    '2019-03-10T08:30:00.000Z',
    '2019-03-10T09:30:00.000Z',
  ]);
});

test('bad rows are told by line, field, what came and what was expected; good ones go in', async () => {
  const station = await makeStation(database);
  const csv = [
    '警情编号,警情类别,发生时间,经度,纬度',
    'a1,盗窃,2024-05-01 08:00,116.3,39.9',
    ',盗窃,2024-05-01 08:00,116.3,39.9',
    'a3,盗窃,昨天,116.3,39.9',
    'a4,盗窃,2024-05-01 08:00,39.9,116.3',
    'a5,,2024-05-01 08:00,东,39.9',
    'a1,诈骗,2024-05-01 09:00,116.3,39.9',
    'a7,盗窃,2024/5/2 8:00,116.4,39.9',
  ].join('\r\n');
  const { added, rejects } = await importIncidents(await readText(database, station, csv));
  expect(added).toBe(2);
  expect(rejects).toEqual([
    { line: 3, field: 'source_id', got: 'nothing', expected: expect.any(String) },
    { line: 4, field: 'occurred_at', got: '昨天', expected: expect.stringContaining('2019-01-31T13:45:00') },
    { line: 5, field: 'lng, lat', got: '39.9, 116.3', expected: expect.stringContaining('swapped') },
    { line: 6, field: 'category', got: 'nothing', expected: expect.any(String) },
    { line: 6, field: 'lng', got: '东', expected: 'a number of degrees' },
    { line: 7, field: 'source_id', got: 'a1', expected: 'an id of its own; line 2 has it' },
  ]);
  expect((await incidentsOf(station)).map(({ sourceId }) => sourceId)).toEqual(['a1', 'a7']);
});

test('a file that says something else of a known incident changes it under its id and number; new ones are added', async () => {
  const station = await makeStation(database);
  const csv = (rows: string) => readText(database, station, `id,type,occurred_at,lng,lat\n${rows}`);
  await importIncidents(await csv('1,theft,2024-05-01 08:00,116.3,39.9\n2,theft,2024-05-01 08:00,116.3,39.9\n'));
  const before = await incidentsOf(station);
  const outcome = await importIncidents(
    await csv('1,fraud,2024-05-01 08:00,116.3,39.91\n3,theft,2024-05-01 08:00,116.3,39.9\n'),
  );
  expect(outcome).toMatchObject({ added: 1, changed: 1, unchanged: 0 });
  const after = await incidentsOf(station);
  expect(after.slice(0, 2)).toEqual([{ ...before[0], category: 'fraud', lat: 39.91 }, before[1]]);
  expect(after.map(({ number }) => number)).toEqual([1, 2, 3]);
});

test('a file without ids is known again by what its rows hold, equal rows included', async () => {
  const station = await makeStation(database);
  const csv = 'type,date,time,lng,lat\ntheft,2024-05-01,08:00,116.3,39.9\ntheft,2024-05-01,08:00,116.3,39.9\n';
  const request = await readText(database, station, csv);
  expect(await importIncidents(request)).toMatchObject({ added: 2, notes: [expect.stringContaining('no ids')] });
  expect(await importIncidents(request)).toMatchObject({ added: 0, unchanged: 2 });
});

test('a told mapping, GB18030 and shifted coordinates work together', async () => {
  const station = await makeStation(database);
  // 序号,种类,when,x1,y1 · 1,盗窃 in GB18030.
  const bytes = Buffer.concat([
    Buffer.from([0xd0, 0xf2, 0xba, 0xc5]),
    Buffer.from(',kind,when,x1,y1\n7,'),
    Buffer.from([0xb5, 0xc1, 0xc7, 0xd4]),
    Buffer.from(',2024-05-01 08:00,116.397507,39.908759\n'),
  ]);
  const request = await readText(database, station, bytes, {
    crs: 'gcj02',
    columnsTold: readMapOption('序号=source_id,when=occurred_at,x1=lng,y1=lat'),
  });
  expect(request.source.encoding).toBe('GB18030');
  expect(await importIncidents(request)).toMatchObject({ added: 1, rejects: [] });
  const [incident] = await incidentsOf(station);
  expect(incident).toMatchObject({ sourceId: '7', category: '盗窃' });
  expect(incident!.lng).toBeCloseTo(116.391265, 4);
  expect(incident!.lat).toBeCloseTo(39.907356, 4);
});

test('missing columns are refused with the ones found', async () => {
  const station = await makeStation(database);
  await expect(importIncidents(await readText(database, station, 'a,b\n1,2\n'))).rejects.toThrow(
    /Missing: category.*The file has the columns "a", "b"/,
  );
});

const manyRows = (count: number) =>
  `id,type,occurred_at,lng,lat\n${Array.from({ length: count }, (_, index) => `${index},theft,2024-05-01 08:00,116.3,39.9`).join('\n')}\n`;

test('an import that fails in the middle leaves nothing that anybody sees', async () => {
  const station = await makeStation(database);
  const request = await readText(database, station, manyRows(600));
  const failing = importIncidents({
    ...request,
    onProgress(done) {
      if (done >= 200) throw new Error('the disk is full');
    },
  });
  await expect(failing).rejects.toThrow('the disk is full');
  expect(await incidentsOf(station)).toEqual([]);
  expect(await importIncidents(request)).toMatchObject({ added: 600 });
});

test('an import killed in the middle leaves nothing visible, and the next one sweeps it and is whole', async () => {
  const station = await makeStation(database);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'import-in-child.ts')], {
    env: { ...process.env, POOL: JSON.stringify(inject('poolOptions')), STATION: station, CSV: manyRows(3000) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const done = await new Promise<number>((resolve) =>
    child.stdout.on('data', (text: Buffer) => {
      const count = Number(text.toString().trim().split('\n').at(-1));
      if (count >= 300) resolve(count);
    }),
  );
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(done).toBeLessThan(3000);
  expect(await incidentsOf(station)).toEqual([]);
  const staged = await database.inScope([station], async (transaction) => {
    await transaction.query(sql`SELECT set_config('shaodian.staging', 'on', true)`);
    return transaction.query<{ count: number }>(sql`SELECT count(*) FROM incidents WHERE station_id = ${station}`);
  });
  expect(staged[0]!.count).toBeGreaterThanOrEqual(300);
  const request = await readText(database, station, manyRows(3000));
  expect(await importIncidents(request)).toMatchObject({ added: 3000, changed: 0, unchanged: 0 });
  const incidents = await incidentsOf(station);
  expect(new Set(incidents.map(({ sourceId }) => sourceId)).size).toBe(3000);
  expect(incidents).toHaveLength(3000);
});

test('two imports of one noun at a time: the second is refused; one silent for a minute is taken for dead', async () => {
  const station = await makeStation(database);
  const leave = (silentS: number) =>
    database.inScope([station], (transaction) =>
      transaction.execute(sql`
        INSERT INTO imports (id, station_id, noun, file_name, host, process_id, touched_at)
        VALUES (${uuidv7()}, ${station}, 'incidents', 'other.csv', ${hostname()}, ${process.pid}, now() - make_interval(secs => ${silentS}::integer))`),
    );
  await leave(0);
  const request = await readText(database, station, manyRows(1));
  await expect(importIncidents(request)).rejects.toThrow(/running already \(other\.csv/);
  await database.inScope([station], (transaction) =>
    transaction.execute(sql`DELETE FROM imports WHERE station_id = ${station}`),
  );
  await leave(120);
  expect(await importIncidents(request)).toMatchObject({ added: 1 });
});
