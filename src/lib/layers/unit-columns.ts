import type { LiveUnits } from '$lib/state/live-units.ts';
import { secondsSinceEpoch } from './movement.ts';

/** Columns as deck.gl takes them; a new object for each tick, so that it uploads them once. */
export interface UnitColumns {
  length: number;
  attributes: {
    getPosition: { value: Float64Array; size: 2 };
    getPreviousPosition: { value: Float64Array; size: 2 };
    /** Kind, heading in degrees (-1: unknown), seconds of observation since the layers' epoch. */
    getFacts: { value: Float32Array; size: 3 };
  };
}

let facts = new Float32Array(3 * 64);

/** Packs the units in sight for the GPU, without an object per unit. The arrays are views: packed anew each tick. */
export function packUnitColumns(live: LiveUnits): UnitColumns {
  const { count, kinds, headingsDeg, observedAtMs } = live;
  if (facts.length < 3 * count) facts = new Float32Array(3 * kinds.length);
  for (let slot = 0; slot < count; slot++) {
    const headingDeg = headingsDeg[slot]!;
    facts[3 * slot] = kinds[slot]!;
    facts[3 * slot + 1] = Number.isNaN(headingDeg) ? -1 : headingDeg;
    facts[3 * slot + 2] = secondsSinceEpoch(observedAtMs[slot]!);
  }
  return {
    length: count,
    attributes: {
      getPosition: { value: live.current.subarray(0, 2 * count), size: 2 },
      getPreviousPosition: { value: live.previous.subarray(0, 2 * count), size: 2 },
      getFacts: { value: facts.subarray(0, 3 * count), size: 3 },
    },
  };
}
