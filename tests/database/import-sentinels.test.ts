import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { importSentinels } from '../../api/sentinels/import-sentinels.ts';
import { makeStation, openTestDatabase } from './harness.ts';
import { readText } from './import-text.ts';

let database: Database;
beforeAll(() => {
  database = openTestDatabase();
});
afterAll(() => database.close());

const run = async (stationId: string, content: string) => importSentinels(await readText(database, stationId, content));

const stored = (stationId: string) =>
  database.inScope([stationId], async (transaction) => ({
    sentinels: await transaction.query<{ id: string; number: string; kind: string; qr_code: string }>(
      sql`SELECT id, number, name, kind, address, ST_X(point) AS lng, qr_code FROM sentinels WHERE station_id = ${stationId} ORDER BY number`,
    ),
    members: await transaction.query<{ id: string; display_name: string }>(
      sql`SELECT id, sentinel_id, display_name, role, skills, phone FROM members WHERE station_id = ${stationId} ORDER BY display_name`,
    ),
  }));

const header = '编号,名称,类型,地址,经度,纬度,成员';

test('sentinel points come with kind, members and a QR code of their own; again, nothing changes', async () => {
  const station = await makeStation(database);
  const csv = `${header}\n1,河湾苑,小区,槐安路 3 号,116.3,39.9,"白秀英:志愿者:急救/英语:555-0100；赵明：保安"\n2,一中,学校,,116.31,39.9,\n`;
  expect(await run(station, csv)).toMatchObject({ added: 2, rejects: [] });
  const before = await stored(station);
  expect(before.sentinels).toMatchObject([
    { number: '1', kind: 'compound', address: '槐安路 3 号', lng: 116.3 },
    { number: '2', kind: 'school', address: null },
  ]);
  expect(before.sentinels[0]!.qr_code).toMatch(/^[\w-]{16}$/);
  expect(before.sentinels[0]!.qr_code).not.toBe(before.sentinels[1]!.qr_code);
  expect(before.members).toMatchObject([
    { display_name: '白秀英', role: 'volunteer', skills: ['急救', '英语'], phone: '555-0100' },
    { display_name: '赵明', role: 'guard', skills: [], phone: null },
  ]);
  expect(await run(station, csv)).toMatchObject({ added: 0, changed: 0, unchanged: 2 });
  expect(await stored(station)).toEqual(before);
});

test('members are known again by name and role: one is kept, one changes, one leaves, one comes', async () => {
  const station = await makeStation(database);
  await run(station, `${header}\n1,河湾苑,小区,,116.3,39.9,甲:保安；乙:党员；丙:义警\n`);
  const before = await stored(station);
  expect(await run(station, `${header}\n1,河湾苑,小区,,116.3,39.9,甲:保安；乙:党员:急救；丁:义警\n`)).toMatchObject({
    changed: 1,
  });
  const after = await stored(station);
  const idOf = (rows: typeof after, name: string) => rows.members.find(({ display_name }) => display_name === name)?.id;
  expect(after.members.map(({ display_name }) => display_name).sort()).toEqual(['丁', '乙', '甲']);
  expect([idOf(after, '甲'), idOf(after, '乙')]).toEqual([idOf(before, '甲'), idOf(before, '乙')]);
  expect(after.sentinels).toEqual(before.sentinels);
});

test('a file without members leaves them; GeoJSON brings them nested', async () => {
  const station = await makeStation(database);
  const geojson = (properties: object) =>
    JSON.stringify({
      type: 'Feature',
      properties: { number: 7, name: '市场', kind: 'market', ...properties },
      geometry: { type: 'Point', coordinates: [116.3, 39.9, 12] },
    });
  await run(station, geojson({ members: [{ name: '白秀英', role: 'property-staff', skills: ['消防'] }] }));
  expect((await stored(station)).members).toMatchObject([
    { display_name: '白秀英', role: 'property-staff', skills: ['消防'] },
  ]);
  expect(await run(station, geojson({ name: '大市场' }))).toMatchObject({ changed: 1 });
  expect((await stored(station)).members).toHaveLength(1);
});

test('unknown kinds and roles, repeated numbers, codes that others have and missing places are rejected', async () => {
  const station = await makeStation(database);
  await run(station, 'number,name,lng,lat,qr_code\n1,甲,116.3,39.9,code-1\n');
  const { added, rejects } = await run(
    station,
    'number,name,kind,lng,lat,qr_code,members\n2,乙,castle,116.3,39.9,,\n3,丙,shop,116.3,39.9,,白秀英:king\n4,丁,shop,,39.9,,\n5,戊,shop,116.3,39.9,,\n5,己,shop,116.3,39.9,,\n6,庚,shop,116.3,39.9,code-1,\n',
  );
  expect(added).toBe(1);
  expect(rejects.map(({ line, field }) => [line, field]).sort()).toEqual([
    [2, 'kind'],
    [3, 'members'],
    [4, 'lng'],
    [6, 'number'],
    [7, 'qr_code'],
  ]);
});
