import { audienceOf, type AudienceNoun } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { notFound } from './read-query.ts';

/** The stations a request reads, told apart by how exactly the viewer sees the noun there. */
export interface ReadScope {
  /** Every station whose rows of this noun may be seen at all. */
  stationIds: string[];
  /** Those of them where they are seen exactly. */
  exactStationIds: string[];
  /** Those of them where only grid or sentinel point are seen. */
  coarseStationIds: string[];
  /** Those of them where only the viewer's own are seen. */
  ownStationIds: string[];
}

/**
 * @param station narrows to one station.
 * @throws {Problem} 404 when the station does not exist or is not the viewer's.
 */
export function readScope(viewer: Viewer, noun: AudienceNoun, station?: string): ReadScope {
  const asked = station === undefined ? viewer.stationIds : [station.toLowerCase()];
  const scope: ReadScope = { stationIds: [], exactStationIds: [], coarseStationIds: [], ownStationIds: [] };
  for (const id of asked) {
    const audience = audienceOf(viewer, id, noun);
    if (audience === 'none') continue;
    scope.stationIds.push(id);
    scope[`${audience}StationIds`].push(id);
  }
  if (station !== undefined && scope.stationIds.length === 0) throw notFound('station', station);
  return scope;
}
