import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { LngLat } from '$api/positions/contract.ts';

/**
 * A point well inside an area, for its label: the centroid of its largest part, or, when that lies outside (a bent
 * area), the middle of the longest stretch of the part on the centroid's parallel. Undefined: the area has no extent.
 */
export function labelPointOf(area: Polygon | MultiPolygon): LngLat | undefined {
  const parts = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  let largest: { rings: Position[][]; size: number; centroid: LngLat } | undefined;
  for (const rings of parts) {
    const measured = rings[0] && measureRing(rings[0]);
    if (measured && measured.size > (largest?.size ?? 0)) largest = { rings, ...measured };
  }
  if (!largest) return undefined;
  const stretches = stretchesAt(largest.rings, largest.centroid[1]);
  if (stretches.some(([west, east]) => largest.centroid[0] > west && largest.centroid[0] < east))
    return largest.centroid;
  const [west, east] = stretches.toSorted((a, b) => b[1] - b[0] - (a[1] - a[0]))[0] ?? [];
  return west === undefined || east === undefined ? largest.centroid : [(west + east) / 2, largest.centroid[1]];
}

/** Area in square degrees and centroid by the shoelace formula, about the first corner to keep digits. */
function measureRing(ring: Position[]): { size: number; centroid: LngLat } | undefined {
  const [lng0 = 0, lat0 = 0] = ring[0] ?? [];
  let twice = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = [ring[i]![0]! - lng0, ring[i]![1]! - lat0];
    const [bx, by] = [ring[i + 1]![0]! - lng0, ring[i + 1]![1]! - lat0];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  if (twice === 0) return undefined;
  return { size: Math.abs(twice) / 2, centroid: [lng0 + x / (3 * twice), lat0 + y / (3 * twice)] };
}

/** What of a parallel lies inside the rings (even-odd), west to east. */
function stretchesAt(rings: Position[][], lat: number): [west: number, east: number][] {
  const crossings: number[] = [];
  for (const ring of rings) {
    for (let i = 0; i + 1 < ring.length; i++) {
      const [ax, ay] = ring[i]! as [number, number];
      const [bx, by] = ring[i + 1]! as [number, number];
      if (ay > lat !== by > lat) crossings.push(ax + ((lat - ay) / (by - ay)) * (bx - ax));
    }
  }
  crossings.sort((a, b) => a - b);
  return Array.from({ length: crossings.length >> 1 }, (_, i) => [crossings[2 * i]!, crossings[2 * i + 1]!]);
}
