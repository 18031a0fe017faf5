import type { AnchorId } from '../../../tiles/style.ts';

/** Our layers from the ground up, each with the height of the base map it belongs to. The one place that says so. */
export const layerOrder = [
  { id: 'grid-areas', beforeId: 'anchor-areas' },
  { id: 'incident-grids', beforeId: 'anchor-areas' },
  { id: 'grid-measures', beforeId: 'anchor-areas' },
  { id: 'geofences', beforeId: 'anchor-areas' },
  { id: 'density', beforeId: 'anchor-lines' },
  { id: 'grid-outlines', beforeId: 'anchor-lines' },
  { id: 'grid-selected', beforeId: 'anchor-lines' },
  { id: 'geofence-outlines', beforeId: 'anchor-lines' },
  { id: 'ways', beforeId: 'anchor-lines' },
  { id: 'tracks', beforeId: 'anchor-lines' },
  { id: 'trails', beforeId: 'anchor-lines' },
  { id: 'replay-trails', beforeId: 'anchor-lines' },
  { id: 'incidents', beforeId: 'anchor-labels' },
  { id: 'replay-incidents', beforeId: 'anchor-labels' },
  { id: 'incident-flashes', beforeId: 'anchor-labels' },
  { id: 'grid-labels', beforeId: 'anchor-labels' },
  { id: 'geofence-labels', beforeId: 'anchor-labels' },
  { id: 'sentinels', beforeId: 'anchor-units' },
  { id: 'cluster-counts', beforeId: 'anchor-units' },
  { id: 'sentinel-labels', beforeId: 'anchor-units' },
  { id: 'unit-markers', beforeId: 'anchor-units' },
  { id: 'call-signs', beforeId: 'anchor-units' },
  { id: 'replay-markers', beforeId: 'anchor-units' },
  { id: 'replay-call-signs', beforeId: 'anchor-units' },
  { id: 'alert-marks', beforeId: 'anchor-units' },
  { id: 'chosen-place', beforeId: 'anchor-units' },
] as const satisfies readonly { id: string; beforeId: AnchorId }[];

export type LayerId = (typeof layerOrder)[number]['id'];

/** Properties every layer of ours begins with. Maps have no depth: what comes later lies on top. */
export const placeOf = (id: LayerId) => ({
  id,
  beforeId: layerOrder.find((layer) => layer.id === id)!.beforeId,
  parameters: { depthCompare: 'always', depthWriteEnabled: false } as const,
});

/** Sorts layers that were made in any order; sub-layers such as `trails-3` stand where their family does. */
export function inOrder<L extends { id: string }>(layers: readonly L[]): L[] {
  const rank = (id: string): number =>
    layerOrder.findIndex((layer) => id === layer.id || id.startsWith(`${layer.id}-`));
  return layers.toSorted((a, b) => rank(a.id) - rank(b.id));
}
