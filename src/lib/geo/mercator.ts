import type { LngLat } from '$api/positions/contract.ts';

/** Side of the world at zoom 0 in CSS pixels: MapLibre counts zoom in tiles of 512. */
const worldPx = 512;
/** Radius of the sphere of web mercator, EPSG:3857. */
const earthRadiusM = 6_378_137;

const toRad = (deg: number): number => (deg * Math.PI) / 180;
const toDeg = (rad: number): number => (rad * 180) / Math.PI;

/** Web mercator on the unit square: (0, 0) is the north-west corner of the world, (1, 1) the south-east. */
export const mercatorOf = ([lng, lat]: LngLat): [x: number, y: number] => [
  lng / 360 + 0.5,
  0.5 - Math.asinh(Math.tan(toRad(lat))) / (2 * Math.PI),
];

/** Inverse of `mercatorOf`. */
export const lngLatOfMercator = ([x, y]: [x: number, y: number]): LngLat => [
  (x - 0.5) * 360,
  toDeg(Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI))),
];

/** CSS pixels between two positions on a map that is not tilted. */
export function distancePx(a: LngLat, b: LngLat, zoom: number): number {
  const [ax, ay] = mercatorOf(a);
  const [bx, by] = mercatorOf(b);
  return Math.hypot(ax - bx, ay - by) * worldPx * 2 ** zoom;
}

/** Metres on the ground that a CSS pixel covers. */
export const metresPerPixel = (lat: number, zoom: number): number =>
  (2 * Math.PI * earthRadiusM * Math.cos(toRad(lat))) / (worldPx * 2 ** zoom);
