import { createContext } from 'svelte';
import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon } from 'geojson';
import type { GridProperties } from '$api/grids/contract.ts';
import type { SentinelProperties } from '$api/sentinels/contract.ts';
import { failedAfter, latestOf, loadingAfter, type Failure, type Loadable } from './loadable.ts';

/** `id` is the grid's UUID. */
export type GridFeature = Feature<Polygon | MultiPolygon, GridProperties>;
export type SentinelFeature = Feature<Point, SentinelProperties>;
export type GridCollection = FeatureCollection<Polygon | MultiPolygon, GridProperties>;
export type SentinelCollection = FeatureCollection<Point, SentinelProperties>;

const none: readonly never[] = [];

/** What a station looks after: its grids and sentinel points, replaced whole when the server says that they changed. */
export class BaseDataState {
  #grids = $state.raw<Loadable<readonly GridFeature[]>>({ kind: 'idle' });
  #sentinels = $state.raw<Loadable<readonly SentinelFeature[]>>({ kind: 'idle' });

  readonly grids: readonly GridFeature[] = $derived(latestOf(this.#grids) ?? none);
  readonly sentinels: readonly SentinelFeature[] = $derived(latestOf(this.#sentinels) ?? none);
  readonly #gridsById = $derived(new Map(this.grids.map((grid) => [String(grid.id), grid])));
  readonly #sentinelsById = $derived(new Map(this.sentinels.map((sentinel) => [String(sentinel.id), sentinel])));

  get gridStatus(): Loadable<readonly GridFeature[]> {
    return this.#grids;
  }

  get sentinelStatus(): Loadable<readonly SentinelFeature[]> {
    return this.#sentinels;
  }

  findGrid(id: string): GridFeature | undefined {
    return this.#gridsById.get(id);
  }

  findSentinel(id: string): SentinelFeature | undefined {
    return this.#sentinelsById.get(id);
  }

  /** Another station: what belongs to the last one leaves the screen at once. */
  clear(): void {
    this.#grids = { kind: 'idle' };
    this.#sentinels = { kind: 'idle' };
  }

  gridsLoading(): void {
    this.#grids = loadingAfter(this.#grids);
  }

  gridsLoaded({ features }: GridCollection): void {
    this.#grids = { kind: 'ready', value: features };
  }

  gridsFailed(failure: Failure): void {
    this.#grids = failedAfter(this.#grids, failure);
  }

  sentinelsLoading(): void {
    this.#sentinels = loadingAfter(this.#sentinels);
  }

  sentinelsLoaded({ features }: SentinelCollection): void {
    this.#sentinels = { kind: 'ready', value: features };
  }

  sentinelsFailed(failure: Failure): void {
    this.#sentinels = failedAfter(this.#sentinels, failure);
  }
}

export const [getBaseDataState, setBaseDataState] = createContext<BaseDataState>();
