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
in vec2 instanceFacts; // kind, seconds of birth
out vec4 stepColor;

void main(void) {
  geometry.worldPosition = instanceFrom;
  vec3 from = project_position(instanceFrom, instanceFrom64Low);
  vec3 to = project_position(instanceTo, instanceTo64Low);
  // The newest step grows behind its marker.
  if (instanceFacts.y >= movement.tickS - 0.02) to = mix(from, to, movement.progress);
  vec4 fromClip = project_common_position_to_clipspace(vec4(from, 1.0));
  vec4 toClip = project_common_position_to_clipspace(vec4(to, 1.0));
  geometry.position = vec4(mix(from, to, positions.x), 1.0);
  gl_Position = mix(fromClip, toClip, positions.x);
  DECKGL_FILTER_GL_POSITION(gl_Position, geometry);

  vec2 along = (toClip.xy / toClip.w - fromClip.xy / fromClip.w) * project.viewportSize;
  float lengthPx = length(along);
  vec2 direction = lengthPx > 0.001 ? along / lengthPx : vec2(1.0, 0.0);
  // Not a hair over the ends: where translucent steps overlap, a trail of short ones becomes a ladder.
  vec2 offset = vec2(-direction.y, direction.x) * positions.y * trail.widthPx * 0.5;
  gl_Position.xy += project_pixel_size_to_clipspace(offset) * gl_Position.w;

  int kind = int(instanceFacts.x);
  stepColor = kind == 1 ? trail.carColor : kind == 2 ? trail.bikeColor : kind == 3 ? trail.uavColor : trail.footColor;
  float age = clamp((movement.nowS - instanceFacts.y) / trail.lifeS, 0.0, 1.0);
  stepColor.a = 0.75 * (1.0 - age) * (1.0 - age);
  DECKGL_FILTER_COLOR(stepColor, geometry);
}
`;

const fragmentShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME trail-fragment
precision highp float;
in vec4 stepColor;
out vec4 fragColor;
void main(void) {
  fragColor = stepColor;
  DECKGL_FILTER_COLOR(fragColor, geometry);
}
`;

const vec4 = ([r, g, b]: Rgb): [number, number, number, number] => [r / 255, g / 255, b / 255, 1];

/** Steps of units that fade with time, on the GPU. Binary attributes only: `getFrom`, `getTo`, `getFacts`. */
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
      instanceFacts: { size: 2, accessor: 'getFacts', defaultValue: [0, 0] },
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
