import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { LngLat } from '$api/positions/contract.ts';

/**
 * Whether the point lies in the area, holes excluded: even-odd rule over all rings. A point exactly on a border shared
 * by two areas is in one of them, not in both.
 * Source: W. R. Franklin, PNPOLY, https://wrfranklin.org/Research/Short_Notes/pnpoly.html
 */
export function isInArea(point: Readonly<LngLat>, area: Polygon | MultiPolygon): boolean {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  return polygons.some((rings) => rings.reduce((inside, ring) => inside !== crossesOddly(point, ring), false));
}

function crossesOddly([lng, lat]: Readonly<LngLat>, ring: readonly Position[]): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[i] as LngLat;
    const [bx, by] = ring[j] as LngLat;
    if (ay > lat !== by > lat && lng < ((bx - ax) * (lat - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
