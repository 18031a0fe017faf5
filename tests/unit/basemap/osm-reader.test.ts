import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BasemapFeature } from '../../../api/basemap/feature.ts';
import { readOsmExtract } from '../../../api/basemap/osm/read-extract.ts';
import { smallTown } from '../../fixtures/small-town.ts';
import { writeOsmPbf, type OsmSource } from '../../fixtures/write-osm-pbf.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sd-osm-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const fileOf = (bytes: Uint8Array | string): string => {
  const path = join(directory, `${Math.random().toString(36).slice(2)}.osm.pbf`);
  writeFileSync(path, bytes);
  return path;
};

async function readAll(path: string) {
  const extract = await readOsmExtract(path);
  const features: BasemapFeature[] = [];
  for await (const feature of extract.features()) features.push(feature);
  return { ...extract, features };
}

const readSource = (source: OsmSource) => readAll(fileOf(writeOsmPbf(source)));

describe('a small town', () => {
  test('becomes roads with class, name and direction', async () => {
    const { features } = await readSource(smallTown([120, 30]));
    const roads = features.filter(({ layer }) => layer === 'roads');
    expect(roads.map(({ class: roadClass, name, nameEn, oneway }) => ({ roadClass, name, nameEn, oneway }))).toEqual([
      { roadClass: 'primary', name: '长江路', nameEn: 'Changjiang Road', oneway: 0 },
      { roadClass: 'residential', name: '柳巷', nameEn: undefined, oneway: 1 },
      { roadClass: 'service', name: undefined, nameEn: undefined, oneway: 0 },
    ]);
    expect(roads[0]?.geometry).toEqual({
      type: 'LineString',
      coordinates: [
        [119.998, 30],
        [120, 30],
        [120.002, 30],
      ],
    });
  });

  test('keeps the courtyard of a multipolygon open, and draws its outline once', async () => {
    const { features } = await readSource(smallTown([120, 30]));
    const buildings = features.filter(({ layer }) => layer === 'buildings');
    expect(buildings.map(({ osmType, heightM }) => [osmType, heightM])).toEqual([
      ['way', 18],
      ['relation', undefined],
    ]);
    expect(buildings[1]?.geometry.type).toBe('Polygon');
    expect(buildings[1]?.geometry.coordinates).toHaveLength(2);
  });

  test('names a park where it lies and a quarter at its point', async () => {
    const { features } = await readSource(smallTown([120, 30]));
    const places = features.filter(({ layer }) => layer === 'places');
    expect(places.map(({ osmType, class: placeClass, name }) => [osmType, placeClass, name])).toEqual([
      ['node', 'neighbourhood', '柳湾'],
      ['way', 'park', '柳园'],
    ]);
    const [lng, lat] = places[1]!.geometry.coordinates as [number, number];
    expect(lng).toBeCloseTo(119.999, 6);
    expect(lat).toBeCloseTo(30.001, 6);
  });

  test('says how new it is and how far it reaches', async () => {
    const { observedAt, bbox } = await readSource(smallTown([120, 30]));
    expect(observedAt).toEqual(new Date(1_700_000_000_000));
    expect(bbox).toEqual([119.998, 29.9985, 120.002, 30.004]);
  });

  test('reads the same from plain nodes and blocks that are not deflated', async () => {
    const usual = await readSource(smallTown([120, 30]));
    const other = await readSource({ ...smallTown([120, 30]), plainNodes: true, raw: true });
    expect(other.features).toEqual(usual.features);
  });

  test('reads the same when its nodes are not sorted', async () => {
    const town = smallTown([120, 30]);
    const usual = await readSource(town);
    const other = await readSource({ ...town, nodes: town.nodes.toReversed() });
    expect(other.features.filter(({ layer }) => layer !== 'places')).toEqual(
      usual.features.filter(({ layer }) => layer !== 'places'),
    );
  });
});

describe('what a file lacks', () => {
  test('a way whose nodes are partly missing is drawn as far as it goes, and counted', async () => {
    const { features, skipped } = await readSource({
      nodes: [
        { id: 1, lngLat: [120, 30] },
        { id: 2, lngLat: [120.001, 30] },
      ],
      ways: [{ id: 1, nodeIds: [1, 2, 99], tags: { highway: 'path' } }],
    });
    expect(features[0]?.geometry).toEqual({
      type: 'LineString',
      coordinates: [
        [120, 30],
        [120.001, 30],
      ],
    });
    expect([...skipped]).toEqual([['way that lacks some of its nodes', 1]]);
  });

  test('an area with a missing corner is not closed over the gap', async () => {
    const { features } = await readSource({
      nodes: [1, 2, 3, 4].map((id) => ({ id, lngLat: [120 + (id % 2) * 1e-3, 30 + Math.floor(id / 2) * 1e-3] })),
      ways: [{ id: 1, nodeIds: [1, 2, 99, 3, 4, 1], tags: { building: 'yes' } }],
    });
    expect(features).toEqual([]);
  });

  test('a multipolygon whose ring stays open is left out and counted', async () => {
    const town = smallTown([120, 30]);
    const open = {
      ...town,
      ways: town.ways!.map((way) => (way.id === 4 ? { ...way, nodeIds: way.nodeIds.slice(0, -1) } : way)),
    };
    const { features, skipped } = await readSource(open);
    expect(features.filter(({ osmType }) => osmType === 'relation')).toEqual([]);
    expect(skipped.get('multipolygon with a ring that does not close')).toBe(1);
  });
});

describe('a file that cannot be read is told in one sentence', () => {
  const whole = () => writeOsmPbf(smallTown([120, 30]));
  test.each([
    ['empty', () => '', /is empty/],
    ['of another kind', () => 'PK\u0003\u0004 this is a zip file and not a map', /not an OpenStreetMap PBF file/],
    ['of three bytes', () => 'abc', /not an OpenStreetMap PBF file/],
    ['cut in a block', () => whole().subarray(0, -20), /cut short/],
    ['cut in a length', () => Buffer.concat([whole(), Buffer.alloc(2)]), /cut short/],
    [
      'with history',
      () => writeOsmPbf({ ...smallTown([120, 30]), requiredFeatures: ['HistoricalInformation'] }),
      /HistoricalInformation/,
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(readAll(fileOf(bytes()))).rejects.toThrow(message);
    await expect(readAll(fileOf(bytes()))).rejects.toMatchObject({ name: 'OperatorError' });
  });

  test('missing', async () => {
    await expect(readAll(join(directory, 'nowhere.osm.pbf'))).rejects.toThrow(/cannot be opened \(ENOENT\)/);
  });

  test('damaged anywhere: a sentence or a whole read, never a crash', async () => {
    const bytes = whole();
    for (let at = 0; at < bytes.length; at += 7) {
      const broken = Buffer.from(bytes);
      broken[at] = broken[at]! ^ 0xff;
      const outcome = await readAll(fileOf(broken)).then(
        () => 'read',
        (error: Error) => error.name,
      );
      expect(['read', 'OperatorError'], `byte ${at}`).toContain(outcome);
    }
  });
});

const monaco = new URL('../../../../shared/data/monaco.osm.pbf', import.meta.url).pathname;
test.skipIf(!existsSync(monaco))(`Monaco is read whole (skipped where ${monaco} is missing)`, async () => {
  const { features, streets, bbox } = await readAll(monaco);
  const counts = Object.groupBy(features, ({ layer }) => layer);
  expect(counts.buildings!.length).toBeGreaterThan(950);
  expect(counts.roads!.filter(({ name }) => name === 'Boulevard Albert 1er').length).toBeGreaterThan(0);
  expect(counts.water!.some((feature) => feature.class === 'sea')).toBe(true);
  expect(streets.length).toBeGreaterThan(800);
  expect(bbox![0]).toBeGreaterThan(7.3);
});
