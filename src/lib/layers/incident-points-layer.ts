import { color, Layer, picking, project32, type DefaultProps, type LayerProps } from '@deck.gl/core';
import { Model } from '@luma.gl/engine';
import type { IncidentColumns } from '$lib/state/incident-columns.ts';
import type { IncidentBounds } from '$lib/state/incident-filter.ts';
import { lendIncidentRows, returnIncidentRows, type IncidentRows } from './incident-rows.ts';
import {
  anchorOf,
  filterUniforms,
  incidentBufferLayout,
  incidentFunctions,
  incidentUniforms,
} from './incident-shader.ts';
import type { Rgb } from './palette.ts';
import { clipUniforms, planeUniforms } from './plane-shader.ts';

export interface IncidentPointsProps {
  columns: IncidentColumns | null;
  /** Rises when `columns` grew in place. */
  version: number;
  bounds: IncidentBounds | null;
  radiusPx: number;
  /** Of the selected one in the columns; -1: none. */
  selectedIndex: number;
  fillColor: Rgb;
  rimColor: Rgb;
  selectedColor: Rgb;
}

const white: Rgb = [255, 255, 255];
const defaultProps: DefaultProps<IncidentPointsProps> = {
  columns: { type: 'object', value: null, compare: false },
  version: 0,
  bounds: { type: 'object', value: null, compare: false },
  radiusPx: 4,
  selectedIndex: -1,
  fillColor: { type: 'array', value: white, compare: false },
  rimColor: { type: 'array', value: white, compare: false },
  selectedColor: { type: 'array', value: white, compare: false },
};

const block = /* glsl */ `\
layout(std140) uniform incidentDotUniforms {
  vec4 fillColor;
  vec4 rimColor;
  vec4 selectedColor;
  float radiusPx;
  float selectedIndex;
} incidentDot;
`;
const dotUniforms = {
  name: 'incidentDot',
  vs: block,
  fs: block,
  uniformTypes: {
    fillColor: 'vec4<f32>',
    rimColor: 'vec4<f32>',
    selectedColor: 'vec4<f32>',
    radiusPx: 'f32',
    selectedIndex: 'f32',
  },
} as const;

const vertexShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME incident-points-vertex
${incidentFunctions}
flat out int source;
flat out float isSelected;
flat out float halfSidePx;

void main(void) {
  source = (kind >> 16) & 3;
  isSelected = float(gl_VertexID == int(incidentDot.selectedIndex));
  halfSidePx = incidentDot.radiusPx * (isSelected > 0.5 ? 2.4 : 1.0) + 1.5;
  gl_PointSize = 2.0 * halfSidePx * project.devicePixelRatio;
  // What the filter hides lies behind the eye.
  gl_Position = incident_passes() ? plane_toClip(incident_fromAnchor()) : vec4(0.0, 0.0, 2.0, 1.0);
  geometry.position = gl_Position;
  DECKGL_FILTER_GL_POSITION(gl_Position, geometry);
  vec4 unused = vec4(1.0);
  DECKGL_FILTER_COLOR(unused, geometry);
}
`;

const fragmentShader = /* glsl */ `\
#version 300 es
#define SHADER_NAME incident-points-fragment
precision highp float;
flat in int source;
flat in float isSelected;
flat in float halfSidePx;
out vec4 fragColor;

void main(void) {
  vec2 pixel = (gl_PointCoord - 0.5) * 2.0 * halfSidePx;
  float radius = incidentDot.radiusPx;
  // A citizen's call is a disc, a patrol's find a ring, a sentinel point's a diamond.
  float fromRim = source == 2 ? (abs(pixel.x) + abs(pixel.y)) * 0.80 - radius : length(pixel) - radius;
  float body = 1.0 - smoothstep(-0.5, 0.5, fromRim);
  float edge = (1.0 - smoothstep(0.3, 1.3, fromRim)) * (1.0 - body);
  float core = 1.0 - smoothstep(-0.5, 0.5, length(pixel) - radius * 0.5);
  vec4 inside = source == 1 ? mix(incidentDot.fillColor, incidentDot.rimColor, core) : incidentDot.fillColor;
  vec4 color = vec4(mix(incidentDot.rimColor.rgb, inside.rgb, body), max(body * 0.92, edge * 0.75));
  if (isSelected > 0.5) {
    float ring = 1.0 - smoothstep(1.0, 2.0, abs(length(pixel) - radius * 1.9));
    color = mix(color, vec4(incidentDot.selectedColor.rgb, 1.0), ring);
  }
  if (color.a < 0.02) discard;
  fragColor = color;
  DECKGL_FILTER_COLOR(fragColor, geometry);
}
`;

const vec4 = ([r, g, b]: Rgb): [number, number, number, number] => [r / 255, g / 255, b / 255, 1];

/** Every incident as a dot, in one call; the filter is a handful of uniforms. */
export class IncidentPointsLayer extends Layer<IncidentPointsProps & LayerProps> {
  static override layerName = 'IncidentPointsLayer';
  static override defaultProps = defaultProps as never;
  declare state: { model?: Model; rows?: IncidentRows };

  override getShaders(): unknown {
    return super.getShaders({
      vs: vertexShader,
      fs: fragmentShader,
      modules: [project32, color, picking, incidentUniforms, planeUniforms, dotUniforms],
    });
  }

  override initializeState(): void {
    const { device } = this.context;
    const model = new Model(device, {
      ...(this.getShaders() as object),
      id: this.props.id,
      bufferLayout: incidentBufferLayout,
      topology: 'point-list',
      isInstanced: false,
    } as ConstructorParameters<typeof Model>[1]);
    this.setState({ model, rows: lendIncidentRows(device) });
  }

  override finalizeState(context: this['context']): void {
    super.finalizeState(context);
    if (this.state.rows) returnIncidentRows(context.device);
  }

  override draw(): void {
    const { model, rows } = this.state;
    const { columns, bounds, radiusPx, selectedIndex, fillColor, rimColor, selectedColor } = this.props;
    const buffer = columns && rows?.sync(columns);
    if (!model || !buffer || !bounds) return;
    const anchor = anchorOf(columns);
    model.setAttributes({ rows: buffer });
    model.setVertexCount(columns.count);
    model.shaderInputs.setProps({
      incident: filterUniforms(bounds, anchor),
      plane: clipUniforms(this.context.viewport, anchor),
      incidentDot: {
        fillColor: vec4(fillColor),
        rimColor: vec4(rimColor),
        selectedColor: vec4(selectedColor),
        radiusPx,
        selectedIndex,
      },
    });
    model.draw(this.context.renderPass);
  }
}
