import { LayerExtension, type Layer } from '@deck.gl/core';

/** What a frame draws with: how far markers are on their way, and the time by which things fade. */
export type FrameTime = {
  /** 0 at the tick, 1 when every marker has arrived. */
  progress: number;
  /** Server time, seconds since the layers' epoch. */
  nowS: number;
  /** The newest tick, in the same seconds. */
  tickS: number;
};

/** Read while drawing, so that a frame costs no layer update. */
export type ReadFrameTime = () => FrameTime;

// Times go to the GPU as 32-bit floats, which hold hundredths of a second only near their zero.
const epochMs = Date.now();
export const secondsSinceEpoch = (timeMs: number): number => (timeMs - epochMs) / 1000;

const block = /* glsl */ `\
layout(std140) uniform movementUniforms {
  float progress;
  float nowS;
  float tickS;
} movement;
`;

export const movementUniforms = {
  name: 'movement',
  vs: block,
  fs: block,
  uniformTypes: { progress: 'f32', nowS: 'f32', tickS: 'f32' },
} as const;

/** Lets any layer with one position per object draw it on its way from `getPreviousPosition`. */
export class MovementExtension extends LayerExtension<{ readFrameTime: ReadFrameTime }> {
  static override extensionName = 'MovementExtension';
  static override defaultProps = { getPreviousPosition: { type: 'accessor', value: [0, 0, 0] } };

  override getShaders(): unknown {
    return {
      modules: [movementUniforms],
      inject: {
        'vs:#decl': 'in vec3 instancePreviousPositions;\nin vec3 instancePreviousPositions64Low;\n',
        // The projection is linear in common space, so a mix of clip coordinates is the projection of the mix.
        'vs:DECKGL_FILTER_GL_POSITION': /* glsl */ `
          vec3 previousCommon = project_position(instancePreviousPositions, instancePreviousPositions64Low);
          position = mix(project_common_position_to_clipspace(vec4(previousCommon, 1.0)), position, movement.progress);
        `,
      },
    };
  }

  override getSubLayerProps(this: Layer, extension: this): unknown {
    const composite = this as unknown as { getSubLayerAccessor(accessor: unknown): unknown };
    const { getPreviousPosition } = this.props as unknown as { getPreviousPosition: unknown };
    void extension;
    return { getPreviousPosition: composite.getSubLayerAccessor(getPreviousPosition) };
  }

  override initializeState(this: Layer): void {
    this.getAttributeManager()?.addInstanced({
      instancePreviousPositions: {
        size: 3,
        type: 'float64',
        fp64: this.use64bitPositions(),
        accessor: 'getPreviousPosition',
      },
    });
  }

  override draw(this: Layer, _params: unknown, extension: this): void {
    this.setShaderModuleProps({ movement: extension.opts.readFrameTime() });
  }
}
