import {
  color,
  Layer,
  picking,
  project32,
  type DefaultProps,
  type LayerProps,
  type UpdateParameters,
} from '@deck.gl/core';
import { Geometry, Model } from '@luma.gl/engine';
import { movementUniforms, type ReadFrameTime } from './movement.ts';
import type { Rgb } from './palette.ts';

export interface TrailProps {
  kindColors: readonly Rgb[];
  widthPx: number;
  /** Seconds until a step has faded. */
  lifeS: number;
  readFrameTime: ReadFrameTime | null;
}

const white: Rgb = [255, 255, 255];
const defaultProps: DefaultProps<TrailProps> = {
  kindColors: { type: 'array', value: [white, white, white, white], compare: false },
  widthPx: 4,
  lifeS: 180,
  readFrameTime: { type: 'function', value: null, optional: true },
};

const block = /* glsl */ `\
layout(std140) uniform trailUniforms {
  vec4 footColor;
  vec4 carColor;
  vec4 bikeColor;
  vec4 uavColor;
  float widthPx;
  float lifeS;
} trail;
`;
const trailUniforms = {
  name: 'trail',
  vs: block,
  fs: block,
  uniformTypes: {
    footColor: 'vec4<f32>',
    carColor: 'vec4<f32>',
    bikeColor: 'vec4<f32>',
    uavColor: 'vec4<f32>',
    widthPx: 'f32',
    lifeS: 'f32',
  },
} as const;

const vertexShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME trail-vertex
in vec2 positions;
in vec3 instanceFrom;
in vec3 instanceFrom64Low;
in vec3 instanceTo;
in vec3 instanceTo64Low;
in vec3 instanceBefore;
in vec3 instanceBefore64Low;
in vec4 instanceFacts; // kind, seconds at to, from and before
out vec2 placePx; // all of the screen's own pixels, from the step's beginning
flat out vec2 alongPx;
flat out vec2 alongBeforePx;
flat out float halfPx;
flat out float hasBefore;
flat out vec3 agesS;
flat out vec3 stepColor;

void main(void) {
  geometry.worldPosition = instanceFrom;
  vec3 from = project_position(instanceFrom, instanceFrom64Low);
  vec3 to = project_position(instanceTo, instanceTo64Low);
  vec3 before = project_position(instanceBefore, instanceBefore64Low);
  // The newest step grows behind its marker.
  if (instanceFacts.y >= movement.tickS - 0.02) to = mix(from, to, movement.progress);
  vec4 fromClip = project_common_position_to_clipspace(vec4(from, 1.0));
  vec4 toClip = project_common_position_to_clipspace(vec4(to, 1.0));
  vec4 beforeClip = project_common_position_to_clipspace(vec4(before, 1.0));
  vec2 pxPerClip = 0.5 * project.viewportSize;
  alongPx = (toClip.xy / toClip.w - fromClip.xy / fromClip.w) * pxPerClip;
  alongBeforePx = (fromClip.xy / fromClip.w - beforeClip.xy / beforeClip.w) * pxPerClip;
  halfPx = 0.5 * trail.widthPx * project.devicePixelRatio;
  hasBefore = instanceBefore == instanceFrom ? 0.0 : 1.0;

  float lengthPx = length(alongPx);
  vec2 direction = lengthPx > 0.001 ? alongPx / lengthPx : vec2(1.0, 0.0);
  // Room for round ends and for the soft edge.
  float marginPx = halfPx + 1.0;
  placePx = mix(-direction * marginPx, alongPx + direction * marginPx, positions.x)
    + vec2(-direction.y, direction.x) * positions.y * marginPx;
  geometry.position = vec4(mix(from, to, positions.x), 1.0);
  gl_Position = fromClip;
  gl_Position.xy += placePx / pxPerClip * fromClip.w;
  DECKGL_FILTER_GL_POSITION(gl_Position, geometry);

  int kind = int(instanceFacts.x);
  stepColor = (kind == 1 ? trail.carColor : kind == 2 ? trail.bikeColor : kind == 3 ? trail.uavColor : trail.footColor).rgb;
  agesS = movement.nowS - instanceFacts.yzw;
}
`;

const fragmentShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME trail-fragment
precision highp float;
in vec2 placePx;
flat in vec2 alongPx;
flat in vec2 alongBeforePx;
flat in float halfPx;
flat in float hasBefore;
flat in vec3 agesS;
flat in vec3 stepColor;
out vec4 fragColor;

float partOf(vec2 place, vec2 along) {
  return dot(place, along) / max(dot(along, along), 1e-6);
}
float coverageOf(vec2 place, vec2 along, float part) {
  return clamp(halfPx + 0.5 - distance(place, along * clamp(part, 0.0, 1.0)), 0.0, 1.0);
}
/** Fades along the step from its end's age to its beginning's, so that nothing jumps where two steps meet. */
float alphaAt(float part, float fromAgeS, float toAgeS) {
  float left = 1.0 - clamp(mix(fromAgeS, toAgeS, clamp(part, 0.0, 1.0)) / trail.lifeS, 0.0, 1.0);
  return 0.75 * left * left;
}

void main(void) {
  float part = partOf(placePx, alongPx);
  float alpha = alphaAt(part, agesS.y, agesS.x);
  float drawn = 0.0;
  if (hasBefore > 0.5) {
    vec2 placeBefore = placePx + alongBeforePx;
    float partBefore = partOf(placeBefore, alongBeforePx);
    float alphaBefore = alphaAt(partBefore, agesS.z, agesS.y);
    drawn = alphaBefore * coverageOf(placeBefore, alongBeforePx, partBefore);
    if (part < 0.0) alpha = alphaBefore;
  }
  // The step before lies under this one already. Only what it lacks is laid over it: where two steps meet, both
  // together are as opaque as one of them, at any bend.
  float wanted = max(drawn, alpha * coverageOf(placePx, alongPx, part));
  if (wanted <= drawn) discard;
  fragColor = vec4(stepColor, (wanted - drawn) / (1.0 - drawn));
  DECKGL_FILTER_COLOR(fragColor, geometry);
}
`;

const vec4 = ([r, g, b]: Rgb): [number, number, number, number] => [r / 255, g / 255, b / 255, 1];

/** Steps of units that fade with time, on the GPU. Binary attributes only: `getFrom`, `getTo`, `getBefore`, `getFacts`. */
export class TrailLayer extends Layer<TrailProps & LayerProps> {
  static override layerName = 'TrailLayer';
  static override defaultProps = defaultProps as never;
  declare state: { model?: Model };

  override getShaders(): unknown {
    return super.getShaders({
      vs: vertexShader,
      fs: fragmentShader,
      modules: [project32, color, picking, movementUniforms, trailUniforms],
    });
  }

  override initializeState(): void {
    const position = { size: 3, type: 'float64', fp64: this.use64bitPositions() } as const;
    this.getAttributeManager()?.addInstanced({
      instanceFrom: { ...position, accessor: 'getFrom' },
      instanceTo: { ...position, accessor: 'getTo' },
      instanceBefore: { ...position, accessor: 'getBefore' },
      instanceFacts: { size: 4, accessor: 'getFacts', defaultValue: [0, 0, 0, 0] },
    });
  }

  override updateState(params: UpdateParameters<this>): void {
    super.updateState(params);
    if (!this.state.model || params.changeFlags.extensionsChanged) {
      this.state.model?.destroy();
      this.setState({ model: this.#makeModel() });
      this.getAttributeManager()?.invalidateAll();
    }
  }

  override draw(): void {
    const { model } = this.state;
    const { kindColors, widthPx, lifeS, readFrameTime } = this.props;
    if (!model || !readFrameTime) return;
    const [footColor = white, carColor = white, bikeColor = white, uavColor = white] = kindColors;
    model.shaderInputs.setProps({
      movement: readFrameTime(),
      trail: {
        footColor: vec4(footColor),
        carColor: vec4(carColor),
        bikeColor: vec4(bikeColor),
        uavColor: vec4(uavColor),
        widthPx,
        lifeS,
      },
    });
    model.draw(this.context.renderPass);
  }

  #makeModel(): Model {
    return new Model(this.context.device, {
      ...(this.getShaders() as object),
      id: this.props.id,
      bufferLayout: this.getAttributeManager()!.getBufferLayouts(),
      geometry: new Geometry({
        topology: 'triangle-strip',
        attributes: { positions: { size: 2, value: new Float32Array([0, -1, 0, 1, 1, -1, 1, 1]) } },
      }),
      isInstanced: true,
    } as ConstructorParameters<typeof Model>[1]);
  }
}
