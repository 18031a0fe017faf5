import type { Position } from 'geojson';
import { describe, expect, test } from 'vitest';
import { areaM2 } from '../../../api/basemap/area.ts';
import { clipLine, clipRing } from '../../../api/basemap/clip.ts';
import { toLngLat, toMercator } from '../../../api/basemap/mercator.ts';
import { joinPieces, nestRings, type RingPiece } from '../../../api/basemap/osm/assemble-rings.ts';
import { closeSea } from '../../../api/basemap/osm/close-sea.ts';
import { labelPointOf } from '../../../api/basemap/osm/label-point.ts';
import { simplifyLine } from '../../../api/basemap/simplify.ts';
import { buildStreetGraph } from '../../../api/basemap/street-graph.ts';
import { decodeWkb, encodeWkb } from '../../../api/basemap/wkb.ts';
import type { StreetWay } from '../../../api/basemap/feature.ts';

const box = (west: number, south: number, east: number, north: number): Position[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
/** A piece whose node ids are made of its places. */
const piece = (...lngLats: Position[]): RingPiece => ({
  nodeIds: lngLats.map(([x = 0, y = 0]) => x * 1000 + y),
  lngLats,
});

describe('rings of a multipolygon', () => {
  test('are joined from ways that run either way', () => {
    const { rings, open } = joinPieces([piece([0, 0], [4, 0]), piece([4, 4], [4, 0]), piece([0, 0], [0, 4], [4, 4])]);
    expect(open).toEqual([]);
    expect(rings.map(({ lngLats }) => lngLats.length)).toEqual([5]);
  });

  test('that do not close are told', () => {
    expect(joinPieces([piece([0, 0], [4, 0]), piece([4, 0], [4, 4])])).toMatchObject({ rings: [], open: [{}] });
  });

  test('nest: a hole in an area, an island in the hole, an area beside', () => {
    const polygons = nestRings([box(4, 4, 6, 6), box(0, 0, 10, 10), box(20, 0, 22, 2), box(2, 2, 8, 8)]);
    expect(polygons.map((rings) => rings.map((ring) => ring[0]))).toEqual([
      [
        [0, 0],
        [2, 2],
      ],
      [[4, 4]],
      [[20, 0]],
    ]);
  });

  test('turn counter-clockwise outside and clockwise inside', () => {
    const [rings] = nestRings([box(0, 0, 10, 10).toReversed(), box(2, 2, 8, 8)]);
    expect(rings![0]![1]).toEqual([10, 0]);
    expect(rings![1]![1]).toEqual([2, 8]);
  });
});

describe('the sea', () => {
  const bbox: [number, number, number, number] = [0, 0, 10, 10];
  const area = (polygons: Position[][][]): number =>
    areaM2({ type: 'MultiPolygon', coordinates: polygons }) /
    areaM2({ type: 'Polygon', coordinates: [box(0, 0, 1, 1)] });

  test('lies to the right of a coast from edge to edge', () => {
    // Land on the left of a line going north at x = 4: the sea is to its east.
    const sea = closeSea([piece([4, 0], [4, 5]), piece([4, 5], [4, 10])], bbox);
    expect(sea).toHaveLength(1);
    expect(area(sea)).toBeCloseTo(60, -1);
    expect(sea[0]![0]!.some(([x]) => x === 10)).toBe(true);
    expect(sea[0]![0]!.some(([x]) => x === 0)).toBe(false);
  });

  test('is on both sides of a spit with two coasts', () => {
    const sea = closeSea([piece([4, 10], [4, 0]), piece([6, 0], [6, 10])], bbox);
    expect(sea).toHaveLength(2);
    expect(area(sea)).toBeCloseTo(80, -1);
  });

  test('leaves islands out', () => {
    const sea = closeSea([piece(...box(4, 4, 6, 6))], bbox);
    expect(sea.map((rings) => rings.length)).toEqual([2]);
  });

  test('is not where there is no coast', () => {
    expect(closeSea([], bbox)).toEqual([]);
  });
});

test('the name of a crescent lies on it, not in its bay', () => {
  const crescent: Position[] = [
    [0, 0],
    [10, 0],
    [10, 10],
    [8, 10],
    [8, 2],
    [2, 2],
    [2, 10],
    [0, 10],
    [0, 0],
  ];
  const [lng, lat] = labelPointOf([[crescent]])!;
  expect(lat).toBeGreaterThan(0);
  expect(lng < 2 || lng > 8 || lat < 2).toBe(true);
});

describe('the street graph', () => {
  const way = (wayId: number, nodeIds: number[], more: Partial<StreetWay> = {}): StreetWay => ({
    wayId,
    nodeIds,
    lngLats: nodeIds.map((id) => [id * 0.001, 30]),
    class: 'residential',
    oneway: 0,
    ...more,
  });

  test('splits a street where another meets it and nowhere else', () => {
    const { edges } = buildStreetGraph([way(1, [1, 2, 3, 4]), way(2, [3, 9])]);
    expect(edges.map(({ wayId, fromNode, toNode }) => [wayId, fromNode, toNode])).toEqual([
      [1, 1, 3],
      [1, 3, 4],
      [2, 3, 9],
    ]);
    expect(edges[0]!.lengthM).toBeCloseTo(2 * 96.3, 0);
  });

  test('splits a street that crosses itself', () => {
    const { edges } = buildStreetGraph([way(1, [1, 2, 3, 4, 2, 5])]);
    expect(edges.map(({ fromNode, toNode }) => [fromNode, toNode])).toEqual([
      [1, 2],
      [2, 2],
      [2, 5],
    ]);
  });

  test('numbers connected pieces by size', () => {
    const { edges, nodes, componentEdgeCounts } = buildStreetGraph([way(1, [50, 51]), way(2, [1, 2]), way(3, [2, 3])]);
    expect(componentEdgeCounts).toEqual([2, 1]);
    expect(edges.map(({ component }) => component)).toEqual([2, 1, 1]);
    expect(nodes.find(({ osmId }) => osmId === 50)!.component).toBe(2);
  });

  test('is empty without streets', () => {
    expect(buildStreetGraph([way(1, [7])])).toEqual({ nodes: [], edges: [], componentEdgeCounts: [] });
  });
});

describe('cutting to a tile', () => {
  const square = { min: 0, max: 10 };

  test('a line that leaves and returns becomes two', () => {
    expect(clipLine(Float64Array.of(1, 1, 1, 20, 9, 20, 9, 1), square)).toEqual([
      [1, 1, 1, 10],
      [9, 10, 9, 1],
    ]);
  });

  test('a line that passes by is nothing, one that passes through is cut at both ends', () => {
    expect(clipLine(Float64Array.of(-5, -5, 20, -5), square)).toEqual([]);
    expect(clipLine(Float64Array.of(-5, 5, 20, 5), square)).toEqual([[0, 5, 10, 5]]);
  });

  test('an area around the tile fills it', () => {
    expect(new Set(clipRing(Float64Array.of(-5, -5, 20, -5, 20, 20, -5, 20, -5, -5), square))).toEqual(
      new Set([0, 10]),
    );
  });

  test('an area beside it is nothing', () => {
    expect(clipRing(Float64Array.of(20, 20, 30, 20, 30, 30, 20, 20), square)).toEqual([]);
  });
});

test('simplifying keeps the ends and what lies farther out than the tolerance', () => {
  const line = Float64Array.of(0, 0, 5, 0.9, 10, 0, 15, 3, 20, 0);
  expect([...simplifyLine(line, 1)]).toEqual([0, 0, 10, 0, 15, 3, 20, 0]);
  expect(simplifyLine(line, 0)).toBe(line);
});

test('a place survives mercator and back', () => {
  const [lng, lat] = toLngLat(...toMercator([120.123_456_7, 30.765_432_1]));
  expect(lng).toBeCloseTo(120.123_456_7, 9);
  expect(lat).toBeCloseTo(30.765_432_1, 9);
});

test('well-known binary is read as it was written', () => {
  const flat = decodeWkb(
    encodeWkb(
      { type: 'MultiPolygon', coordinates: [[box(0, 0, 9, 9), box(2, 2, 4, 4)], [box(20, 20, 30, 30)]] },
      ([x = 0, y = 0]) => [x, y],
    ),
  );
  expect(flat.kind).toBe('polygon');
  expect(flat.ringCounts).toEqual([2, 1]);
  expect([...flat.parts[1]!]).toEqual(box(2, 2, 4, 4).flat());
  expect(() => decodeWkb(Buffer.from([1, 2, 0, 0, 0, 9, 0, 0, 0]))).toThrow(RangeError);
});
