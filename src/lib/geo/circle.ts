import type { LngLat } from '$api/positions/contract.ts';
import { earthRadiusM } from './sphere.ts';

const radian = Math.PI / 180;

/**
 * A closed ring of so many corners, all as far from the middle, counter-clockwise from the east. On the plane that
 * touches the sphere there: good to a thousandth up to some kilometres, away from the poles.
 */
export function circleAround([lng, lat]: LngLat, radiusM: number, corners = 48): LngLat[] {
  const latReach = radiusM / earthRadiusM / radian;
  const lngReach = latReach / Math.cos(lat * radian);
  const ring = Array.from({ length: corners }, (_, corner): LngLat => {
    const turn = (2 * Math.PI * corner) / corners;
    return [lng + lngReach * Math.cos(turn), lat + latReach * Math.sin(turn)];
  });
  return [...ring, ring[0]!];
}
