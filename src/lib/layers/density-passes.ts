import type { Buffer, Device, Framebuffer, Texture } from '@luma.gl/core';
import { Geometry, Model } from '@luma.gl/engine';
import type { Lattice } from '$lib/geo/density.ts';
import { earthRadiusM } from '$lib/geo/sphere.ts';
import type { IncidentBounds } from '$lib/state/incident-filter.ts';
import {
  countFragmentShader,
  countVertexShader,
  latticeUniforms,
  smoothFragmentShader,
  wholeVertexShader,
} from './density-shader.ts';
import { filterUniforms, incidentBufferLayout, incidentUniforms, type IncidentAnchor } from './incident-shader.ts';

export const wholeSquare = (): Geometry =>
  new Geometry({
    topology: 'triangle-strip',
    attributes: { positions: { size: 2, value: new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]) } },
  });

/** The lattice as shaders take it. */
export const latticeProps = (lattice: Lattice, { y }: IncidentAnchor, bandwidthM: number) => ({
  first: [lattice.x0, lattice.y0] as [number, number],
  size: [lattice.width, lattice.height] as [number, number],
  cell: lattice.cell,
  anchorY: y,
  bandwidthM,
  metresPerUnitAtEquator: (2 * Math.PI * earthRadiusM) / 512,
  isDown: 0,
});

export interface DensityInput {
  rows: Buffer;
  count: number;
  bounds: IncidentBounds;
  anchor: IncidentAnchor;
  lattice: Lattice;
  bandwidthM: number;
}

const additive = {
  blend: true,
  blendColorOperation: 'add',
  blendAlphaOperation: 'add',
  blendColorSrcFactor: 'one',
  blendColorDstFactor: 'one',
  blendAlphaSrcFactor: 'one',
  blendAlphaDstFactor: 'one',
  depthCompare: 'always',
  depthWriteEnabled: false,
} as const;
const overwriting = { blend: false, depthCompare: 'always', depthWriteEnabled: false } as const;

/** Counts and smooths on the graphics card, into a texture of incidents per km². */
export class DensityPasses {
  readonly #device: Device;
  readonly #format: 'r32float' | 'r16float';
  readonly #count: Model;
  readonly #smooth: Model;
  #targets: [Framebuffer, Framebuffer] | undefined;

  constructor(device: Device) {
    this.#device = device;
    // Sixteen bits count to 2,048 in one cell: enough where a graphics card cannot add up more.
    const canAdd = device.features.has('float32-renderable-webgl') && device.features.has('texture-blend-float-webgl');
    this.#format = canAdd ? 'r32float' : 'r16float';
    this.#count = new Model(device, {
      id: 'density-count',
      vs: countVertexShader,
      fs: countFragmentShader,
      modules: [incidentUniforms, latticeUniforms],
      bufferLayout: incidentBufferLayout,
      topology: 'point-list',
      isInstanced: false,
      parameters: additive,
    } as ConstructorParameters<typeof Model>[1]);
    this.#smooth = new Model(device, {
      id: 'density-smooth',
      vs: wholeVertexShader,
      fs: smoothFragmentShader,
      modules: [latticeUniforms],
      geometry: wholeSquare(),
      parameters: overwriting,
    } as ConstructorParameters<typeof Model>[1]);
  }

  /** @returns undefined while the shaders are being made: to be asked again. */
  run({ rows, count, bounds, anchor, lattice, bandwidthM }: DensityInput): Texture | undefined {
    const [first, second] = this.#resize(lattice);
    const props = latticeProps(lattice, anchor, bandwidthM);
    this.#count.setAttributes({ rows });
    this.#count.setVertexCount(count);
    this.#count.shaderInputs.setProps({ incident: filterUniforms(bounds, anchor), lattice: props });
    const isDone =
      this.#draw(this.#count, first) &&
      this.#drawSmooth(first, second, { ...props, isDown: 0 }) &&
      this.#drawSmooth(second, first, { ...props, isDown: 1 });
    return isDone ? textureOf(first) : undefined;
  }

  destroy(): void {
    this.#count.destroy();
    this.#smooth.destroy();
    this.#free();
  }

  #drawSmooth(from: Framebuffer, to: Framebuffer, lattice: ReturnType<typeof latticeProps>): boolean {
    this.#smooth.setBindings({ counts: textureOf(from) });
    this.#smooth.shaderInputs.setProps({ lattice });
    return this.#draw(this.#smooth, to);
  }

  #draw(model: Model, framebuffer: Framebuffer): boolean {
    const { width, height } = framebuffer;
    const pass = this.#device.beginRenderPass({
      framebuffer,
      parameters: { viewport: [0, 0, width, height], scissorRect: [0, 0, width, height] },
      clearColor: [0, 0, 0, 0],
      clearDepth: false,
      clearStencil: false,
    });
    const isDrawn = model.draw(pass);
    pass.end();
    return isDrawn;
  }

  #resize({ width, height }: Lattice): [Framebuffer, Framebuffer] {
    if (this.#targets?.[0].width === width && this.#targets[0].height === height) return this.#targets;
    this.#free();
    const make = () =>
      this.#device.createFramebuffer({
        width,
        height,
        colorAttachments: [
          this.#device.createTexture({
            format: this.#format,
            width,
            height,
            sampler: { minFilter: 'nearest', magFilter: 'nearest' },
          }),
        ],
      });
    return (this.#targets = [make(), make()]);
  }

  #free(): void {
    for (const target of this.#targets ?? []) {
      textureOf(target).destroy();
      target.destroy();
    }
    this.#targets = undefined;
  }
}

const textureOf = (framebuffer: Framebuffer): Texture => framebuffer.colorAttachments[0]!.texture;
