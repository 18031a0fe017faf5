import type { Viewport } from '@deck.gl/core';
import { planeX, planeY } from '$lib/geo/density.ts';
import type { IncidentBounds } from '$lib/state/incident-filter.ts';
import type { IncidentColumns } from '$lib/state/incident-columns.ts';

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

/**
 * Reads a row: whether it passes the filter, as `passes` does, and where it lies on the plane, from the anchor. Places
 * are integers and only differences become floats, so that nothing shakes at any zoom.
 */
export const incidentFunctions = /* glsl */ `\
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
  const float radian = 0.017453292519943295;
  const float unitsPerRadian = 81.48733086305042; // 512 / 2 pi
  vec2 delta = vec2(place - ivec2(incident.anchorLng, incident.anchorLat)) * 1e-5 * radian;
  float anchor = float(incident.anchorLat) * 1e-5 * radian;
  // The difference of isometric latitudes without subtracting what is nearly equal.
  float z = 2.0 * cos(anchor + 0.5 * delta.y) * sin(0.5 * delta.y) / (1.0 - sin(anchor) * sin(anchor + delta.y));
  float z2 = z * z;
  float y = abs(z) < 0.1 ? z * (1.0 + z2 * (1.0 / 3.0 + z2 * (1.0 / 5.0 + z2 / 7.0))) : 0.5 * log((1.0 + z) / (1.0 - z));
  return vec2(delta.x, y) * unitsPerRadian;
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

const clipBlock = /* glsl */ `\
layout(std140) uniform planeUniforms {
  vec4 anchorClip;
  vec4 xClip;
  vec4 yClip;
} plane;

vec4 plane_toClip(vec2 fromAnchor) {
  return plane.anchorClip + plane.xClip * fromAnchor.x + plane.yClip * fromAnchor.y;
}
`;

/** From the plane, counted from the anchor, to the screen; in doubles up to here. */
export const planeUniforms = {
  name: 'plane',
  vs: clipBlock,
  uniformTypes: { anchorClip: 'vec4<f32>', xClip: 'vec4<f32>', yClip: 'vec4<f32>' },
} as const;

type Vec4 = [number, number, number, number];

export function clipUniforms({ viewProjectionMatrix: m }: Viewport, { x, y }: IncidentAnchor) {
  const column = (i: number): Vec4 => [m[4 * i]!, m[4 * i + 1]!, m[4 * i + 2]!, m[4 * i + 3]!];
  const [xClip, yClip, last] = [column(0), column(1), column(3)];
  const anchorClip = last.map((value, i) => value + xClip[i]! * x + yClip[i]! * y) as Vec4;
  return { anchorClip, xClip, yClip };
}
