import type { Viewer } from './viewer.ts';

/** How exactly a viewer sees a noun of a station. `coarse` is the grid or sentinel point instead of the place. */
export type Audience = 'exact' | 'coarse' | 'none';

export type AudienceNoun = 'units' | 'incidents' | 'grids' | 'sentinels';

/** The one place that decides who may see what; queries, frames, tiles and exports take its answer as a parameter. */
export function audienceOf(viewer: Viewer, stationId: string, _noun: AudienceNoun): Audience {
  return viewer.stationIds.includes(stationId) ? 'exact' : 'none';
}
