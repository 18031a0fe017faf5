import type { LngLat } from '$api/positions/contract.ts';
import { distanceM } from '$lib/geo/sphere.ts';
import type { TrackCollection } from '$lib/state/track-state.svelte.ts';

/** How many fixes a track has and how far its pieces lead; silence between pieces is not walked. */
export function measureTrack({ features }: TrackCollection): { fixCount: number; lengthM: number } {
  let fixCount = 0;
  let lengthM = 0;
  for (const { geometry, properties } of features) {
    fixCount += properties.fixCount;
    if (geometry.type === 'Point') continue;
    for (let i = 1; i < geometry.coordinates.length; i++)
      lengthM += distanceM(geometry.coordinates[i - 1] as LngLat, geometry.coordinates[i] as LngLat);
  }
  return { fixCount, lengthM };
}
