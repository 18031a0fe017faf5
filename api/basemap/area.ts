import type { Geometry, Position } from 'geojson';

const degreeM = 111_195;

/** Area of polygons in square metres, holes taken off, on a plane at their latitude; 0 for lines and points. */
export function areaM2(geometry: Geometry): number {
  if (geometry.type === 'Polygon') return polygonAreaM2(geometry.coordinates);
  if (geometry.type === 'MultiPolygon')
    return geometry.coordinates.reduce((sum, rings) => sum + polygonAreaM2(rings), 0);
  return 0;
}

const polygonAreaM2 = (rings: Position[][]): number =>
  rings.reduce((sum, ring, index) => {
    const scale = degreeM ** 2 * Math.cos(((ring[0]?.[1] ?? 0) * Math.PI) / 180);
    return sum + (index === 0 ? 1 : -1) * Math.abs(signedRingArea(ring)) * scale;
  }, 0);

/** Shoelace area of a closed ring in its own units; positive when it runs counter-clockwise. */
export function signedRingArea(ring: readonly Position[]): number {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [x1 = 0, y1 = 0] = ring[i - 1] ?? [];
    const [x2 = 0, y2 = 0] = ring[i] ?? [];
    sum += x1 * y2 - x2 * y1;
  }
  return sum / 2;
}
