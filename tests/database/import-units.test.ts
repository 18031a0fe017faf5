import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { importUnits } from '../../api/units/import-units.ts';
import { makeStation, openTestDatabase } from './harness.ts';
import { readText } from './import-text.ts';

let database: Database;
let secretsDir: string;
beforeAll(() => {
  database = openTestDatabase();
  secretsDir = mkdtempSync(join(tmpdir(), 'sd-secrets-'));
});
afterAll(async () => {
  await database.close();
  rmSync(secretsDir, { recursive: true });
});

const run = async (stationId: string, content: string, directory = secretsDir) =>
  importUnits(await readText(database, stationId, content, { secretsDir: directory }));

const stored = (stationId: string) =>
  database.inScope([stationId], (transaction) =>
    transaction.query<{ id: string; number: number; device: string | null; hash: string | null }>(sql`
      SELECT u.id, u.number, u.call_sign, u.kind, u.duty_state, d.name AS device, encode(d.token_hash, 'hex') AS hash,
        (SELECT string_agg(e.kind || ':' || e.quantity, ';' ORDER BY e.kind) FROM unit_equipment e WHERE e.unit_id = u.id) AS equipment
      FROM units u LEFT JOIN devices d ON d.unit_id = u.id WHERE u.station_id = ${stationId} ORDER BY u.number`),
  );

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');

test('units get numbers, duty, equipment and a device whose made credential only a private file knows; again, nothing changes', async () => {
  const station = await makeStation(database);
  const directory = join(secretsDir, 'made');
  const csv = '呼号,类型,终端,装备,在岗\n槐安一号,步巡,t-01,"AED:1；救生圈:2",\n槐安二号,无人机,t-02,,否\n';
  const { added, notes } = await run(station, csv, directory);
  expect(added).toBe(2);
  const units = await stored(station);
  expect(units).toMatchObject([
    { number: 1, call_sign: '槐安一号', kind: 'foot', duty_state: 'on', device: 't-01', equipment: 'AED:1;救生圈:2' },
    { number: 2, call_sign: '槐安二号', kind: 'uav', duty_state: 'off', device: 't-02', equipment: null },
  ]);
  const [file, ...others] = readdirSync(directory);
  expect(others).toEqual([]);
  expect(notes[0]).toContain(join(directory, file!));
  expect(statSync(join(directory, file!)).mode & 0o777).toBe(0o600);
  const tokens = readFileSync(join(directory, file!), 'utf8')
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => JSON.parse(`[${line}]`) as string[]);
  expect(tokens.map(([callSign, device, token]) => [callSign, device, sha256(token!)])).toEqual([
    ['槐安一号', 't-01', units[0]!.hash],
    ['槐安二号', 't-02', units[1]!.hash],
  ]);
  expect(await run(station, csv, directory)).toMatchObject({ added: 0, changed: 0, unchanged: 2, notes: [] });
  expect(await stored(station)).toEqual(units);
  expect(readdirSync(directory)).toEqual([file]);
});

test('a given credential is used; a changed kind, duty or equipment changes the unit under its number', async () => {
  const station = await makeStation(database);
  await run(station, 'call_sign,kind,device,token,equipment\nA,foot,d,secret-of-a,radio\n');
  const [before] = await stored(station);
  expect(before!.hash).toBe(sha256('secret-of-a'));
  expect(
    await run(station, 'call_sign,kind,duty_state,device,equipment\nA,car,off,d,radio:2\nB,foot,,,\n'),
  ).toMatchObject({ added: 1, changed: 1 });
  expect(await stored(station)).toMatchObject([
    { id: before!.id, number: 1, kind: 'car', duty_state: 'off', hash: before!.hash, equipment: 'radio:2' },
    { number: 2, duty_state: 'on', device: null },
  ]);
});

test('a number told is kept and never given again', async () => {
  const station = await makeStation(database);
  await run(station, 'call_sign,kind,number\nA,foot,5\nB,foot,\n');
  expect((await stored(station)).map(({ number }) => number)).toEqual([1, 5]);
  await run(station, 'call_sign,kind\nC,foot\n');
  expect((await stored(station)).map(({ number }) => number)).toEqual([1, 5, 6]);
  const { rejects } = await run(station, 'call_sign,kind,number\nA,foot,9\nD,foot,6\n');
  expect(rejects.map(({ line, field, expected }) => [line, field, expected])).toEqual([
    [2, 'number', '5, which A has for ever'],
    [3, 'number', 'one of its own; C has it'],
  ]);
});

test('a credential of another device, in whichever station, is refused and never repeated in the report', async () => {
  const station = await makeStation(database);
  await run(await makeStation(database), `call_sign,kind,token\nA,foot,token-of-${station}\n`);
  const { added, rejects } = await run(
    station,
    `call_sign,kind,token\nB,foot,token-of-${station}\nC,foot,short\nD,boat,\nE,foot,twice-${station}\nF,foot,twice-${station}\n`,
  );
  expect(added).toBe(1);
  expect(rejects.map(({ line, field }) => [line, field]).sort()).toEqual([
    [2, 'token'],
    [3, 'token'],
    [4, 'kind'],
    [6, 'token'],
  ]);
  expect(JSON.stringify(rejects)).not.toMatch(/token-of-|short|twice-0/);
});
