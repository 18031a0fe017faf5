import { unitKinds } from '$api/positions/contract.ts';
import { staleAfterS } from '$api/units/contract.ts';
import type { ReplayPlaces } from '$lib/state/replay-places.ts';
import type { ReplayTrails } from '$lib/state/replay-trails.ts';
import type { TrailColumns } from './trail-columns.ts';
import type { UnitColumns } from './unit-columns.ts';

/** Above the limit of its kind, by which a marker is drawn hollow: from its last fix on nobody knows where it was. */
const hollowAgesS = unitKinds.map((kind) => staleAfterS[kind] + 1);
let facts = new Float32Array(3 * 64);

/** Units at one moment for the GPU, without an object per unit. The arrays are views: packed anew for each moment. */
export function packReplayColumns({ count, current, kinds, headingsDeg, agesMs }: ReplayPlaces): UnitColumns {
  if (facts.length < 3 * count) facts = new Float32Array(3 * kinds.length);
  for (let slot = 0; slot < count; slot++) {
    const headingDeg = headingsDeg[slot]!;
    facts[3 * slot] = kinds[slot]!;
    facts[3 * slot + 1] = Number.isNaN(headingDeg) ? -1 : headingDeg;
    facts[3 * slot + 2] = agesMs[slot]! > 0 ? -hollowAgesS[kinds[slot]!]! : 0;
  }
  const places = current.subarray(0, 2 * count);
  return {
    length: count,
    attributes: {
      getPosition: { value: places, size: 2 },
      getPreviousPosition: { value: current.subarray(0, 2 * count), size: 2 },
      getFacts: { value: facts.subarray(0, 3 * count), size: 3 },
    },
  };
}

export const packReplayTrails = ({ count, from, to, before, facts: told }: ReplayTrails): TrailColumns => ({
  length: count,
  attributes: {
    getFrom: { value: from.subarray(0, 2 * count), size: 2 },
    getTo: { value: to.subarray(0, 2 * count), size: 2 },
    getBefore: { value: before.subarray(0, 2 * count), size: 2 },
    getFacts: { value: told.subarray(0, 4 * count), size: 4 },
  },
});
