import { Layer, type DefaultProps, type LayerProps, type Viewport } from '@deck.gl/core';
import type { Texture } from '@luma.gl/core';
import { Model } from '@luma.gl/engine';
import { kernelReach, latticeOver, metresPerUnit, type Lattice, type PlaneBox } from '$lib/geo/density.ts';
import type { IncidentColumns } from '$lib/state/incident-columns.ts';
import type { IncidentBounds } from '$lib/state/incident-filter.ts';
import { DensityPasses, latticeProps, wholeSquare } from './density-passes.ts';
import {
  latticeUniforms,
  maxClasses,
  paintFragmentShader,
  paintUniforms,
  paintVertexShader,
} from './density-shader.ts';
import { lendIncidentRows, returnIncidentRows, type IncidentRows } from './incident-rows.ts';
import { anchorOf, type IncidentAnchor } from './incident-shader.ts';
import type { Rgb } from './palette.ts';
import { clipUniforms, planeUniforms } from './plane-shader.ts';

export interface DensityProps {
  columns: IncidentColumns | null;
  /** Rises when `columns` grew in place. */
  version: number;
  bounds: IncidentBounds | null;
  bandwidthM: number;
  /** Incidents per km², rising; below the first nothing is drawn. */
  thresholds: readonly number[];
  /** One for each threshold. */
  colors: readonly Rgb[];
  shownOpacity: number;
}

const defaultProps: DefaultProps<DensityProps> = {
  columns: { type: 'object', value: null, compare: false },
  version: 0,
  bounds: { type: 'object', value: null, compare: false },
  bandwidthM: 200,
  thresholds: { type: 'array', value: [], compare: true },
  colors: { type: 'array', value: [], compare: false },
  shownOpacity: 0.6,
};

/** Cells along a side: a wall's picture at the finest, drawn in a few milliseconds. */
const maxSide = 1024;

/**
 * The heatmap: incidents per km² in classes, with the filter of the points. Counted and smoothed anew only when
 * incidents, filter, bandwidth or the part of the lattice in sight change; a map that moves only paints.
 */
export class DensityLayer extends Layer<DensityProps & LayerProps> {
  static override layerName = 'DensityLayer';
  static override defaultProps = defaultProps as never;
  declare state: {
    model?: Model;
    rows?: IncidentRows;
    passes?: DensityPasses;
    /** What the texture was made of. */
    key?: string;
    of?: { columns: IncidentColumns; bounds: IncidentBounds };
    texture?: Texture | undefined;
  };

  override getShaders(): unknown {
    return super.getShaders({
      vs: paintVertexShader,
      fs: paintFragmentShader,
      modules: [latticeUniforms, planeUniforms, paintUniforms],
    });
  }

  override initializeState(): void {
    const { device } = this.context;
    const model = new Model(device, {
      ...(this.getShaders() as object),
      id: this.props.id,
      geometry: wholeSquare(),
    } as ConstructorParameters<typeof Model>[1]);
    this.setState({ model, rows: lendIncidentRows(device), passes: new DensityPasses(device) });
  }

  override finalizeState(context: this['context']): void {
    super.finalizeState(context);
    this.state.passes?.destroy();
    if (this.state.rows) returnIncidentRows(context.device);
  }

  override draw(): void {
    const { model } = this.state;
    const { columns, bandwidthM, thresholds, colors, shownOpacity } = this.props;
    if (!model || !columns || columns.count === 0 || thresholds.length === 0) return;
    const anchor = anchorOf(columns);
    const box = boxInSight(this.context.viewport, anchor, bandwidthM);
    const lattice = latticeOver(meet(box, boxOf(columns, anchor, bandwidthM)), anchor.y, bandwidthM, maxSide);
    if (!lattice) return;
    const texture = this.#densityOn(lattice, anchor);
    if (!texture) {
      // The shaders are still being made.
      this.setNeedsRedraw();
      return;
    }
    const at = (i: number): number => thresholds[i] ?? Number.MAX_VALUE;
    const color = (i: number) => vec4(colors[Math.min(i, colors.length - 1)] ?? [0, 0, 0]);
    model.setBindings({ density: texture });
    model.shaderInputs.setProps({
      plane: clipUniforms(this.context.viewport, anchor),
      lattice: latticeProps(lattice, anchor, bandwidthM),
      paint: {
        ...Object.fromEntries(Array.from({ length: maxClasses }, (_, i) => [`color${i}`, color(i)])),
        thresholdsLow: [at(0), at(1), at(2), at(3)],
        thresholdsHigh: [at(4), at(5)],
        opacity: shownOpacity,
      },
    });
    model.draw(this.context.renderPass);
  }

  #densityOn(lattice: Lattice, anchor: IncidentAnchor): Texture | undefined {
    const { passes, rows, key, of, texture } = this.state;
    const { columns, bounds, bandwidthM } = this.props;
    if (!passes || !rows || !columns || !bounds) return undefined;
    const { cell, x0, y0, width, height } = lattice;
    const wanted = [columns.count, columns.patched.length, bandwidthM, cell, x0, y0, width, height].join(' ');
    if (texture && wanted === key && of?.columns === columns && of.bounds === bounds) return texture;
    const buffer = rows.sync(columns);
    const made = buffer && passes.run({ rows: buffer, count: columns.count, bounds, anchor, lattice, bandwidthM });
    // Not setState: that asks for another frame.
    Object.assign(this.state, { key: made ? wanted : undefined, of: { columns, bounds }, texture: made });
    return made;
  }
}

const vec4 = ([r, g, b]: Rgb): [number, number, number, number] => [r / 255, g / 255, b / 255, 1];

/** What the window shows and how far its incidents reach into it, on the plane from the anchor. */
function boxInSight(viewport: Viewport, { x, y }: IncidentAnchor, bandwidthM: number): PlaneBox {
  const corners = [
    [0, 0],
    [viewport.width, 0],
    [0, viewport.height],
    [viewport.width, viewport.height],
  ].map((corner) => viewport.projectFlat(viewport.unproject(corner)));
  const [xs, ys] = [corners.map(([cornerX]) => cornerX! - x), corners.map(([, cornerY]) => cornerY! - y)];
  return grow([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], y, bandwidthM);
}

const boxes = new WeakMap<IncidentColumns, { count: number; patches: number; box: PlaneBox }>();

/** Where incidents lie and how far they reach: beyond it there is nothing to count. */
function boxOf(columns: IncidentColumns, anchor: IncidentAnchor, bandwidthM: number): PlaneBox {
  let known = boxes.get(columns);
  const { count, patched } = columns;
  if (known?.count !== count || known.patches !== patched.length) {
    known = { count, patches: patched.length, box: columns.boxFrom(anchor) };
    boxes.set(columns, known);
  }
  return grow(known.box, anchor.y, bandwidthM);
}

function grow([west, south, east, north]: PlaneBox, anchorY: number, bandwidthM: number): PlaneBox {
  // Towards the pole a metre is longer on the plane; a tenth more holds for a hundred kilometres.
  const reach = (1.1 * kernelReach * bandwidthM) / metresPerUnit(anchorY);
  return [west - reach, south - reach, east + reach, north + reach];
}

const meet = (a: PlaneBox, b: PlaneBox): PlaneBox => [
  Math.max(a[0], b[0]),
  Math.max(a[1], b[1]),
  Math.min(a[2], b[2]),
  Math.min(a[3], b[3]),
];
