import type { MultiPolygon, Position } from 'geojson';
import { placeProblem, toWgs84, type CoordinateSystem } from '../imports/convert-coordinates.ts';
import { textOf, type ColumnMap, type FieldName } from '../imports/map-columns.ts';
import { shorten } from '../imports/read-geojson.ts';
import type { Reject, SourceRow } from '../imports/source-row.ts';
import { readWktPolygons } from './read-wkt.ts';

/** A grid of a file: rings closed and in WGS 84, not yet known to be valid. */
export interface ReadGrid {
  line: number;
  number: string;
  name: string | null;
  officer: string | null;
  area: MultiPolygon;
}

export const gridFields: readonly FieldName[] = [
  { name: 'number', aliases: ['grid', 'grid_number', 'grid_id', 'code', 'no', 'id', '编号', '网格编号', '网格号'] },
  { name: 'name', aliases: ['grid_name', 'title', '名称', '网格名称'] },
  { name: 'officer', aliases: ['officer_name', 'responsible', '民警', '责任民警', '社区民警', '网格民警'] },
  { name: 'area', aliases: ['wkt', 'geometry', 'geom', 'the_geom', '范围', '边界'] },
];

/** One row as a grid, or all that is wrong with it. */
export function readGrid(row: SourceRow, map: ColumnMap, crs: CoordinateSystem): ReadGrid | Reject[] {
  const rejects: Reject[] = [];
  const refuse = (field: string, got: string, expected: string) =>
    void rejects.push({ line: row.line, field, got: got || 'nothing', expected });
  const number = textOf(row, map, 'number');
  if (number === '' || number.length > 50) refuse('number', number, 'a number of 1 to 50 characters');
  const polygons = readPolygons(row, map);
  if ('expected' in polygons) {
    refuse(polygons.field, polygons.got, polygons.expected);
    return rejects;
  }
  const coordinates = polygons.coordinates.map((rings, polygon) =>
    rings.map((ring, index) => {
      const problem = ringProblem(ring);
      if (problem) refuse(`polygon ${polygon + 1}, ring ${index + 1}`, problem.got, problem.expected);
      return ring.map(([lng = NaN, lat = NaN]) => toWgs84([lng, lat], crs));
    }),
  );
  if (rejects.length > 0) return rejects;
  return {
    line: row.line,
    number,
    name: textOf(row, map, 'name') || null,
    officer: textOf(row, map, 'officer') || null,
    area: { type: 'MultiPolygon', coordinates },
  };
}

function readPolygons(row: SourceRow, map: ColumnMap): { coordinates: Position[][][] } | Omit<Reject, 'line'> {
  const { geometry } = row;
  if (geometry === undefined) {
    const text = textOf(row, map, 'area');
    const coordinates = readWktPolygons(text);
    return coordinates
      ? { coordinates }
      : { field: 'area', got: text, expected: 'WKT, such as POLYGON((116.3 39.9, …))' };
  }
  if (geometry?.type !== 'Polygon' && geometry?.type !== 'MultiPolygon')
    return { field: 'geometry', got: geometry?.type ?? 'nothing', expected: 'Polygon or MultiPolygon' };
  const coordinates: unknown = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const isNested =
    Array.isArray(coordinates) &&
    coordinates.length > 0 &&
    coordinates.every(
      (rings) =>
        Array.isArray(rings) &&
        rings.length > 0 &&
        rings.every((ring) => Array.isArray(ring) && ring.every(Array.isArray)),
    );
  return isNested
    ? { coordinates: coordinates as Position[][][] }
    : { field: 'geometry', got: shorten(geometry.coordinates), expected: 'rings of positions' };
}

/** Heights, a third number, are left away. */
function ringProblem(ring: Position[]): { got: string; expected: string } | undefined {
  for (const position of ring) {
    const [lng, lat] = position;
    const expected =
      typeof lng === 'number' && typeof lat === 'number' ? placeProblem(lng, lat) : 'two numbers of degrees';
    if (expected) return { got: shorten(position), expected };
  }
  const [first, last] = [ring[0], ring.at(-1)];
  if (ring.length < 4) return { got: `${ring.length} positions`, expected: 'four or more positions' };
  if (first?.[0] !== last?.[0] || first?.[1] !== last?.[1])
    return {
      got: `first ${shorten(first)}, last ${shorten(last)}`,
      expected: 'a closed ring, its last position as its first',
    };
  return undefined;
}
