import { kernelReach } from '$lib/geo/density.ts';
import { incidentFunctions } from './incident-shader.ts';

/** As many classes as a legend has. */
export const maxClasses = 6;

const latticeBlock = /* glsl */ `\
layout(std140) uniform latticeUniforms {
  vec2 first;
  vec2 size;
  float cell;
  float anchorY;
  float bandwidthM;
  float metresPerUnitAtEquator;
  float isDown;
} lattice;

// Standard deviation in cells of this row: a cell's metres change with the latitude.
float lattice_cellMetres(float row) {
  float y = lattice.anchorY + (lattice.first.y + row + 0.5) * lattice.cell;
  return lattice.cell * lattice.metresPerUnitAtEquator / cosh((y / 512.0 - 0.5) * 6.283185307179586);
}
`;

export const latticeUniforms = {
  name: 'lattice',
  vs: latticeBlock,
  fs: latticeBlock,
  uniformTypes: {
    first: 'vec2<f32>',
    size: 'vec2<f32>',
    cell: 'f32',
    anchorY: 'f32',
    bandwidthM: 'f32',
    metresPerUnitAtEquator: 'f32',
    isDown: 'f32',
  },
} as const;

/** Counts incidents by cell: each that passes is shared out between the four pixels around it, as `countCells` does. */
export const countVertexShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME density-count-vertex
${incidentFunctions}
flat out vec2 at;
void main(void) {
  at = incident_fromAnchor() / lattice.cell - lattice.first;
  gl_PointSize = 2.0;
  gl_Position = incident_passes() ? vec4(2.0 * at / lattice.size - 1.0, 0.0, 1.0) : vec4(0.0, 0.0, 2.0, 1.0);
}
`;

export const countFragmentShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME density-count-fragment
precision highp float;
flat in vec2 at;
out vec4 fragColor;
void main(void) {
  vec2 share = max(1.0 - abs(gl_FragCoord.xy - at), 0.0);
  fragColor = vec4(share.x * share.y);
}
`;

/** Covers a texture. */
export const wholeVertexShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME density-whole-vertex
in vec2 positions;
void main(void) {
  gl_Position = vec4(positions, 0.0, 1.0);
}
`;

/** Smooths along one axis with the weights of `kernelWeights`; on the way down also divides by the area in km². */
export const smoothFragmentShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME density-smooth-fragment
precision highp float;
uniform highp sampler2D counts;
out vec4 fragColor;

// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
float upTo(float edge) {
  float x = abs(edge);
  float t = 1.0 / (1.0 + 0.3275911 * x);
  float poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 + 0.5 * sign(edge) * (1.0 - poly * exp(-x * x));
}

void main(void) {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ivec2 along = lattice.isDown > 0.5 ? ivec2(0, 1) : ivec2(1, 0);
  ivec2 last = ivec2(lattice.size) - 1;
  float metres = lattice_cellMetres(float(at.y));
  // As sigmaInCells says.
  float sigma = sqrt(max(lattice.bandwidthM * lattice.bandwidthM / (metres * metres) - 0.25, 0.0625));
  int reach = int(ceil(${kernelReach.toFixed(1)} * sigma));
  float scale = 1.0 / (1.4142135623730951 * sigma);
  float sum = 0.0;
  float before = upTo((-float(reach) - 0.5) * scale);
  for (int i = -reach; i <= reach; i++) {
    float after = upTo((float(i) + 0.5) * scale);
    ivec2 from = at + i * along;
    if (all(greaterThanEqual(from, ivec2(0))) && all(lessThanEqual(from, last)))
      sum += (after - before) * texelFetch(counts, from, 0).r;
    before = after;
  }
  if (lattice.isDown > 0.5) sum /= metres * metres * 1e-6;
  fragColor = vec4(sum);
}
`;

const paintBlock = /* glsl */ `\
layout(std140) uniform paintUniforms {
  vec4 color0;
  vec4 color1;
  vec4 color2;
  vec4 color3;
  vec4 color4;
  vec4 color5;
  vec4 thresholdsLow;
  vec2 thresholdsHigh;
  float opacity;
} paint;
`;

export const paintUniforms = {
  name: 'paint',
  fs: paintBlock,
  uniformTypes: {
    color0: 'vec4<f32>',
    color1: 'vec4<f32>',
    color2: 'vec4<f32>',
    color3: 'vec4<f32>',
    color4: 'vec4<f32>',
    color5: 'vec4<f32>',
    thresholdsLow: 'vec4<f32>',
    thresholdsHigh: 'vec2<f32>',
    opacity: 'f32',
  },
} as const;

/** The lattice where it lies on the map. */
export const paintVertexShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME density-paint-vertex
in vec2 positions;
out vec2 cells;
void main(void) {
  cells = (positions * 0.5 + 0.5) * lattice.size;
  gl_Position = plane_toClip((lattice.first + cells) * lattice.cell);
}
`;

/** Between the middles of four cells, then by class: what the legend says of a colour is true of every pixel of it. */
export const paintFragmentShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME density-paint-fragment
precision highp float;
uniform highp sampler2D density;
in vec2 cells;
out vec4 fragColor;

float densityAt(ivec2 at) {
  return texelFetch(density, clamp(at, ivec2(0), ivec2(lattice.size) - 1), 0).r;
}

void main(void) {
  vec2 at = cells - 0.5;
  ivec2 low = ivec2(floor(at));
  vec2 share = at - vec2(low);
  float value = mix(
    mix(densityAt(low), densityAt(low + ivec2(1, 0)), share.x),
    mix(densityAt(low + ivec2(0, 1)), densityAt(low + ivec2(1, 1)), share.x),
    share.y
  );
  if (value < paint.thresholdsLow.x) discard;
  vec4 color = value < paint.thresholdsLow.y ? paint.color0
    : value < paint.thresholdsLow.z ? paint.color1
    : value < paint.thresholdsLow.w ? paint.color2
    : value < paint.thresholdsHigh.x ? paint.color3
    : value < paint.thresholdsHigh.y ? paint.color4
    : paint.color5;
  fragColor = vec4(color.rgb, paint.opacity);
}
`;
