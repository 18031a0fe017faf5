import type { SentinelClusters, SentinelMark } from '$lib/layers/sentinel-clusters.ts';
import type { GridFeature } from '$lib/state/base-data-state.svelte.ts';
import type { IncidentState } from '$lib/state/incident-state.svelte.ts';
import type { UnitState } from '$lib/state/unit-state.svelte.ts';
import type { Selection } from '$lib/state/url.ts';
import type { Flight } from '$lib/state/view-state.svelte.ts';
import type { Pointed } from './live-map.ts';

/** What a click on something means: open it, or go nearer. */
export type Picked = { kind: 'select'; selection: Selection } | { kind: 'fly'; flight: Flight };

/** @returns undefined when what was clicked is gone by now. */
export function pick(
  pointed: Pointed,
  units: UnitState,
  clusters: SentinelClusters,
  incidents: IncidentState,
): Picked | undefined {
  if (pointed.layerId === 'unit-markers') {
    const unit = units.findByNumber(units.live.numbers[pointed.index]!);
    return unit && { kind: 'select', selection: { kind: 'unit', id: unit.id } };
  }
  if (pointed.layerId === 'incidents') {
    const number = incidents.columns.numbers[pointed.index];
    return number === undefined ? undefined : { kind: 'select', selection: { kind: 'incident', number } };
  }
  if (pointed.layerId === 'sentinels') return pickMark(pointed.object as SentinelMark, clusters);
  if (pointed.layerId.startsWith('grid-areas'))
    return { kind: 'select', selection: { kind: 'grid', id: String((pointed.object as GridFeature).id) } };
  return undefined;
}

function pickMark(mark: SentinelMark, clusters: SentinelClusters): Picked {
  if (mark.kind === 'point') return { kind: 'select', selection: { kind: 'sentinel', id: mark.id } };
  const zoom = clusters.splitZoom(mark.clusterId);
  if (zoom === undefined)
    return { kind: 'select', selection: { kind: 'sentinels', ids: clusters.idsOf(mark.clusterId) } };
  return { kind: 'fly', flight: { kind: 'point', lngLat: mark.lngLat, minZoom: zoom } };
}

/** What to say of what the pointer is on; undefined: nothing that is not written there. */
export function describe(
  pointed: Pointed,
  units: UnitState,
  sayPoints: (count: number) => string,
  sayIncident: (index: number) => string | undefined,
): string | undefined {
  if (pointed.layerId === 'unit-markers') return units.findByNumber(units.live.numbers[pointed.index]!)?.callSign;
  if (pointed.layerId === 'sentinels') {
    const mark = pointed.object as SentinelMark;
    return mark.kind === 'point' ? mark.name : sayPoints(mark.count);
  }
  if (pointed.layerId === 'incidents') return sayIncident(pointed.index);
  if (pointed.layerId.startsWith('grid-areas')) {
    const { number, name, officer } = (pointed.object as GridFeature).properties;
    return [number, name, officer].filter(Boolean).join(' · ');
  }
  return undefined;
}
