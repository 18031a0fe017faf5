import type { LngLat } from '$api/positions/contract.ts';

/** Mean radius R1 of the Earth, (2a + b) / 3 of WGS 84 (Moritz 2000). */
export const earthRadiusM = 6_371_008.8;

const toRad = (deg: number): number => (deg * Math.PI) / 180;

/** Great-circle distance on a sphere (haversine): up to 0.6 % off the ellipsoid's geodesic. */
export function distanceM([lngA, latA]: LngLat, [lngB, latB]: LngLat): number {
  const half = (deg: number): number => Math.sin(toRad(deg) / 2) ** 2;
  const h = half(latB - latA) + Math.cos(toRad(latA)) * Math.cos(toRad(latB)) * half(lngB - lngA);
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Bearing at `a` of the great circle to `b`, degrees clockwise from north in [0, 360). */
export function bearingDeg([lngA, latA]: LngLat, [lngB, latB]: LngLat): number {
  const east = Math.sin(toRad(lngB - lngA)) * Math.cos(toRad(latB));
  const north =
    Math.cos(toRad(latA)) * Math.sin(toRad(latB)) -
    Math.sin(toRad(latA)) * Math.cos(toRad(latB)) * Math.cos(toRad(lngB - lngA));
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}
