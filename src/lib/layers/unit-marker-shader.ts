import { planeFunctions } from './plane-shader.ts';
import { unitRowFunctions } from './unit-rows.ts';

const block = /* glsl */ `\
layout(std140) uniform unitUniforms {
  vec4 footColor;
  vec4 carColor;
  vec4 bikeColor;
  vec4 uavColor;
  vec4 inkColor;
  vec4 rimColor;
  vec4 staleColor;
  vec4 selectedColor;
  vec4 staleAfterS;
  float radiusPx;
  highp int selectedIndex; // the two shaders would take an int by itself differently
  highp int anchorLng;
  highp int anchorLat;
} unit;
`;

/** Uniforms of unit markers; colours are 0–1, `staleAfterS` in the order of the kinds, index -1: none selected, the
 * anchor in steps of places. */
export const unitUniforms = {
  name: 'unit',
  vs: block,
  fs: block,
  uniformTypes: {
    footColor: 'vec4<f32>',
    carColor: 'vec4<f32>',
    bikeColor: 'vec4<f32>',
    uavColor: 'vec4<f32>',
    inkColor: 'vec4<f32>',
    rimColor: 'vec4<f32>',
    staleColor: 'vec4<f32>',
    selectedColor: 'vec4<f32>',
    staleAfterS: 'vec4<f32>',
    radiusPx: 'f32',
    selectedIndex: 'i32',
    anchorLng: 'i32',
    anchorLat: 'i32',
  },
} as const;

/** A smaller marker has no heading arrow: nobody could read it. */
const arrowRadiusPx = 5;

export const vertexShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME unit-marker-vertex
in vec2 positions;
${planeFunctions}
${unitRowFunctions}
out vec2 pixel;
flat out int kind;
flat out float headingDeg;
flat out float age;
flat out float isSelected;

void main(void) {
  geometry.uv = positions;
  geometry.pickingColor = picking_getPickingColorFromInstanceID();
  ivec2 anchor = ivec2(unit.anchorLng, unit.anchorLat);
  vec2 from = unit_fromAnchor(previousPlace, anchor);
  vec2 to = unit_fromAnchor(place, anchor);
  gl_Position = plane_toClip(mix(from, to, movement.progress));
  geometry.position = gl_Position;
  DECKGL_FILTER_GL_POSITION(gl_Position, geometry);

  kind = unit_kind();
  headingDeg = unit_headingDeg();
  // In stale limits of the kind: 0 is fresh, 1 and more is stale.
  age = max(0.0, movement.nowS - observedS) / unit.staleAfterS[kind];
  isSelected = float(gl_InstanceID == unit.selectedIndex);
  float r = unit.radiusPx;
  bool hasArrow = headingDeg >= 0.0 && age < 1.0 && r > ${arrowRadiusPx.toFixed(1)};
  // No wider than what is drawn: a diamond's corner with its rim, the arrow's tip, the ring.
  float reachPx = r * 1.27 + max(1.5, r * 0.14) + 1.0;
  if (hasArrow) reachPx = max(reachPx, r * 2.1);
  if (isSelected > 0.5) reachPx = r * 1.85 + max(1.5, r * 0.14) + 2.5;
  pixel = positions * reachPx;
  vec3 offset = vec3(pixel, 0.0);
  DECKGL_FILTER_SIZE(offset, geometry);
  gl_Position.xy += project_pixel_size_to_clipspace(offset.xy);

  vec4 unused = vec4(1.0);
  // Hands the picking colour on.
  DECKGL_FILTER_COLOR(unused, geometry);
}
`;

export const fragmentShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME unit-marker-fragment
precision highp float;
uniform sampler2D pictograms;
in vec2 pixel;
flat in int kind;
flat in float headingDeg;
flat in float age;
flat in float isSelected;
out vec4 fragColor;

// Signed distances in pixels, after Inigo Quilez (https://iquilezles.org/articles/distfunctions2d).
float boxDistance(vec2 p, vec2 half_, float corner) {
  vec2 q = abs(p) - half_ + corner;
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - corner;
}
float hexagonDistance(vec2 p, float r) {
  const vec3 k = vec3(-0.866025404, 0.5, 0.577350269);
  p = abs(p);
  p -= 2.0 * min(dot(k.xy, p), 0.0) * k.xy;
  p -= vec2(clamp(p.x, -k.z * r, k.z * r), r);
  return length(p) * sign(p.y);
}
float triangleDistance(vec2 p, vec2 q) {
  p.x = abs(p.x);
  vec2 a = p - q * clamp(dot(p, q) / dot(q, q), 0.0, 1.0);
  vec2 b = p - q * vec2(clamp(p.x / q.x, 0.0, 1.0), 1.0);
  float s = -sign(q.y);
  vec2 d = min(vec2(dot(a, a), s * (p.x * q.y - p.y * q.x)), vec2(dot(b, b), s * (p.y - q.y)));
  return -sqrt(d.x) * sign(d.y);
}

// Foot a disc, car a square, bike a diamond, UAV a hexagon: told apart without colour.
float bodyDistance(vec2 p, float r) {
  if (kind == 1) return boxDistance(p, vec2(r * 0.92), r * 0.28);
  if (kind == 2) return boxDistance(mat2(0.7071, -0.7071, 0.7071, 0.7071) * p, vec2(r * 0.9), r * 0.2);
  if (kind == 3) return hexagonDistance(p.yx, r * 0.98) - r * 0.06;
  return length(p) - r;
}

float cover(float distancePx, float softness) {
  return smoothstep(softness, -softness, distancePx);
}

void main(void) {
  float r = unit.radiusPx;
  float soft = 0.75 * fwidth(pixel.x);
  float rimPx = max(1.5, r * 0.14);
  bool isStale = age >= 1.0;

  float shape = bodyDistance(pixel, r);
  if (headingDeg >= 0.0 && !isStale && r > ${arrowRadiusPx.toFixed(1)}) {
    float heading = radians(headingDeg);
    vec2 ahead = mat2(cos(heading), sin(heading), -sin(heading), cos(heading)) * pixel;
    // Its foot lies inside the body, its tip clear of the widest body.
    shape = min(shape, triangleDistance(ahead - vec2(0.0, r * 1.72), vec2(r * 0.62, -r * 0.95)));
  }

  vec4 color = kind == 1 ? unit.carColor : kind == 2 ? unit.bikeColor : kind == 3 ? unit.uavColor : unit.footColor;
  vec4 ink = unit.inkColor;
  if (isStale) {
    // Hollow and grey: the frame of what was there.
    float frame = step(-rimPx * 1.4, shape);
    color = mix(unit.rimColor, unit.staleColor, frame);
    ink = unit.staleColor;
  }
  if (r > 8.0) {
    vec2 inCell = pixel / (r * 1.24) + 0.5;
    if (all(greaterThan(inCell, vec2(0.0))) && all(lessThan(inCell, vec2(1.0)))) {
      // The canvas has its first row on top.
      float mask = texture(pictograms, vec2((float(kind) + inCell.x) / 4.0, 1.0 - inCell.y)).a;
      color = mix(color, ink, mask);
    }
  }
  float body = cover(shape, soft);
  float rim = cover(shape - rimPx, soft);
  // Fades as it grows old, and stays legible.
  float fade = isStale ? 0.85 : mix(1.0, 0.55, smoothstep(0.15, 1.0, age));
  fragColor = vec4(mix(unit.rimColor.rgb, color.rgb, body), rim * fade);

  if (isSelected > 0.5) {
    float ring = abs(length(pixel) - r * 1.85) - max(1.5, r * 0.14);
    float halo = cover(ring - 1.5, soft);
    fragColor = mix(fragColor, vec4(unit.rimColor.rgb, 1.0), halo * (1.0 - rim));
    fragColor = mix(fragColor, vec4(unit.selectedColor.rgb, 1.0), cover(ring, soft));
  }
  if (fragColor.a < 0.02) discard;
  geometry.uv = pixel;
  DECKGL_FILTER_COLOR(fragColor, geometry);
}
`;
