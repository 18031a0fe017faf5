import { areaOf, between, distanceM, type Point, type Ring } from './plane.ts';

export type LngLat = [lng: number, lat: number];

/** Middle of the town. The place is invented; what is really there has nothing to do with it. */
const middle: LngLat = [117.93, 29.63];
/** Metres of one degree at its latitude on WGS 84 (series of the meridian and parallel arcs). */
const latRad = (middle[1] * Math.PI) / 180;
const metresPerDegree = {
  lat: 111_132.92 - 559.82 * Math.cos(2 * latRad) + 1.175 * Math.cos(4 * latRad),
  lng: 111_412.84 * Math.cos(latRad) - 93.5 * Math.cos(3 * latRad) + 0.118 * Math.cos(5 * latRad),
};

/** Degrees to seven places (about 1 cm): a shared corner is the same number in every feature. */
export const toLngLat = ([x, y]: Point): LngLat => [
  Math.round((middle[0] + x / metresPerDegree.lng) * 1e7) / 1e7,
  Math.round((middle[1] + y / metresPerDegree.lat) * 1e7) / 1e7,
];

export const toPoint = ([lng, lat]: Readonly<LngLat>): Point => [
  (lng - middle[0]) * metresPerDegree.lng,
  (lat - middle[1]) * metresPerDegree.lat,
];

/** A slow swell that bends the drawn plane, so that streets curve as streets do. */
function swell([x, y]: Point): Point {
  const dx = 62 * Math.sin(y / 410 + 0.7) + 38 * Math.sin((x + y) / 530) + 22 * Math.sin((x - 0.6 * y) / 270 + 2);
  const dy = 58 * Math.sin(x / 440 + 1.9) + 36 * Math.sin((x - y) / 560 + 0.4) + 20 * Math.sin((y + 0.5 * x) / 290);
  return [x + dx, y + dy];
}

const stepM = 45;

/** Intermediate points of one side, the same whichever way the side is walked. */
function sidePoints(a: Point, b: Point): Point[] {
  const count = Math.ceil(distanceM(a, b) / stepM) - 1;
  if (count < 1) return [];
  const forward = a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
  const [from, to] = forward ? [a, b] : [b, a];
  const points = Array.from({ length: count }, (_, i) => between(from, to, (i + 1) / (count + 1)));
  return forward ? points : points.reverse();
}

export interface Ground {
  /** From the drawn plane to metres of the real town, with points added so that long sides bend. */
  bendLine(line: readonly Point[]): Point[];
  bendRing(ring: Ring): Point[];
  bendPoint(point: Point): Point;
}

/** The ground on which the area within `boundary` measures exactly `areaM2`. */
export function makeGround(boundary: Ring, areaM2: number): Ground {
  let scale = 1;
  const bendPoint = (point: Point): Point => {
    const [x, y] = swell(point);
    return [x * scale, y * scale];
  };
  const bendLine = (line: readonly Point[]): Point[] =>
    line
      .flatMap((point, i) => (i === 0 ? [point] : [...sidePoints(line[i - 1] as Point, point), point]))
      .map(bendPoint);
  const bendRing = (ring: Ring): Point[] => bendLine([...ring, ring[0] as Point]).slice(0, -1);
  scale = Math.sqrt(areaM2 / areaOf(bendRing(boundary)));
  return { bendLine, bendRing, bendPoint };
}
