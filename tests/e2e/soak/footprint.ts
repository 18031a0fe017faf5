import type { CDPSession, Page } from '@playwright/test';

/** What a page holds after its garbage was taken away. */
export interface Footprint {
  /** JavaScript objects, and what array buffers hold outside the heap. */
  heapBytes: number;
  bufferBytes: number;
  nodes: number;
  listeners: number;
  /** Objects of the graphics card that were made and not deleted, and what was written into its buffers. */
  gpuBuffers: number;
  gpuBufferBytes: number;
  gpuTextures: number;
  /** Programs, shaders, vertex arrays, framebuffers, samplers and whatever else WebGL 2 makes. */
  gpuOthers: number;
}

interface GpuHeld {
  counts: Record<string, number>;
  bufferBytes: number;
}

/**
 * Runs in the page before all else: counts what is made on the graphics card and neither deleted nor given up. What no
 * code can reach any more the browser deletes with its garbage.
 */
export function countGpuObjects(): void {
  const held: GpuHeld = { counts: {}, bufferBytes: 0 };
  type Made = { kind: string; isGone: boolean; bytes: number };
  type Call = (this: unknown, ...given: unknown[]) => unknown;
  const made = new WeakMap<object, Made>();
  const end = (one: Made | undefined): void => {
    // Deleting the same twice is allowed and does nothing.
    if (!one || one.isGone) return;
    one.isGone = true;
    held.counts[one.kind] = (held.counts[one.kind] ?? 0) - 1;
    held.bufferBytes -= one.bytes;
  };
  const garbage = new FinalizationRegistry<Made>(end);
  const prototype = WebGL2RenderingContext.prototype as unknown as Record<string, Call>;
  const watch = (name: string, look: (given: unknown[], answer: unknown) => void): void => {
    const call = prototype[name]!;
    prototype[name] = function (...given) {
      const answer = call.apply(this, given);
      look(given, answer);
      return answer;
    };
  };
  for (const name of Object.getOwnPropertyNames(WebGL2RenderingContext.prototype)) {
    const [, verb, kind = ''] = /^(create|delete)([A-Z]\w+)$/.exec(name) ?? [];
    if (verb === 'delete') watch(name, ([object]) => object && end(made.get(object)));
    if (verb === 'create')
      watch(name, (_, object) => {
        if (!object) return;
        const one = { kind, isGone: false, bytes: 0 };
        made.set(object, one);
        garbage.register(object, one);
        held.counts[kind] = (held.counts[kind] ?? 0) + 1;
      });
  }
  const bound = new Map<unknown, Made | undefined>();
  watch('bindBuffer', ([target, buffer]) => bound.set(target, buffer ? made.get(buffer) : undefined));
  watch('bufferData', ([target, source, , , length]) => {
    const one = bound.get(target);
    if (!one) return;
    const written = source as ArrayBufferView & { BYTES_PER_ELEMENT?: number };
    const bytes =
      typeof source === 'number'
        ? source
        : length
          ? Number(length) * (written.BYTES_PER_ELEMENT ?? 1)
          : written.byteLength;
    held.bufferBytes += bytes - one.bytes;
    one.bytes = bytes;
  });
  (globalThis as unknown as { gpuHeld: GpuHeld }).gpuHeld = held;
}

export async function readFootprint(page: Page, cdp: CDPSession): Promise<Footprint> {
  for (let round = 0; round < 3; round++) await cdp.send('HeapProfiler.collectGarbage');
  // What is told of garbage is told a moment later.
  await page.waitForTimeout(500);
  const { usedSize, backingStorageSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  const { counts, bufferBytes } = await page.evaluate(
    () => (globalThis as unknown as { gpuHeld: { counts: Record<string, number>; bufferBytes: number } }).gpuHeld,
  );
  const { Buffer: gpuBuffers = 0, Texture: gpuTextures = 0, ...rest } = counts;
  return {
    heapBytes: usedSize,
    bufferBytes: backingStorageSize,
    nodes,
    listeners: jsEventListeners,
    gpuBuffers,
    gpuBufferBytes: bufferBytes,
    gpuTextures,
    gpuOthers: Object.values(rest).reduce((sum, count) => sum + count, 0),
  };
}
