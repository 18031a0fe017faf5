import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginExtract, removeExtract, sweepExtracts } from '../../api/basemap/extract.ts';
import type { BasemapFeature, ExtractDescription, StreetWay } from '../../api/basemap/feature.ts';
import { importExtract } from '../../api/basemap/import-extract.ts';
import { encodeTile } from '../../api/basemap/encode-tile.ts';
import { encodeTileInDatabase, listShownExtracts, listTileRows, readRevision } from '../../api/basemap/queries.ts';
import { writeFeatures } from '../../api/basemap/write-features.ts';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { readMvt } from '../fixtures/read-mvt.ts';
import { explain } from './explain.ts';
import { openTestDatabase } from './harness.ts';

let database: Database;
const made: string[] = [];
beforeAll(() => {
  database = openTestDatabase();
});
afterAll(async () => {
  const shown = await database.asOwner(listShownExtracts);
  await database.asOwner((transaction) =>
    transaction.execute(
      sql`UPDATE basemap_extracts SET retired_at = now() WHERE name = ANY(${made}) AND published_at IS NOT NULL`,
    ),
  );
  for (const { id, name } of shown) if (made.includes(name)) await removeExtract(database, id);
  await database.close();
});

/** A description of content that `version` tells apart. */
function describeExtract(name: string, version = '1', observedAt: Date | null = null): ExtractDescription {
  made.push(name);
  return {
    name,
    source: 'osm',
    attribution: '© test',
    sha256: createHash('sha256')
      .update(name + version)
      .digest(),
    observedAt,
  };
}

const road = (
  osmId: number,
  [lng, lat]: [number, number],
  name: string,
  roadClass = 'residential',
): BasemapFeature => ({
  layer: 'roads',
  osmType: 'way',
  osmId,
  class: roadClass,
  name,
  geometry: {
    type: 'LineString',
    coordinates: [
      [lng, lat],
      [lng + 0.002, lat + 0.001],
    ],
  },
});

const street = (wayId: number, nodeIds: number[], lngLats: [number, number][]): StreetWay => ({
  wayId,
  nodeIds,
  lngLats,
  class: 'residential',
  oneway: 0,
});

/** The zoom-14 tile that holds a place. */
function tileAt([lng, lat]: [number, number], zoom = 14): [zoom: number, x: number, y: number] {
  const side = 2 ** zoom;
  const rad = (lat * Math.PI) / 180;
  return [
    zoom,
    Math.floor(((lng + 180) / 360) * side),
    Math.floor(((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * side),
  ];
}

/** Names of the roads that a tile of the shown base map holds, as the engine at hand encodes it. */
async function roadNames(place: [number, number]): Promise<unknown[]> {
  const [zoom, x, y] = tileAt(place);
  const bytes = await database.inScope([], async (transaction) => {
    const ids = (await listShownExtracts(transaction)).map(({ id }) => id);
    return database.engine === 'postgis'
      ? (await encodeTileInDatabase(transaction, ids, zoom, x, y)).bytes
      : encodeTile(await listTileRows(transaction, ids, zoom, x, y), zoom, x, y);
  });
  return (readMvt(bytes)['roads'] ?? []).map(({ attributes }) => attributes['name']);
}

test('an extract is on the map after its import, and the same content again changes nothing', async () => {
  const place: [number, number] = [-30.1, 10.1];
  const description = describeExtract('once');
  const first = await importExtract(
    database,
    description,
    [road(1, place, '一路')],
    [street(1, [1, 2], [place, [-30.09, 10.1]])],
  );
  expect(first).toMatchObject({ kind: 'published', stored: { roads: 1, buildings: 0 } });
  expect(await roadNames(place)).toEqual(['一路']);
  const revision = await database.inScope([], readRevision);
  const second = await importExtract(database, description, [road(1, place, '别的')], []);
  expect(second).toEqual({ kind: 'unchanged' });
  expect(await roadNames(place)).toEqual(['一路']);
  expect(await database.inScope([], readRevision)).toBe(revision);
});

test('newer content of the same name takes the place of the older one whole', async () => {
  const place: [number, number] = [-30.2, 10.1];
  await importExtract(database, describeExtract('again', '1'), [road(11, place, '旧路'), road(12, place, '老路')], []);
  await importExtract(database, describeExtract('again', '2'), [road(11, place, '新路')], []);
  expect(await roadNames(place)).toEqual(['新路']);
  const left = await database.inScope([], (transaction) =>
    transaction.query(
      sql`SELECT name FROM basemap_features WHERE osm_id IN (11, 12) AND layer = 'roads' AND name IN ('旧路', '老路')`,
    ),
  );
  expect(left).toEqual([]);
});

test('where two extracts overlap, a shared feature is shown once, as the newer content has it', async () => {
  const place: [number, number] = [-30.3, 10.1];
  const north = [road(21, place, '共路 2024'), road(22, place, '北路')];
  const south = [road(21, place, '共路 2025'), road(23, place, '南路')];
  await importExtract(database, describeExtract('south', '1', new Date('2025-01-01')), south, []);
  await importExtract(database, describeExtract('north', '1', new Date('2024-01-01')), north, []);
  expect((await roadNames(place)).sort()).toEqual(['共路 2025', '北路', '南路'].sort());
});

test('a generated feature and one of OpenStreetMap with the same number are two features', async () => {
  const place: [number, number] = [-30.4, 10.1];
  await importExtract(database, describeExtract('signs'), [road(31, place, '真路'), road(-31, place, '假路')], []);
  expect((await roadNames(place)).sort()).toEqual(['假路', '真路'].sort());
});

test('an import that dies in the middle shows nothing, and what it left is swept', async () => {
  const place: [number, number] = [-30.5, 10.1];
  async function* breaking() {
    for (let i = 1; i <= 300; i++) yield road(40_000 + i, place, '半路');
    throw new Error('the disk was pulled out');
  }
  await expect(importExtract(database, describeExtract('breaks'), breaking(), [])).rejects.toThrow(
    'the disk was pulled out',
  );
  expect(await roadNames(place)).toEqual([]);

  // A process that was killed cannot clean up: its rows stay until an import finds them untouched for minutes.
  const killed = await beginExtract(database, describeExtract('killed'));
  await writeFeatures(database, killed, [road(41, place, '死路')]);
  expect(await roadNames(place)).toEqual([]);
  await sweepExtracts(database);
  const rows = () =>
    database.inScope([], (transaction) =>
      transaction.query(sql`SELECT 1 FROM basemap_features WHERE extract_id = ${killed.id}`),
    );
  expect(await rows(), 'it may still be running').toHaveLength(1);
  await database.asOwner((transaction) =>
    transaction.execute(
      sql`UPDATE basemap_extracts SET written_at = now() - interval '1 hour' WHERE id = ${killed.id}`,
    ),
  );
  await sweepExtracts(database);
  expect(await rows()).toEqual([]);
});

test('a polygon that crosses itself is stored with the area it has, one without area is not', async () => {
  const [lng, lat] = [-30.6, 10.1];
  const ring = (corners: [number, number][]): BasemapFeature['geometry'] => ({
    type: 'Polygon',
    coordinates: [corners.map(([x, y]) => [lng + x * 1e-3, lat + y * 1e-3])],
  });
  const bowTie = ring([
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
  const flat = ring([
    [0, 0],
    [1, 0],
    [2, 0],
    [0, 0],
  ]);
  const outcome = await importExtract(
    database,
    describeExtract('bow-tie'),
    [
      { layer: 'water', osmType: 'way', osmId: 51, class: 'lake', geometry: bowTie },
      { layer: 'water', osmType: 'way', osmId: 52, class: 'lake', geometry: flat },
    ],
    [],
  );
  expect(outcome).toMatchObject({ stored: { water: 1 } });
  const [row] = await database.inScope([], (transaction) =>
    transaction.query(
      sql`SELECT ST_IsValid(geom) AS valid, ST_NumGeometries(geom) AS parts FROM basemap_features WHERE osm_id = 51 AND layer = 'water'`,
    ),
  );
  expect(row).toEqual({ valid: true, parts: 2 });
});

test('streets are split where they meet, and a piece apart has a number of its own', async () => {
  const at = (x: number, y: number): [number, number] => [-30.7 + x * 1e-3, 10.1 + y * 1e-3];
  const ways = [
    street(61, [1, 2, 3], [at(0, 0), at(1, 0), at(2, 0)]),
    street(62, [2, 4], [at(1, 0), at(1, 1)]),
    street(63, [8, 9], [at(5, 5), at(6, 5)]),
  ];
  await importExtract(database, describeExtract('graph'), [road(61, at(0, 0), '图路')], ways);
  const edges = await database.inScope([], (transaction) =>
    transaction.query(sql`
      SELECT way_id, segment, from_node, to_node, component, round(length_m) AS length_m FROM street_edges
      WHERE extract_id = (SELECT id FROM basemap_extracts WHERE name = 'graph') ORDER BY way_id, segment`),
  );
  expect(edges).toEqual([
    { way_id: 61, segment: 0, from_node: 1, to_node: 2, component: 1, length_m: 109 },
    { way_id: 61, segment: 1, from_node: 2, to_node: 3, component: 1, length_m: 109 },
    { way_id: 62, segment: 0, from_node: 2, to_node: 4, component: 1, length_m: 111 },
    { way_id: 63, segment: 0, from_node: 8, to_node: 9, component: 2, length_m: 109 },
  ]);
});

test('a tile is found by the geometry index, an overview by the one without buildings', async () => {
  const place: [number, number] = [-31, 11];
  const many = Array.from({ length: 3000 }, (_, i) =>
    road(
      70_000 + i,
      [-31 + (i % 60) * 0.01, 11 + Math.floor(i / 60) * 0.01],
      `${i}路`,
      i % 50 === 0 ? 'primary' : 'service',
    ),
  );
  await importExtract(database, describeExtract('many'), many, []);
  await database.asOwner((transaction) => transaction.execute(sql`ANALYZE basemap_features`));
  const ids = (await database.asOwner(listShownExtracts)).map(({ id }) => id);
  const planAt = (zoom: number) =>
    explain(database, [], (transaction) => listTileRows(transaction, ids, ...tileAt(place, zoom)));
  expect(await planAt(14)).toContain('basemap_features_geom_idx');
  expect(await planAt(11)).toContain('basemap_features_overview_idx');
});

test('the role that serves requests can read the base map and not write it', async () => {
  const write = database.inScope([], (transaction) => transaction.execute(sql`DELETE FROM basemap_features`));
  await expect(write).rejects.toThrow(/permission denied/);
});
