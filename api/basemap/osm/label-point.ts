import type { Position } from 'geojson';
import type { LngLat } from '../../positions/contract.ts';
import { signedRingArea } from '../area.ts';

/**
 * Where the name of an area goes: the middle of its widest stretch on the horizontal line through its centroid, which
 * lies inside also when the area is a crescent or has a hole.
 */
export function labelPointOf(polygons: readonly Position[][][]): LngLat | undefined {
  const largest = [...polygons].sort(
    (a, b) => Math.abs(signedRingArea(b[0] ?? [])) - Math.abs(signedRingArea(a[0] ?? [])),
  )[0];
  const outer = largest?.[0];
  if (!largest || !outer) return undefined;
  const lat = centroidLat(outer);
  const crossings = largest.flatMap((ring) => crossingsAt(ring, lat)).sort((a, b) => a - b);
  let best: [west: number, east: number] | undefined;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [west, east] = [crossings[i]!, crossings[i + 1]!];
    if (!best || east - west > best[1] - best[0]) best = [west, east];
  }
  return best && [(best[0] + best[1]) / 2, lat];
}

function centroidLat(ring: readonly Position[]): number {
  // Relative to the first corner: the products of degrees would drown a building's size.
  const [lng0 = 0, lat0 = 0] = ring[0] ?? [];
  let sum = 0;
  let area = 0;
  for (let i = 1; i < ring.length; i++) {
    const [x1, y1] = [ring[i - 1]![0]! - lng0, ring[i - 1]![1]! - lat0];
    const [x2, y2] = [ring[i]![0]! - lng0, ring[i]![1]! - lat0];
    const cross = x1 * y2 - x2 * y1;
    area += cross;
    sum += (y1 + y2) * cross;
  }
  return area === 0 ? lat0 : lat0 + sum / (3 * area);
}

function crossingsAt(ring: readonly Position[], lat: number): number[] {
  const crossings: number[] = [];
  for (let i = 1; i < ring.length; i++) {
    const [x1 = 0, y1 = 0] = ring[i - 1]!;
    const [x2 = 0, y2 = 0] = ring[i]!;
    if (y1 > lat !== y2 > lat) crossings.push(x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1));
  }
  return crossings;
}
