import { color, Layer, picking, project32, type DefaultProps, type LayerProps, type Viewport } from '@deck.gl/core';
import type { Buffer, Texture } from '@luma.gl/core';
import { Geometry, Model } from '@luma.gl/engine';
import type { LngLat } from '$api/positions/contract.ts';
import { planeX, planeY } from '$lib/geo/density.ts';
import { movementUniforms, type ReadFrameTime } from './movement.ts';
import type { Rgb } from './palette.ts';
import { clipUniforms, planeUniforms } from './plane-shader.ts';
import { fragmentShader, unitUniforms, vertexShader } from './unit-marker-shader.ts';
import { stepsPerDeg, unitBufferLayout, unitRowIntegers, type UnitRows } from './unit-rows.ts';

export interface UnitMarkerProps {
  /** Atlas of `drawUnitPictograms`. */
  pictograms: OffscreenCanvas | Texture | null;
  radiusPx: number;
  /** Units as they stand, read while drawing: a tick makes no layer anew and asks nothing of the others. */
  readRows: (() => UnitRows) | null;
  /** Of the selected unit in the rows, read with them; -1: none. */
  readSelectedIndex: () => number;
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
  // A layer is made anew when something else is to be seen.
  readRows: { type: 'function', value: null, optional: true, compare: true },
  readSelectedIndex: { type: 'function', value: () => -1, compare: true },
  kindColors: { type: 'array', value: [white, white, white, white], compare: false },
  inkColor: { type: 'array', value: white, compare: false },
  rimColor: { type: 'array', value: white, compare: false },
  staleColor: { type: 'array', value: white, compare: false },
  selectedColor: { type: 'array', value: white, compare: false },
  staleAfterS: { type: 'array', value: [300, 120, 180, 30], compare: false },
  readFrameTime: { type: 'function', value: null, optional: true },
};

const vec4 = ([r, g, b]: Rgb): [number, number, number, number] => [r / 255, g / 255, b / 255, 1];

/** The middle of the map, from where places are told, in their steps and on the plane. */
function anchorOf(viewport: Viewport) {
  const [lng, lat] = viewport.unprojectFlat(viewport.center).map((deg) => Math.round(deg * stepsPerDeg)) as LngLat;
  return { lng, lat, x: planeX(lng / stepsPerDeg), y: planeY(lat / stepsPerDeg) };
}

/**
 * Unit markers, drawn in one call: shape and pictogram by kind, an arrow for the heading, fading by age, hollow when
 * stale, a ring when selected. All of them lie in one buffer, which is written over once a tick; between ticks they move
 * by a uniform.
 */
export class UnitMarkerLayer extends Layer<UnitMarkerProps & LayerProps> {
  static override layerName = 'UnitMarkerLayer';
  static override defaultProps = defaultProps as never;
  declare state: { model?: Model; buffer?: Buffer | undefined; rows?: UnitRows; version?: number };

  override getShaders(): unknown {
    return super.getShaders({
      vs: vertexShader,
      fs: fragmentShader,
      modules: [project32, color, picking, movementUniforms, planeUniforms, unitUniforms],
    });
  }

  override initializeState(): void {
    this.setState({ model: this.#makeModel() });
  }

  override finalizeState(context: this['context']): void {
    super.finalizeState(context);
    this.state.buffer?.destroy();
  }

  override draw(): void {
    const { model } = this.state;
    const { pictograms, readRows, readFrameTime, kindColors, radiusPx, readSelectedIndex, staleAfterS, ...props } =
      this.props;
    if (!model || !pictograms || !readRows || !readFrameTime) return;
    const rows = readRows();
    if (rows.count === 0) return;
    this.#write(rows, model);
    const [footColor = white, carColor = white, bikeColor = white, uavColor = white] = kindColors;
    const anchor = anchorOf(this.context.viewport);
    model.shaderInputs.setProps({
      movement: readFrameTime(),
      plane: clipUniforms(this.context.viewport, anchor),
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
        selectedIndex: readSelectedIndex(),
        anchorLng: anchor.lng,
        anchorLat: anchor.lat,
      },
    });
    // The image property has become a texture by now.
    model.setBindings({ pictograms: pictograms as Texture });
    model.setInstanceCount(rows.count);
    model.draw(this.context.renderPass);
  }

  /** Has the rows on the graphics card; only a new tick writes. */
  #write(rows: UnitRows, model: Model): void {
    const { state } = this;
    if (state.rows === rows && state.version === rows.version) return;
    const { integers, count, version } = rows;
    if (!state.buffer || state.buffer.byteLength < integers.byteLength) {
      state.buffer?.destroy();
      state.buffer = this.context.device.createBuffer({ byteLength: integers.byteLength });
      model.setAttributes({ rows: state.buffer });
    }
    state.buffer.write(integers.subarray(0, unitRowIntegers * count));
    // Not setState: that asks for another frame.
    Object.assign(state, { rows, version });
  }

  #makeModel(): Model {
    return new Model(this.context.device, {
      ...(this.getShaders() as object),
      id: this.props.id,
      bufferLayout: unitBufferLayout,
      geometry: new Geometry({
        topology: 'triangle-strip',
        attributes: { positions: { size: 2, value: new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]) } },
      }),
      isInstanced: true,
    } as ConstructorParameters<typeof Model>[1]);
  }
}
