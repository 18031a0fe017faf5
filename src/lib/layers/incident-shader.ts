import { planeX, planeY } from '$lib/geo/density.ts';
import type { IncidentBounds } from '$lib/state/incident-filter.ts';
import type { IncidentColumns } from '$lib/state/incident-columns.ts';
import { planeFunctions } from './plane-shader.ts';

const block = /* glsl */ `\
layout(std140) uniform incidentUniforms {
  int anchorLng;
  int anchorLat;
  int fromMinute;
  int toMinute;
  int hours;
  int weekdays;
  int categories;
  int sources;
} incident;
`;

/** The filter and the anchor, the same for everything that is drawn of incidents. */
export const incidentUniforms = {
  name: 'incident',
  vs: block,
  uniformTypes: {
    anchorLng: 'i32',
    anchorLat: 'i32',
    fromMinute: 'i32',
    toMinute: 'i32',
    hours: 'i32',
    weekdays: 'i32',
    categories: 'i32',
    sources: 'i32',
  },
} as const;

/**
 * One buffer of `IncidentColumns.rows`, a row a vertex of one draw call. Not an instance: graphics cards begin a group of
 * threads for each, and what stands in for one a whole draw call, so that a million would take seconds.
 */
export const incidentBufferLayout = [
  {
    name: 'rows',
    stepMode: 'vertex' as const,
    byteStride: 16,
    attributes: [
      { attribute: 'place', format: 'sint32x2' as const, byteOffset: 0 },
      { attribute: 'minute', format: 'sint32' as const, byteOffset: 8 },
      { attribute: 'kind', format: 'sint32' as const, byteOffset: 12 },
    ],
  },
];

/** Reads a row: whether it passes the filter, as `passes` does, and where it lies on the plane, from the anchor. */
export const incidentFunctions = /* glsl */ `\
${planeFunctions}
in ivec2 place;
in int minute;
in int kind;

bool incident_passes() {
  int category = min((kind >> 8) & 255, 31);
  int bits = (incident.hours >> (kind & 31)) & (incident.weekdays >> ((kind >> 5) & 7))
    & (incident.categories >> category) & (incident.sources >> ((kind >> 16) & 3));
  return minute >= incident.fromMinute && minute < incident.toMinute && (bits & 1) == 1;
}

vec2 incident_fromAnchor() {
  const float radians = 1.7453292519943295e-7; // of a step of 1e-5 degrees
  return plane_along(vec2(place - ivec2(incident.anchorLng, incident.anchorLat)) * radians, float(incident.anchorLat) * radians);
}
`;

export interface IncidentAnchor {
  /** In 1e-5 degrees. */
  lng: number;
  lat: number;
  /** On the plane. */
  x: number;
  y: number;
}

/** The place of the first incident: all others are told from there. */
export function anchorOf({ rows, count }: IncidentColumns): IncidentAnchor {
  const [lng, lat] = count > 0 ? [rows[0]!, rows[1]!] : [0, 0];
  return { lng, lat, x: planeX(lng / 1e5), y: planeY(lat / 1e5) };
}

export const filterUniforms = (bounds: IncidentBounds, { lng, lat }: IncidentAnchor) => ({
  anchorLng: lng,
  anchorLat: lat,
  ...bounds,
});
