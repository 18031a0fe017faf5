import type { Bbox, LngLat } from '$api/positions/contract.ts';

/** The smallest box around both. */
export const uniteBboxes = (a: Bbox, b: Bbox): Bbox => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
];

/** The smallest box around all positions; undefined when there are none. */
export function bboxOf(lngLats: Iterable<LngLat>): Bbox | undefined {
  let bbox: Bbox | undefined;
  for (const [lng, lat] of lngLats) bbox = bbox ? uniteBboxes(bbox, [lng, lat, lng, lat]) : [lng, lat, lng, lat];
  return bbox;
}

/** Edges count as inside. */
export const isInBbox = ([west, south, east, north]: Bbox, [lng, lat]: LngLat): boolean =>
  lng >= west && lng <= east && lat >= south && lat <= north;
