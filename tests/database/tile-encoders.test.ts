import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeTile } from '../../api/basemap/encode-tile.ts';
import type { BasemapFeature } from '../../api/basemap/feature.ts';
import { beginExtract, removeExtract, type Extract } from '../../api/basemap/extract.ts';
import { readOsmExtract } from '../../api/basemap/osm/read-extract.ts';
import { encodeTileInDatabase, listTileRows } from '../../api/basemap/queries.ts';
import { writeFeatures } from '../../api/basemap/write-features.ts';
import type { Database } from '../../api/database/database.ts';
import { tileFeatureId, tileSchema, type LayerName } from '../../tiles/schema.ts';
import { differenceInUnits } from '../fixtures/difference-in-units.ts';
import { readMvt, type MvtFeature } from '../fixtures/read-mvt.ts';
import { awkwardShapes } from '../fixtures/awkward-shapes.ts';
import { openTestDatabase } from './harness.ts';

let database: Database;
const extracts: Extract[] = [];
beforeAll(() => {
  database = openTestDatabase();
});
afterAll(async () => {
  for (const { id } of extracts) await removeExtract(database, id);
  await database.close();
});

async function write(
  name: string,
  features: Iterable<BasemapFeature> | AsyncIterable<BasemapFeature>,
): Promise<Extract> {
  const extract = await beginExtract(database, {
    name,
    source: 'osm',
    attribution: '© test',
    sha256: createHash('sha256').update(name).digest(),
    observedAt: null,
  });
  extracts.push(extract);
  await writeFeatures(database, extract, features);
  return extract;
}

type Tile = Record<string, MvtFeature[]>;
const inNode = async ({ id }: Extract, zoom: number, x: number, y: number): Promise<Tile> =>
  readMvt(
    encodeTile(await database.inScope([], (transaction) => listTileRows(transaction, [id], zoom, x, y)), zoom, x, y),
  );
const inDatabase = async ({ id }: Extract, zoom: number, x: number, y: number): Promise<Tile> =>
  readMvt((await database.inScope([], (transaction) => encodeTileInDatabase(transaction, [id], zoom, x, y))).bytes);

/** Every tile of some zooms that the extract touches. */
function* tilesOf({ bbox }: Extract, zooms: number[]): Generator<[number, number, number]> {
  const [west, south, east, north] = bbox!;
  for (const zoom of zooms) {
    const column = (lng: number) => Math.floor(((lng + 180) / 360) * 2 ** zoom);
    const row = (lat: number) =>
      Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** zoom);
    for (let x = column(west); x <= column(east); x++)
      for (let y = row(north); y <= row(south); y++) yield [zoom, x, y];
  }
}

/** Both encoders leave out what is smaller than a CSS pixel (8 units) or has no width, each by a rule of its own. */
const isSpeck = ({ type, parts }: MvtFeature): boolean => {
  const all = parts.flat();
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const [width, height] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
  return type === 1 ? false : Math.max(width, height) <= 8 || (type === 3 && Math.min(width, height) <= 2);
};

/** What only touches the buffer's rim may be kept by one and dropped by the other; nobody ever sees it. */
const isBeyond = ({ parts }: MvtFeature): boolean =>
  parts.flat().every(([x]) => x <= -62) ||
  parts.flat().every(([x]) => x >= 4158) ||
  parts.flat().every(([, y]) => y <= -62) ||
  parts.flat().every(([, y]) => y >= 4158);

async function expectSame(extract: Extract, zooms: number[]): Promise<number> {
  let compared = 0;
  for (const [zoom, x, y] of tilesOf(extract, zooms)) {
    const [node, postgis] = [await inNode(extract, zoom, x, y), await inDatabase(extract, zoom, x, y)];
    const where = `tile ${zoom}/${x}/${y}`;
    for (const layer of new Set([...Object.keys(node), ...Object.keys(postgis)])) {
      const theirs = new Map((postgis[layer] ?? []).map((feature) => [feature.id, feature]));
      const ours = new Map((node[layer] ?? []).map((feature) => [feature.id, feature]));
      for (const id of new Set([...ours.keys(), ...theirs.keys()])) {
        const [a, b] = [ours.get(id), theirs.get(id)];
        if (!a || !b) {
          expect(
            isSpeck((a ?? b)!) || isBeyond((a ?? b)!),
            `${where} ${layer} ${id} is missing ${a ? 'in PostGIS' : 'in Node'}`,
          ).toBe(true);
          continue;
        }
        expect(a.attributes, `${where} ${layer} ${id}`).toEqual(b.attributes);
        expect(a.type, `${where} ${layer} ${id}`).toBe(b.type);
        expect(differenceInUnits(a, b), `${where} ${layer} ${id}`).toBeLessThanOrEqual(2);
        compared++;
      }
    }
  }
  return compared;
}

describe('a tile encoded in Node', () => {
  test('carries every layer of the schema with its attributes and ids', async () => {
    const extract = await write('encoders-node', awkwardShapes([-40, 20]));
    const seen = new Map<string, Set<string>>();
    for (const [zoom, x, y] of tilesOf(extract, [16])) {
      for (const [layer, features] of Object.entries(await inNode(extract, zoom, x, y))) {
        const attributes = seen.get(layer) ?? seen.set(layer, new Set()).get(layer)!;
        for (const feature of features) for (const name of Object.keys(feature.attributes)) attributes.add(name);
      }
    }
    for (const [layer, attributes] of seen)
      expect([...attributes].sort()).toEqual([...tileSchema[layer as LayerName].attributes].sort());
    expect([...seen.keys()].sort()).toEqual(Object.keys(tileSchema).sort());
  });

  test('turns outer rings one way and holes the other, as renderers tell them apart', async () => {
    const extract = extracts[0]!;
    for (const tile of tilesOf(extract, [14]))
      for (const feature of Object.values(await inNode(extract, ...tile))
        .flat()
        .filter(({ type }) => type === 3))
        expect(signedArea(feature.parts[0]!)).toBeGreaterThan(0);
    const holed = tileFeatureId('relation', 2);
    const tiles = await Promise.all([...tilesOf(extract, [14])].map((tile) => inNode(extract, ...tile)));
    const found = tiles
      .flatMap((tile) => tile['green'] ?? [])
      .filter(({ id, parts }) => id === holed && parts.length > 1);
    expect(found.length).toBeGreaterThan(0);
    for (const { parts } of found) expect(signedArea(parts[1]!)).toBeLessThan(0);
  });
});

const signedArea = (ring: [number, number][]): number =>
  ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length]!;
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);

const engine = process.env['TEST_DATABASE_URL'] ? 'postgis' : 'embedded';
describe.skipIf(engine === 'embedded')(
  'Node and PostGIS encode the same tile (PostGIS runs only: the embedded engine has no ST_AsMVT)',
  () => {
    test('of awkward shapes, at every zoom from 8', async () => {
      const extract = await write('encoders-awkward', awkwardShapes([-42, 20]));
      expect(await expectSame(extract, [8, 9, 10, 11, 12, 13, 14, 15, 16])).toBeGreaterThan(100);
    });

    const monaco = new URL('../../../shared/data/monaco.osm.pbf', import.meta.url).pathname;
    test.skipIf(!existsSync(monaco))(`of Monaco (skipped where ${monaco} is missing)`, async () => {
      const extract = await write('encoders-monaco', (await readOsmExtract(monaco)).features());
      expect(await expectSame(extract, [10, 12, 13, 14, 15, 16])).toBeGreaterThan(3000);
    });
  },
);
