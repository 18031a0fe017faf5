import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { buildStreetGraph } from '../../../api/basemap/street-graph.ts';
import { basemapFeatures, streetWays } from '../../../api/stations/demo/basemap-features.ts';
import { cornersOf } from '../../../api/stations/demo/building-site.ts';
import { generateTown } from '../../../api/stations/demo/generate-town.ts';
import { toLngLat, toPoint, type LngLat } from '../../../api/stations/demo/ground.ts';
import { areaOf, distanceToLine, isInside, type Point, type Ring } from '../../../api/stations/demo/plane.ts';

// Drawn several times, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const town = generateTown(1);
const features = [...basemapFeatures(town)];
const hashOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
const rounded = (ring: Ring): LngLat[] => ring.map(toLngLat);

test('the same seed gives the same town to the last byte, another seed another town', () => {
  expect(hashOf([...basemapFeatures(generateTown(1))])).toBe(hashOf(features));
  expect(hashOf([...basemapFeatures(generateTown(2))])).not.toBe(hashOf(features));
});

test('another seed gives a whole town too', () => {
  const other = generateTown(7);
  expect(other.grids).toHaveLength(39);
  expect(other.blocks.filter(({ use }) => use === 'compound')).toHaveLength(56);
  expect(areaOf(other.boundary) / 1e6).toBeCloseTo(8.9, 3);
});

test('the area of responsibility measures 8.9 km²', () => {
  expect(areaOf(rounded(town.boundary).map(toPoint)) / 1e6).toBeCloseTo(8.9, 3);
});

test('39 grids tile the area: every side belongs to two grids, or to one and the boundary', () => {
  expect(town.grids).toHaveLength(39);
  const sides = new Map<string, number>();
  const count = (ring: readonly LngLat[], step: number) =>
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length] as LngLat;
      sides.set(`${a} ${b}`, (sides.get(`${a} ${b}`) ?? 0) + step);
    });
  for (const grid of town.grids) count(rounded(grid), 1);
  // Walked the other way round, the boundary closes what the grids leave open.
  count(rounded(town.boundary).toReversed(), 1);
  for (const [side, times] of sides) {
    const [a, b] = side.split(' ');
    expect(times, side).toBe(1);
    expect(sides.get(`${b} ${a}`), side).toBe(1);
  }
  const sum = town.grids.reduce((total, grid) => total + areaOf(rounded(grid).map(toPoint)), 0);
  expect(sum).toBeCloseTo(areaOf(rounded(town.boundary).map(toPoint)), 0);
});

test('no grid is a sliver', () => {
  for (const grid of town.grids) expect(areaOf(grid)).toBeGreaterThan(30_000);
});

test('56 compounds have names of their own, buildings inside and a lane to the street', () => {
  const compounds = town.blocks.filter(({ use }) => use === 'compound');
  expect(new Set(compounds.map(({ name }) => name?.name)).size).toBe(56);
  const homes = town.buildings.filter((building) => building.class === 'apartments');
  for (const { ring, name } of compounds) {
    const inside = homes.filter((home) => isInside(ring, home.centre));
    expect(inside.length, name?.name).toBeGreaterThan(3);
    for (const home of inside) for (const corner of cornersOf(home)) expect(isInside(ring, corner)).toBe(true);
    expect(
      town.streets.some(
        ({ class: roadClass, points }) => roadClass === 'service' && points.some((point) => isInside(ring, point)),
      ),
    ).toBe(true);
  }
});

test('a few thousand buildings stand, none on a street, in the river or on another', () => {
  expect(town.buildings.length).toBeGreaterThan(3000);
  expect(town.buildings.length).toBeLessThan(10_000);
  // Each thing is found in the cells its middle part can touch: streets have a point every 60 m at most, buildings are shorter than 100 m.
  const streetsNear = new Map<string, Point[][]>();
  for (const { points } of town.streets)
    for (let i = 1; i < points.length; i++) {
      const side = [points[i - 1] as Point, points[i] as Point];
      for (const key of cellsAround(side[0] as Point)) streetsNear.set(key, [...(streetsNear.get(key) ?? []), side]);
    }
  const onStreet = town.buildings.filter((building) =>
    (streetsNear.get(cellOf(building.centre)) ?? []).some(
      (side) => distanceToLine(building.centre, side) < building.depthM / 2,
    ),
  );
  expect(onStreet).toEqual([]);
  expect(town.buildings.filter(({ centre }) => isInside(town.river, centre))).toEqual([]);
  const standing = new Map<string, Ring[]>();
  const stacked = town.buildings.filter((building) => {
    const near = cellsAround(building.centre).flatMap((key) => standing.get(key) ?? []);
    standing.set(cellOf(building.centre), [...(standing.get(cellOf(building.centre)) ?? []), cornersOf(building)]);
    return near.some((other) => isInside(other, building.centre));
  });
  expect(stacked).toEqual([]);
});

const cellOf = ([x, y]: Point) => `${Math.floor(x / 80)},${Math.floor(y / 80)}`;
const cellsAround = ([x, y]: Point): string[] =>
  [-80, 0, 80].flatMap((dx) => [-80, 0, 80].map((dy) => cellOf([x + dx, y + dy])));

test('the streets hang together: every street can be reached from every other', () => {
  const graph = buildStreetGraph(streetWays(town));
  expect(graph.componentEdgeCounts).toHaveLength(1);
  expect(graph.edges.length).toBeGreaterThan(1500);
});

test('streets cross the river on bridges only', () => {
  for (const street of town.streets)
    for (const point of street.points.slice(1, -1))
      if (isInside(town.river, point) && street.class !== 'rail') expect(street.bridge).toBe(true);
  expect(new Set(town.streets.filter(({ bridge }) => bridge).map(({ name }) => name?.name)).size).toBe(5);
});

test('the base map has every layer a town shows, all ids negative and none twice', () => {
  for (const layer of ['landuse', 'green', 'water', 'buildings', 'roads', 'places']) {
    const ids = features
      .filter((feature) => feature.layer === layer)
      .map(({ osmType, osmId }) => `${osmType} ${osmId}`);
    expect(ids.length, layer).toBeGreaterThan(10);
    expect(new Set(ids).size, layer).toBe(ids.length);
  }
  expect(features.every(({ osmId }) => osmId < 0)).toBe(true);
});

test('streets of all classes have Chinese names with their English form', () => {
  for (const roadClass of ['primary', 'secondary', 'tertiary', 'residential', 'pedestrian']) {
    const named = features.filter(
      (feature) => feature.layer === 'roads' && feature.class === roadClass && feature.name,
    );
    expect(named.length, roadClass).toBeGreaterThan(3);
    for (const { name, nameEn } of named) {
      expect(name).toMatch(/^\p{Script=Han}+$/u);
      expect(nameEn).toMatch(/^[A-Z][A-Za-z0-9. ]+$/);
    }
  }
});
