import type { LngLat } from '$api/positions/contract.ts';
import { distanceM } from '$lib/geo/sphere.ts';
import type { SentinelFeature } from '$lib/state/base-data-state.svelte.ts';

export interface RankedSentinel {
  id: string;
  name: string;
  /** Null: no place to measure from. */
  distanceM: number | null;
}

/** Sentinel points, nearest to the place first; by name without one. */
export function rankSentinels(sentinels: readonly SentinelFeature[], place: LngLat | undefined): RankedSentinel[] {
  return sentinels
    .map(({ id, properties, geometry }) => ({
      id: String(id),
      name: properties.name,
      distanceM: place ? distanceM(place, geometry.coordinates as LngLat) : null,
    }))
    .sort((a, b) => (a.distanceM ?? 0) - (b.distanceM ?? 0) || a.name.localeCompare(b.name, 'zh-CN'));
}
