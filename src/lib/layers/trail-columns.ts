import type { TrailChunk } from '$lib/state/trails.ts';
import { secondsSinceEpoch } from './movement.ts';

export interface TrailColumns {
  length: number;
  attributes: {
    getFrom: { value: Float64Array; size: 2 };
    getTo: { value: Float64Array; size: 2 };
    /** Kind, seconds of birth since the layers' epoch. */
    getFacts: { value: Float32Array; size: 2 };
  };
}

const packed = new WeakMap<TrailChunk, { version: number; columns: TrailColumns }>();

/** A chunk for the GPU: the same object as long as the chunk has not grown, so that a full one is uploaded once. */
export function packTrailColumns(chunk: TrailChunk): TrailColumns {
  const known = packed.get(chunk);
  if (known?.version === chunk.version) return known.columns;
  const { count, kinds, bornAtMs } = chunk;
  const facts = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    facts[2 * i] = kinds[i]!;
    facts[2 * i + 1] = secondsSinceEpoch(bornAtMs[i]!);
  }
  const columns: TrailColumns = {
    length: count,
    attributes: {
      getFrom: { value: chunk.from.subarray(0, 2 * count), size: 2 },
      getTo: { value: chunk.to.subarray(0, 2 * count), size: 2 },
      getFacts: { value: facts, size: 2 },
    },
  };
  packed.set(chunk, { version: chunk.version, columns });
  return columns;
}
