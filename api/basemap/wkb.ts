import type { Geometry, Position } from 'geojson';

// Well-known binary as PostGIS reads and writes it: little-endian, two dimensions, no SRID.
// https://libgeos.org/specifications/wkb/
const typeCodes = { Point: 1, LineString: 2, Polygon: 3, MultiPoint: 4, MultiLineString: 5, MultiPolygon: 6 } as const;

/** WKB of a geometry, every position passed through `project`. @throws {TypeError} for a GeometryCollection. */
export function encodeWkb(geometry: Geometry, project: (position: Position) => readonly [number, number]): Buffer {
  if (geometry.type === 'GeometryCollection') throw new TypeError('the base map has no geometry collections');
  const buffer = Buffer.allocUnsafe(sizeOf(geometry));
  let at = 0;
  const header = (type: number, count?: number) => {
    at = buffer.writeUInt8(1, at);
    at = buffer.writeUInt32LE(type, at);
    if (count !== undefined) at = buffer.writeUInt32LE(count, at);
  };
  const position = (lngLat: Position) => {
    const [x, y] = project(lngLat);
    at = buffer.writeDoubleLE(x, at);
    at = buffer.writeDoubleLE(y, at);
  };
  const rings = (polygon: Position[][]) => {
    header(typeCodes.Polygon, polygon.length);
    for (const ring of polygon) {
      at = buffer.writeUInt32LE(ring.length, at);
      ring.forEach(position);
    }
  };
  const line = (positions: Position[]) => {
    header(typeCodes.LineString, positions.length);
    positions.forEach(position);
  };
  const point = (lngLat: Position) => {
    header(typeCodes.Point);
    position(lngLat);
  };
  switch (geometry.type) {
    case 'Point':
      point(geometry.coordinates);
      break;
    case 'LineString':
      line(geometry.coordinates);
      break;
    case 'Polygon':
      rings(geometry.coordinates);
      break;
    case 'MultiPoint':
      header(typeCodes.MultiPoint, geometry.coordinates.length);
      geometry.coordinates.forEach(point);
      break;
    case 'MultiLineString':
      header(typeCodes.MultiLineString, geometry.coordinates.length);
      geometry.coordinates.forEach(line);
      break;
    case 'MultiPolygon':
      header(typeCodes.MultiPolygon, geometry.coordinates.length);
      geometry.coordinates.forEach(rings);
  }
  return buffer;
}

function sizeOf(geometry: Exclude<Geometry, { type: 'GeometryCollection' }>): number {
  const line = (positions: Position[]) => 9 + 16 * positions.length;
  const polygon = (rings: Position[][]) => rings.reduce((size, ring) => size + 4 + 16 * ring.length, 9);
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 9);
  switch (geometry.type) {
    case 'Point':
      return 21;
    case 'LineString':
      return line(geometry.coordinates);
    case 'Polygon':
      return polygon(geometry.coordinates);
    case 'MultiPoint':
      return 9 + 21 * geometry.coordinates.length;
    case 'MultiLineString':
      return sum(geometry.coordinates.map(line));
    case 'MultiPolygon':
      return sum(geometry.coordinates.map(polygon));
  }
}

/** The parts of a geometry as flat x, y lists: one per point, line or ring, in order. */
export interface FlatGeometry {
  kind: 'point' | 'line' | 'polygon';
  /** Rings of all polygons one after another for `polygon`; `ringCounts` says how many belong to each. */
  parts: Float64Array[];
  ringCounts: number[];
}

/** Reads what ST_AsBinary wrote. @throws {RangeError} when it is cut short, {TypeError} for another kind of geometry. */
export function decodeWkb(bytes: Buffer): FlatGeometry {
  const flat: FlatGeometry = { kind: 'point', parts: [], ringCounts: [] };
  let at = 0;
  const count = () => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const positions = (length: number) => {
    const part = new Float64Array(length * 2);
    for (let i = 0; i < part.length; i++, at += 8) part[i] = bytes.readDoubleLE(at);
    flat.parts.push(part);
  };
  const read = () => {
    if (bytes.readUInt8(at) !== 1) throw new TypeError('big-endian WKB');
    const type = bytes.readUInt32LE(at + 1);
    at += 5;
    if (type === typeCodes.Point) positions(1);
    else if (type === typeCodes.LineString) {
      flat.kind = 'line';
      positions(count());
    } else if (type === typeCodes.Polygon) {
      flat.kind = 'polygon';
      const rings = count();
      flat.ringCounts.push(rings);
      for (let i = 0; i < rings; i++) positions(count());
    } else if (type >= typeCodes.MultiPoint && type <= typeCodes.MultiPolygon) {
      for (let left = count(); left > 0; left--) read();
    } else throw new TypeError(`WKB type ${type}`);
  };
  read();
  return flat;
}
