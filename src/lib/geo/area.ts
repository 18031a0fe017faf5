import type { MultiPolygon, Polygon } from 'geojson';
import { earthRadiusM } from './sphere.ts';

const toRad = (deg: number): number => (deg * Math.PI) / 180;

/**
 * Area on a sphere, m²; holes are taken off. Source: Chamberlain and Duquette, Some algorithms for polygons on a sphere
 * (JPL 07-03, 2007), equation 1; within 0.6 % of the ellipsoid.
 */
export function areaM2(area: Polygon | MultiPolygon): number {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  return polygons.reduce(
    (sum, rings) => sum + rings.reduce((whole, ring, i) => whole + (i === 0 ? 1 : -1) * ringM2(ring), 0),
    0,
  );
}

function ringM2(ring: readonly number[][]): number {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1]!, ring[i]!];
    sum += toRad(b[0]! - a[0]!) * (2 + Math.sin(toRad(a[1]!)) + Math.sin(toRad(b[1]!)));
  }
  return Math.abs(sum / 2) * earthRadiusM ** 2;
}
