import Supercluster from 'supercluster';
import type { Bbox, LngLat } from '$api/positions/contract.ts';
import type { SentinelKind } from '$api/sentinels/contract.ts';
import type { SentinelFeature } from '$lib/state/base-data-state.svelte.ts';

/** How near the map can be seen, and so the last zoom at which a cluster can come apart. */
export const maxMapZoom = 20;
/** Points nearer than this on the screen are shown as one, CSS pixels of 512-pixel tiles. */
const radiusPx = 44;

/** One symbol on the map: a point, or several that lie too near each other at this zoom. */
export type SentinelMark =
  | { kind: 'point'; id: string; name: string; sentinelKind: SentinelKind; lngLat: LngLat }
  | { kind: 'cluster'; clusterId: number; count: number; lngLat: LngLat };

interface PointProperties {
  index: number;
}

/** Sentinel points of a station, clustered for every zoom once. */
export class SentinelClusters {
  readonly #features: readonly SentinelFeature[];
  readonly #index: Supercluster<PointProperties>;

  constructor(features: readonly SentinelFeature[]) {
    this.#features = features;
    this.#index = new Supercluster<PointProperties>({
      radius: radiusPx,
      extent: 512,
      maxZoom: maxMapZoom,
      minPoints: 2,
    });
    this.#index.load(features.map(({ geometry }, index) => ({ type: 'Feature', properties: { index }, geometry })));
  }

  /** What to draw at a zoom inside a box; clusters are those of the whole zoom below. */
  marksIn(bbox: Bbox, zoom: number): SentinelMark[] {
    return this.#index.getClusters(bbox, Math.floor(zoom)).map(({ properties, geometry }) => {
      const lngLat = geometry.coordinates as LngLat;
      if ('cluster' in properties)
        return { kind: 'cluster', clusterId: properties.cluster_id, count: properties.point_count, lngLat };
      const feature = this.#features[properties.index]!;
      const { name, kind } = feature.properties;
      return { kind: 'point', id: String(feature.id), name, sentinelKind: kind, lngLat };
    });
  }

  /** The zoom at which a cluster comes apart; undefined when none does, because its points lie on one spot. */
  splitZoom(clusterId: number): number | undefined {
    const zoom = this.#index.getClusterExpansionZoom(clusterId);
    return zoom > maxMapZoom ? undefined : zoom;
  }

  /** Ids of all points of a cluster. */
  idsOf(clusterId: number): string[] {
    return this.#index
      .getLeaves(clusterId, Infinity)
      .map(({ properties }) => String(this.#features[properties.index]!.id));
  }
}
