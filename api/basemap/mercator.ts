import type { LngLat } from '../positions/contract.ts';

const radiusM = 6_378_137;
/** Where web mercator ends: atan(sinh(π)). */
const maxLat = 85.051_128_779_806_6;

/** Web mercator metres (EPSG:3857) of a place; latitudes beyond the projection are held at its edge. */
export function toMercator(lngLat: readonly number[]): [x: number, y: number] {
  const lat = Math.max(-maxLat, Math.min(maxLat, lngLat[1] ?? 0));
  return [
    ((lngLat[0] ?? 0) * Math.PI * radiusM) / 180,
    Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * radiusM,
  ];
}

export function toLngLat(x: number, y: number): LngLat {
  return [(x / radiusM / Math.PI) * 180, (Math.atan(Math.sinh(y / radiusM)) * 180) / Math.PI];
}

/** Great-circle distance in metres (haversine, mean earth radius 6,371,008.8 m). */
export function haversineDistanceM([lng1, lat1]: LngLat, [lng2, lat2]: LngLat): number {
  const rad = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lng2 - lng1) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(a)));
}
