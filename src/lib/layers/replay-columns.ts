import { unitKinds } from '$api/positions/contract.ts';
import { staleAfterS } from '$api/units/contract.ts';
import type { ReplayPlaces } from '$lib/state/replay-places.ts';
import type { ReplayTrails } from '$lib/state/replay-trails.ts';
import type { TrailColumns } from './trail-columns.ts';
import type { UnitRows } from './unit-rows.ts';

/** Above the limit of its kind, by which a marker is drawn hollow: from its last fix on nobody knows where it was. */
const hollowAgesS = unitKinds.map((kind) => staleAfterS[kind] + 1);

/** Units at one moment for the GPU, without an object per unit. The rows are written over for each moment. */
export function packReplayPlaces(places: ReplayPlaces, rows: UnitRows): UnitRows {
  const { agesMs, kinds } = places;
  rows.pack({ ...places, previous: places.current }, (slot) => (agesMs[slot]! > 0 ? -hollowAgesS[kinds[slot]!]! : 0));
  return rows;
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
