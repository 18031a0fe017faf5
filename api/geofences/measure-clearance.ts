import type { Area } from './contract.ts';

/** An area made ready for many tests: its rings in metres around a point of its own. */
export interface MeasuredArea {
  /** Degrees. */
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  readonly originLng: number;
  readonly originLat: number;
  readonly metresPerLng: number;
  /** x and y of each ring's corners in turn, closed; metres. */
  readonly rings: readonly Float64Array[];
}

/** Metres of a degree of latitude on a sphere of the earth's mean radius (IUGG: 6,371,008.8 m). */
export const metresPerLat = (Math.PI / 180) * 6_371_008.8;

/**
 * Degrees as metres on a plane that touches the earth in the middle of the area: over ten kilometres the error is below
 * a thousandth, far less than a fix is worth.
 */
export function measureArea(area: Area): MeasuredArea {
  const rings = (area.type === 'Polygon' ? [area.coordinates] : area.coordinates).flat();
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lng, lat] of rings.flat()) {
    west = Math.min(west, lng);
    east = Math.max(east, lng);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  const [originLng, originLat] = [(west + east) / 2, (south + north) / 2];
  const metresPerLng = metresPerLat * Math.cos((originLat * Math.PI) / 180);
  return {
    west,
    south,
    east,
    north,
    originLng,
    originLat,
    metresPerLng,
    rings: rings.map((ring) =>
      Float64Array.from(
        ring.flatMap(([lng, lat]) => [(lng - originLng) * metresPerLng, (lat - originLat) * metresPerLat]),
      ),
    ),
  };
}

/** How many metres a place is inside the area's edge; negative: outside. Islands and holes count as such (even-odd). */
export function measureClearance(area: MeasuredArea, lng: number, lat: number): number {
  const x = (lng - area.originLng) * area.metresPerLng;
  const y = (lat - area.originLat) * metresPerLat;
  let isInside = false;
  let nearest = Infinity;
  for (const ring of area.rings) {
    for (let i = 2; i < ring.length; i += 2) {
      const ax = ring[i - 2]!;
      const ay = ring[i - 1]!;
      const bx = ring[i]!;
      const by = ring[i + 1]!;
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) isInside = !isInside;
      const dx = bx - ax;
      const dy = by - ay;
      const length2 = dx * dx + dy * dy;
      const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length2));
      const ox = x - ax - along * dx;
      const oy = y - ay - along * dy;
      nearest = Math.min(nearest, ox * ox + oy * oy);
    }
  }
  return (isInside ? 1 : -1) * Math.sqrt(nearest);
}
