import type { Viewport } from '@deck.gl/core';

/**
 * From a difference of longitude and latitude, in radians, to one on the plane of `density.ts`. Places are integers and
 * only differences from an anchor become floats, so that nothing shakes at any zoom.
 */
export const planeFunctions = /* glsl */ `\
vec2 plane_along(vec2 delta, float anchorLatitude) {
  const float unitsPerRadian = 81.48733086305042; // 512 / 2 pi
  // The difference of isometric latitudes without subtracting what is nearly equal.
  float z = 2.0 * cos(anchorLatitude + 0.5 * delta.y) * sin(0.5 * delta.y)
    / (1.0 - sin(anchorLatitude) * sin(anchorLatitude + delta.y));
  float z2 = z * z;
  float y = abs(z) < 0.1 ? z * (1.0 + z2 * (1.0 / 3.0 + z2 * (1.0 / 5.0 + z2 / 7.0))) : 0.5 * log((1.0 + z) / (1.0 - z));
  return vec2(delta.x, y) * unitsPerRadian;
}
`;

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

/** @param anchor on the plane */
export function clipUniforms({ viewProjectionMatrix: m }: Viewport, { x, y }: { x: number; y: number }) {
  const column = (i: number): Vec4 => [m[4 * i]!, m[4 * i + 1]!, m[4 * i + 2]!, m[4 * i + 3]!];
  const [xClip, yClip, last] = [column(0), column(1), column(3)];
  const anchorClip = last.map((value, i) => value + xClip[i]! * x + yClip[i]! * y) as Vec4;
  return { anchorClip, xClip, yClip };
}
