import type { FeatureCollection, LineString, Point } from 'geojson';
import type { Sentinel } from '$api/sentinels/contract.ts';
import type { Station } from '$api/stations/contract.ts';
import type { TrackProperties, Unit } from '$api/units/contract.ts';
import type { GridCollection, SentinelCollection } from '$lib/state/base-data-state.svelte.ts';
import { getJson } from './client.ts';

export const readStations = async (signal?: AbortSignal): Promise<Station[]> =>
  (await getJson<{ stations: Station[] }>('/api/stations', { signal })).stations;

export const readGrids = (station: string, signal?: AbortSignal): Promise<GridCollection> =>
  getJson('/api/grids', { query: { station }, signal });

export const readSentinels = (station: string, signal?: AbortSignal): Promise<SentinelCollection> =>
  getJson('/api/sentinels', { query: { station }, signal });

export const readSentinel = (id: string, signal?: AbortSignal): Promise<Sentinel> =>
  getJson(`/api/sentinels/${id}`, { signal });

export const readUnits = async (station: string, signal?: AbortSignal): Promise<Unit[]> =>
  (await getJson<{ units: Unit[] }>('/api/units', { query: { station }, signal })).units;

/**
 * The pieces of a unit's track with `from` ≤ time < `to`; empty when it reported nothing then.
 * @param reason why somebody else's past is looked at; it is written down. None: one's own shifts only.
 */
export const readTrack = (
  unitId: string,
  from: Date,
  to: Date,
  reason?: string,
  signal?: AbortSignal,
): Promise<FeatureCollection<LineString | Point, TrackProperties>> =>
  getJson(`/api/units/${unitId}/track`, {
    query: { from: from.toISOString(), to: to.toISOString(), reason },
    signal,
  });
