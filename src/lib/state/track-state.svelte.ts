import { createContext } from 'svelte';
import type { FeatureCollection, LineString, Point } from 'geojson';
import type { TrackProperties } from '$api/units/contract.ts';
import type { Failure } from './loadable.ts';

export type TrackCollection = FeatureCollection<LineString | Point, TrackProperties>;

/** The one recorded track on the map. */
export type ShownTrack =
  | { kind: 'none' }
  | { kind: 'loading'; unitId: string }
  | { kind: 'shown'; unitId: string; track: TrackCollection }
  | { kind: 'failed'; unitId: string; failure: Failure };

const maxRecentReasons = 5;

/** Which unit's recorded track is looked at; nobody's unless a person asked for it. */
export class TrackState {
  #shown = $state.raw<ShownTrack>({ kind: 'none' });
  #recentReasons = $state.raw<readonly string[]>([]);

  get current(): ShownTrack {
    return this.#shown;
  }

  of(unitId: string): ShownTrack {
    const shown = this.#shown;
    return shown.kind !== 'none' && shown.unitId === unitId ? shown : { kind: 'none' };
  }

  loading(unitId: string): void {
    this.#shown = { kind: 'loading', unitId };
  }

  /** An answer that comes after the person went on is not shown. */
  loaded(unitId: string, track: TrackCollection): void {
    if (this.of(unitId).kind === 'loading') this.#shown = { kind: 'shown', unitId, track };
  }

  failed(unitId: string, failure: Failure): void {
    if (this.of(unitId).kind === 'loading') this.#shown = { kind: 'failed', unitId, failure };
  }

  hide(): void {
    this.#shown = { kind: 'none' };
  }

  /** Reasons given lately, newest first; kept by this page alone, so that a shared computer does not tell the next person. */
  get recentReasons(): readonly string[] {
    return this.#recentReasons;
  }

  remember(reason: string): void {
    this.#recentReasons = [reason, ...this.#recentReasons.filter((other) => other !== reason)].slice(
      0,
      maxRecentReasons,
    );
  }
}

export const [getTrackState, setTrackState] = createContext<TrackState>();
