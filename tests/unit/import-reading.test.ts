import { expect, test } from 'vitest';
import { toWgs84, placeProblem, readCoordinateSystem } from '../../api/imports/convert-coordinates.ts';
import { decodeText } from '../../api/imports/decode-text.ts';
import { mapColumns, readMapOption, requireFields } from '../../api/imports/map-columns.ts';
import { readCsv } from '../../api/imports/read-csv.ts';
import { readGeoJson } from '../../api/imports/read-geojson.ts';
import { createTimeReader } from '../../api/imports/read-time.ts';

const csv = async (text: string) => readCsv(decodeText(Buffer.from(text), 'f.csv').text, 'f.csv');
const values = (rows: { line: number; fields: ReadonlyMap<string, unknown> }[]) =>
  rows.map(({ line, fields }) => [line, ...fields.values()]);

test('Chinese text is read in UTF-8, in GB18030 and in UTF-16', () => {
  const gb = Buffer.from([0xba, 0xd3, 0xcd, 0xe5]);
  expect(decodeText(gb, 'f')).toEqual({ text: '河湾', encoding: 'GB18030' });
  expect(decodeText(Buffer.from('河湾'), 'f')).toEqual({ text: '河湾', encoding: 'UTF-8' });
  expect(decodeText(Buffer.from('\uFEFF河湾', 'utf16le'), 'f')).toEqual({ text: '河湾', encoding: 'UTF-16' });
});

test('bytes that are no text are refused', () => {
  expect(() => decodeText(Buffer.from([0xff, 0xff, 0xff, 0x00]), 'f.bin')).toThrow(/not text/);
  expect(() => decodeText(Buffer.from('PK\u0003\u0004\0\0'), 'f.xlsx')).toThrow(/f\.xlsx is not text/);
});

test('a byte order mark, Windows line ends, quoted line ends and empty lines leave columns and line numbers right', async () => {
  const source = await csv('\uFEFFid,"a note"\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n');
  expect(source.columns).toEqual(['id', 'a note']);
  expect(values(source.rows)).toEqual([
    [2, '1', 'two\nlines'],
    [5, '2', 'x'],
  ]);
});

test('semicolons, tabs and bars separate as commas do, also when commas stand in quoted names', async () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const source = await csv(`"a,b"${delimiter}c\n1${delimiter}2\n`);
    expect(source.columns).toEqual(['a,b', 'c']);
    expect(values(source.rows)).toEqual([[2, '1', '2']]);
  }
});

test('a row with too many values or an open quote is rejected by line, a short one has empty values', async () => {
  const source = await csv('a,b\n1,2,3\n4\n5,"open\n6,7\n');
  expect(values(source.rows)).toEqual([[3, '4', '']]);
  expect(source.rejects.sort((a, b) => a.line - b.line)).toEqual([
    { line: 2, field: 'row', got: '3 values', expected: '2 values separated by ,' },
    { line: 4, field: 'row', got: '5,"open\n6,7', expected: 'a closing quote' },
  ]);
});

test('an empty file and a column that stands twice are refused', async () => {
  await expect(csv('\n')).rejects.toThrow(/is empty/);
  await expect(csv('a,a\n1,2')).rejects.toThrow(/two columns named "a"/);
});

test('columns are found by common names in English and Chinese, and as told', () => {
  const fields = [
    { name: 'source_id', aliases: ['id', '警情编号'] },
    { name: 'lng', aliases: ['经度'] },
  ];
  expect([...mapColumns(['警情编号', ' 经度 '], fields, [])]).toEqual([
    ['source_id', '警情编号'],
    ['lng', ' 经度 '],
  ]);
  expect([...mapColumns(['ID', 'uid', 'LNG'], fields, readMapOption('uid=source_id'))]).toEqual([
    ['source_id', 'uid'],
    ['lng', 'LNG'],
  ]);
  expect(() => mapColumns(['a'], fields, readMapOption('b=lng'))).toThrow(/column "b"; The file has the columns "a"/);
  expect(() => mapColumns(['a'], fields, readMapOption('a=place'))).toThrow(/field "place"; fields are source_id, lng/);
  expect(() => readMapOption('a')).toThrow(/column=field/);
});

test('missing columns are named with those found', () => {
  const fields = [{ name: 'lng', aliases: ['经度'] }];
  expect(() => requireFields(['x1'], new Map(), fields, ['lng'])).toThrow(
    'Missing: lng (or 经度). The file has the columns "x1". Say which column is which with --map column=lng.',
  );
});

test('a feature and a collection are read, what is no feature is rejected, projected coordinates are refused', () => {
  const feature = { type: 'Feature', properties: { number: 7 }, geometry: { type: 'Point', coordinates: [1, 2, 3] } };
  expect(readGeoJson(JSON.stringify(feature), 'f').rows).toHaveLength(1);
  const mixed = readGeoJson(JSON.stringify({ type: 'FeatureCollection', features: [feature, 5] }), 'f');
  expect(mixed.rows.map(({ line }) => line)).toEqual([1]);
  expect(mixed.rejects).toEqual([
    { line: 2, field: 'feature', got: '5', expected: 'an object with "type": "Feature"' },
  ]);
  const crs = (name: string) => () =>
    readGeoJson(
      JSON.stringify({ type: 'FeatureCollection', crs: { type: 'name', properties: { name } }, features: [] }),
      'f',
    );
  expect(crs('urn:ogc:def:crs:OGC:1.3:CRS84')).not.toThrow();
  expect(crs('urn:ogc:def:crs:EPSG::4490')).not.toThrow();
  expect(crs('urn:ogc:def:crs:EPSG::3857')).toThrow(/EPSG::3857.*WGS 84/);
  expect(() => readGeoJson('{"type":"Topology"}', 'f')).toThrow(/"Topology"; expected a GeoJSON/);
  expect(() => readGeoJson('{"type":', 'f')).toThrow(/not JSON/);
});

test('shifted coordinates come back to WGS 84 within half a metre', () => {
  // Tiananmen: published GCJ-02 and BD-09 counterparts of one WGS 84 place.
  const wgs84 = [116.391265, 39.907356] as const;
  const near = (lngLat: [number, number]) =>
    Math.hypot((lngLat[0] - wgs84[0]) * 85_390, (lngLat[1] - wgs84[1]) * 111_040);
  expect(near(toWgs84([116.397507, 39.908759], 'gcj02'))).toBeLessThan(1);
  expect(near(toWgs84([116.403874, 39.915119], 'bd09'))).toBeLessThan(40);
  expect(toWgs84([116.391265, 39.907356], 'cgcs2000')).toEqual(wgs84);
});

test('what is no place says why', () => {
  expect(placeProblem(39.9, 116.4)).toMatch(/swapped/);
  expect(placeProblem(0, 0)).toMatch(/unknown/);
  expect(placeProblem(181, 10)).toMatch(/−180/);
  expect(placeProblem(180, -90)).toBeUndefined();
  expect(() => readCoordinateSystem('utm')).toThrow(/wgs84, cgcs2000, gcj02, bd09/);
});

test('a local time is read in its zone; one that stands twice takes the first offset, one that never was moves on', () => {
  const read = createTimeReader('America/Chicago');
  const at = (text: string) => {
    const time = read(text);
    return time && [new Date(time.atMs).toISOString(), time.doubt];
  };
  expect(at('2019-01-01T01:30:00')).toEqual(['2019-01-01T07:30:00.000Z', undefined]);
  expect(at('2019-07-01 01:30')).toEqual(['2019-07-01T06:30:00.000Z', undefined]);
  expect(at('2019-11-03T01:30:00')).toEqual(['2019-11-03T06:30:00.000Z', 'twice']);
  expect(at('2019-11-03T00:59:59')).toEqual(['2019-11-03T05:59:59.000Z', undefined]);
  expect(at('2019-11-03T02:00:00')).toEqual(['2019-11-03T08:00:00.000Z', undefined]);
  expect(at('2019-03-10T02:30:00')).toEqual(['2019-03-10T08:30:00.000Z', 'never']);
  expect(at('2019-03-10T03:00:00')).toEqual(['2019-03-10T08:00:00.000Z', undefined]);
  expect(at('2019-11-03T01:30:00-06:00')).toEqual(['2019-11-03T07:30:00.000Z', undefined]);
});

test('times are read as people write them, and a date that can be read in two ways only in a told order', () => {
  const read = createTimeReader('Asia/Shanghai');
  const iso = (text: string, reader = read) => {
    const time = reader(text);
    return time && new Date(time.atMs).toISOString();
  };
  for (const text of [
    '2019/1/31 13:45',
    '2019年1月31日 13时45分',
    '2019年1月31日13时45分0秒',
    '2019-01-31T05:45:00Z',
    '2019.01.31 13:45:00.000',
  ])
    expect(iso(text)).toBe('2019-01-31T05:45:00.000Z');
  for (const text of ['2019-02-30T10:00', '2019-01-31', '2019-01-31 25:00', 'yesterday', '', '01/02/2019 10:00'])
    expect(iso(text)).toBeUndefined();
  expect(iso('01/02/2019 10:00', createTimeReader('Asia/Shanghai', 'mdy'))).toBe('2019-01-02T02:00:00.000Z');
  expect(iso('01/02/2019 12:05:09 AM', createTimeReader('Asia/Shanghai', 'dmy'))).toBe('2019-01-31T16:05:09.000Z');
});
