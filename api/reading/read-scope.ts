import { audienceOf, type AudienceNoun } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { notFound } from './read-query.ts';

/** The stations a request reads, told apart by how exactly the viewer sees the noun there. */
export interface ReadScope {
  /** Every station whose rows of this noun may be seen at all. */
  stationIds: string[];
  /** Those of them where places are seen exactly. */
  exactStationIds: string[];
}

/**
 * @param station narrows to one station.
 * @throws {Problem} 404 when the station does not exist or is not the viewer's.
 */
export function readScope(viewer: Viewer, noun: AudienceNoun, station?: string): ReadScope {
  const asked = station === undefined ? viewer.stationIds : [station.toLowerCase()];
  const stationIds = asked.filter((id) => audienceOf(viewer, id, noun) !== 'none');
  if (station !== undefined && stationIds.length === 0) throw notFound('station', station);
  return { stationIds, exactStationIds: stationIds.filter((id) => audienceOf(viewer, id, noun) === 'exact') };
}
