import type { TrailChunk } from '$lib/state/trails.ts';
import { secondsSinceEpoch } from './movement.ts';

export interface TrailColumns {
  length: number;
  attributes: {
    getFrom: { value: Float64Array; size: 2 };
    getTo: { value: Float64Array; size: 2 };
    getBefore: { value: Float64Array; size: 2 };
    /** Kind, then when the unit was at `to`, `from` and `before`, seconds since the layers' epoch. */
    getFacts: { value: Float32Array; size: 4 };
  };
}

const packed = new WeakMap<TrailChunk, { version: number; columns: TrailColumns }>();

/** A chunk for the GPU: the same object as long as the chunk has not grown, so that a full one is uploaded once. */
export function packTrailColumns(chunk: TrailChunk): TrailColumns {
  const known = packed.get(chunk);
  if (known?.version === chunk.version) return known.columns;
  const { count, kinds, toAtMs, fromAtMs, beforeAtMs } = chunk;
  const facts = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) {
    facts[4 * i] = kinds[i]!;
    facts[4 * i + 1] = secondsSinceEpoch(toAtMs[i]!);
    facts[4 * i + 2] = secondsSinceEpoch(fromAtMs[i]!);
    facts[4 * i + 3] = secondsSinceEpoch(beforeAtMs[i]!);
  }
  const columns: TrailColumns = {
    length: count,
    attributes: {
      getFrom: { value: chunk.from.subarray(0, 2 * count), size: 2 },
      getTo: { value: chunk.to.subarray(0, 2 * count), size: 2 },
      getBefore: { value: chunk.before.subarray(0, 2 * count), size: 2 },
      getFacts: { value: facts, size: 4 },
    },
  };
  packed.set(chunk, { version: chunk.version, columns });
  return columns;
}
