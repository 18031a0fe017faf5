import {
  color,
  Layer,
  picking,
  project32,
  type DefaultProps,
  type LayerProps,
  type UpdateParameters,
} from '@deck.gl/core';
import type { Texture } from '@luma.gl/core';
import { Geometry, Model } from '@luma.gl/engine';
import { movementUniforms, type ReadFrameTime } from './movement.ts';
import type { Rgb } from './palette.ts';
import { fragmentShader, unitUniforms, vertexShader } from './unit-marker-shader.ts';

export interface UnitMarkerProps {
  /** Atlas of `drawUnitPictograms`. */
  pictograms: OffscreenCanvas | Texture | null;
  radiusPx: number;
  /** Of the selected unit in the columns; -1: none. */
  selectedIndex: number;
  /** In the order of `unitKinds`. */
  kindColors: readonly Rgb[];
  inkColor: Rgb;
  rimColor: Rgb;
  staleColor: Rgb;
  selectedColor: Rgb;
  /** Seconds, in the order of `unitKinds`. */
  staleAfterS: readonly number[];
  readFrameTime: ReadFrameTime | null;
}

const white: Rgb = [255, 255, 255];
const defaultProps: DefaultProps<UnitMarkerProps> = {
  pictograms: { type: 'image', value: null, async: true },
  radiusPx: 12,
  selectedIndex: -1,
  kindColors: { type: 'array', value: [white, white, white, white], compare: false },
  inkColor: { type: 'array', value: white, compare: false },
  rimColor: { type: 'array', value: white, compare: false },
  staleColor: { type: 'array', value: white, compare: false },
  selectedColor: { type: 'array', value: white, compare: false },
  staleAfterS: { type: 'array', value: [300, 120, 180, 30], compare: false },
  readFrameTime: { type: 'function', value: null, optional: true },
};

const vec4 = ([r, g, b]: Rgb): [number, number, number, number] => [r / 255, g / 255, b / 255, 1];

/**
 * Unit markers, drawn in one call: shape and pictogram by kind, an arrow for the heading, fading by age, hollow when
 * stale, a ring when selected. Takes binary attributes only: `getPosition`, `getPreviousPosition` (lng, lat as
 * Float64Array) and `getFacts` (kind, heading, seconds of observation).
 */
export class UnitMarkerLayer extends Layer<UnitMarkerProps & LayerProps> {
  static override layerName = 'UnitMarkerLayer';
  static override defaultProps = defaultProps as never;
  declare state: { model?: Model };

  override getShaders(): unknown {
    return super.getShaders({
      vs: vertexShader,
      fs: fragmentShader,
      modules: [project32, color, picking, movementUniforms, unitUniforms],
    });
  }

  override initializeState(): void {
    const position = { size: 3, type: 'float64', fp64: this.use64bitPositions() } as const;
    this.getAttributeManager()?.addInstanced({
      instancePositions: { ...position, accessor: 'getPosition' },
      instancePreviousPositions: { ...position, accessor: 'getPreviousPosition' },
      instanceFacts: { size: 3, accessor: 'getFacts', defaultValue: [0, -1, 0] },
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
    const { pictograms, readFrameTime, kindColors, radiusPx, selectedIndex, staleAfterS, ...props } = this.props;
    if (!model || !pictograms || !readFrameTime) return;
    const [footColor = white, carColor = white, bikeColor = white, uavColor = white] = kindColors;
    model.shaderInputs.setProps({
      movement: readFrameTime(),
      unit: {
        footColor: vec4(footColor),
        carColor: vec4(carColor),
        bikeColor: vec4(bikeColor),
        uavColor: vec4(uavColor),
        inkColor: vec4(props.inkColor),
        rimColor: vec4(props.rimColor),
        staleColor: vec4(props.staleColor),
        selectedColor: vec4(props.selectedColor),
        staleAfterS,
        radiusPx,
        selectedIndex,
      },
    });
    // The image property has become a texture by now.
    model.setBindings({ pictograms: pictograms as Texture });
    model.draw(this.context.renderPass);
  }

  #makeModel(): Model {
    return new Model(this.context.device, {
      ...(this.getShaders() as object),
      id: this.props.id,
      bufferLayout: this.getAttributeManager()!.getBufferLayouts(),
      geometry: new Geometry({
        topology: 'triangle-strip',
        attributes: { positions: { size: 2, value: new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]) } },
      }),
      isInstanced: true,
    } as ConstructorParameters<typeof Model>[1]);
  }
}
