import { describe, expect, test } from 'vitest';
import { haversineDistanceM } from '../../../api/basemap/mercator.ts';
import type { Bbox, LngLat } from '../../../api/positions/contract.ts';
import { findWays } from '../../../api/routing/find-ways.ts';
import { buildStreetNetwork, type Street, type StreetNetwork } from '../../../api/routing/street-network.ts';
import { streetSpeedMps, streetKinds, walkingMps, type StreetKind } from '../../../api/routing/travel-speeds.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';

/** Metres east and north of a corner at the equator, where a degree is as long both ways. */
const degreeM = (Math.PI / 180) * 6_371_008.8;
const at = (eastM: number, northM: number): LngLat => [eastM / degreeM, northM / degreeM];
const bbox: Bbox = [-0.02, -0.02, 0.06, 0.06];

function street(fromNode: number, toNode: number, line: LngLat[], more: Partial<Street> = {}): Street {
  const lengthM = line.reduce((sum, place, i) => (i === 0 ? 0 : sum + haversineDistanceM(line[i - 1]!, place)), 0);
  return {
    fromNode,
    toNode,
    component: 1,
    lengthM,
    oneway: 0,
    class: 'residential',
    positions: new Float64Array(line.flat()),
    ...more,
  };
}

const way = (network: StreetNetwork, kind: StreetKind, to: LngLat, from: LngLat) =>
  findWays(network, kind, to, [from])[0]!;

/**
 * A square of 1,000 m with a quick road along its south and east sides, and a path across:
 *
 *   4 ── service ── 3
 *   │          ╱    ║
 * residential path  secondary
 *   │    ╱          ║
 *   1 ══ secondary ═ 2
 */
const square = buildStreetNetwork(
  [
    street(1, 2, [at(0, 0), at(1000, 0)], { class: 'secondary' }),
    street(2, 3, [at(1000, 0), at(1000, 1000)], { class: 'secondary' }),
    street(3, 4, [at(1000, 1000), at(0, 1000)], { class: 'service' }),
    street(4, 1, [at(0, 1000), at(0, 0)]),
    street(1, 3, [at(0, 0), at(1000, 1000)], { class: 'path' }),
  ],
  bbox,
);

describe('on a square of streets whose times are known by hand', () => {
  test('a car takes the quick road around: 2,000 m at 55 km/h are 131 s', () => {
    const found = way(square, 'car', at(1000, 1000), at(0, 0));
    expect(found.seconds).toBeCloseTo(2000 / (55 / 3.6), 0);
    expect(found.metres).toBeCloseTo(2000, 0);
    expect(found.lngLats).toEqual([at(0, 0), at(1000, 0), at(1000, 1000)]);
  });

  test('who walks goes across: 1,414 m at 5 km/h are 1,018 s', () => {
    const found = way(square, 'foot', at(1000, 1000), at(0, 0));
    expect(found.seconds).toBeCloseTo((1000 * Math.SQRT2) / (5 / 3.6), 0);
    expect(found.lngLats).toEqual([at(0, 0), at(1000, 1000)]);
  });

  test('a bicycle takes the road too: 2,000 m at 15 km/h are sooner than 1,414 m of path at 8', () => {
    expect(way(square, 'bike', at(1000, 1000), at(0, 0)).seconds).toBeCloseTo(2000 / (15 / 3.6), 0);
  });

  test('from the middle of one street to the middle of another, with the walk from the door and to it', () => {
    // 40 m north of the middle of the south side, to 25 m west of the middle of the east side.
    const found = way(square, 'car', at(975, 500), at(500, 40));
    expect(found.seconds).toBeCloseTo(40 / walkingMps + 1000 / (55 / 3.6) + 25 / walkingMps, 0);
    expect(found.metres).toBeCloseTo(40 + 500 + 500 + 25, 0);
    expect(found.lngLats[0]).toEqual(at(500, 40));
    expect(found.lngLats.at(-1)).toEqual(at(975, 500));
    expect(found.lngLats).toHaveLength(5);
  });

  test('along one and the same street it goes straight', () => {
    const found = way(square, 'car', at(800, 0), at(300, 0));
    expect(found.metres).toBeCloseTo(500, 0);
    expect(found.seconds).toBeCloseTo(500 / (55 / 3.6), 1);
  });
});

test('a car goes around a one-way street, a bicycle is pushed against it, and who walks does not mind', () => {
  // A ring of 500 m sides; the first side is one-way from 1 to 2.
  const ring = buildStreetNetwork(
    [
      street(1, 2, [at(0, 0), at(500, 0)], { oneway: 1 }),
      street(2, 3, [at(500, 0), at(500, 500)]),
      street(3, 4, [at(500, 500), at(0, 500)]),
      street(4, 1, [at(0, 500), at(0, 0)]),
    ],
    bbox,
  );
  expect(way(ring, 'car', at(500, 0), at(0, 0)).metres).toBeCloseTo(500, 0);
  expect(way(ring, 'car', at(0, 0), at(500, 0)).metres).toBeCloseTo(1500, 0);
  expect(way(ring, 'car', at(0, 0), at(500, 0)).seconds).toBeCloseTo(1500 / (25 / 3.6), 0);
  expect(way(ring, 'bike', at(0, 0), at(500, 0)).seconds).toBeCloseTo(Math.min(1500 / (15 / 3.6), 500 / (4 / 3.6)), 0);
  expect(way(ring, 'foot', at(0, 0), at(500, 0)).metres).toBeCloseTo(500, 0);
  // On the one-way street itself, but past the place: around.
  expect(way(ring, 'car', at(100, 0), at(400, 0)).metres).toBeCloseTo(1700, 0);
});

test('a one-way street that was drawn against its direction binds the same', () => {
  const line = buildStreetNetwork([street(1, 2, [at(0, 0), at(500, 0)], { oneway: -1 })], bbox);
  expect(findWays(line, 'car', at(0, 0), [at(500, 0)])[0]?.metres).toBeCloseTo(500, 0);
  expect(findWays(line, 'car', at(500, 0), [at(0, 0)])[0]).toBeNull();
});

test('there is no way where no street is near, none leads there, or none is for cars', () => {
  const apart = buildStreetNetwork(
    [
      street(1, 2, [at(0, 0), at(500, 0)]),
      street(3, 4, [at(0, 2000), at(500, 2000)], { component: 2 }),
      street(2, 5, [at(500, 0), at(1500, 0)], { class: 'path' }),
    ],
    bbox,
  );
  expect(
    findWays(apart, 'car', at(0, 0), [at(0, 2000), at(0, 1000), at(400, 0)]).map((found) => found !== null),
  ).toEqual([false, false, true]);
  // The path's far end: 1,000 m from where a car has to stop, more than anybody is taken to walk.
  expect(findWays(apart, 'car', at(1500, 0), [at(0, 0)])).toEqual([null]);
  expect(way(apart, 'foot', at(1500, 0), at(0, 0)).metres).toBeCloseTo(1500, 0);
  expect(findWays(apart, 'foot', at(0, 1000), [at(0, 0)])).toEqual([null]);
});

test('a lane by itself nearer than the town’s streets does not cut a place off', () => {
  const lane = buildStreetNetwork(
    [
      street(1, 2, [at(0, 0), at(1000, 0)]),
      street(3, 4, [at(0, 150), at(1000, 150)], { component: 2, class: 'service' }),
    ],
    bbox,
  );
  // 10 m from the lane, 140 m from the street of the town.
  expect(way(lane, 'car', at(800, 140), at(0, 0)).metres).toBeCloseTo(800 + 140, 0);
});

describe('against Floyd and Warshall on random towns', () => {
  const next = seededRandom(7);
  const size = 7;
  test.each([1, 2, 3])('town %i: every time from every corner to every corner', () => {
    const corner = (node: number): LngLat => at((node % size) * 400, Math.floor(node / size) * 400);
    const classes = ['primary', 'tertiary', 'residential', 'service', 'pedestrian', 'path'];
    const streets: Street[] = [];
    const join = (a: number, b: number): void => {
      if (next() < 0.25) return;
      const [from, to] = next() < 0.5 ? [a, b] : [b, a];
      const [x, y] = [corner(from), corner(to)];
      // A bend, so that lengths differ; never near another street.
      const bend: LngLat = [(x[0] + y[0]) / 2 + (next() - 0.5) / degreeM, (x[1] + y[1]) / 2 + (next() - 0.5) / degreeM];
      streets.push(
        street(from, to, [x, bend, y], {
          class: classes[Math.floor(next() * classes.length)]!,
          oneway: next() < 0.3 ? (next() < 0.5 ? 1 : -1) : 0,
        }),
      );
    };
    for (let node = 0; node < size * size; node++) {
      if (node % size < size - 1) join(node, node + 1);
      if (node + size < size * size) join(node, node + size);
    }
    const network = buildStreetNetwork(streets, bbox);
    for (const kind of streetKinds) {
      const times = floydWarshall(streets, kind, size * size);
      const usable = new Set(
        streets
          .filter(({ class: name }) => streetSpeedMps(kind, name as 'path', false) > 0)
          .flatMap(({ fromNode, toNode }) => [fromNode, toNode]),
      );
      const corners = [...usable];
      for (const place of corners) {
        const found = findWays(network, kind, corner(place), corners.map(corner));
        corners.forEach((from, index) => {
          const expected = times[from]![place]!;
          if (expected === Infinity) expect(found[index]).toBeNull();
          else {
            expect(found[index]!.seconds).toBeCloseTo(expected, 3);
            expect(lengthOf(found[index]!.lngLats)).toBeCloseTo(found[index]!.metres, 1);
          }
        });
      }
    }
  });
});

const lengthOf = (line: LngLat[]): number =>
  line.reduce((sum, place, i) => (i === 0 ? 0 : sum + haversineDistanceM(line[i - 1]!, place)), 0);

/** Seconds from each corner to each, by trying all corners in between. */
function floydWarshall(streets: readonly Street[], kind: StreetKind, count: number): number[][] {
  const times = Array.from({ length: count }, (_, a) =>
    Array.from({ length: count }, (__, b) => (a === b ? 0 : Infinity)),
  );
  for (const { fromNode, toNode, lengthM, oneway, class: name } of streets) {
    const along = lengthM / streetSpeedMps(kind, name as 'path', oneway < 0);
    const against = lengthM / streetSpeedMps(kind, name as 'path', oneway > 0);
    times[fromNode]![toNode] = Math.min(times[fromNode]![toNode]!, along);
    times[toNode]![fromNode] = Math.min(times[toNode]![fromNode]!, against);
  }
  for (let middle = 0; middle < count; middle++)
    for (let a = 0; a < count; a++)
      for (let b = 0; b < count; b++) times[a]![b] = Math.min(times[a]![b]!, times[a]![middle]! + times[middle]![b]!);
  return times;
}
