import { audienceOf } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { notFound } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';

/** Where a viewer sees incidents with their places, and where with what was written down about them. */
export interface IncidentScope {
  stationIds: string[];
  textStationIds: string[];
}

/**
 * @param station narrows to one station.
 * @throws {Problem} 404 when that one does not exist, is not the viewer's, or shows it no places.
 */
export function incidentScope(viewer: Viewer, station?: string): IncidentScope {
  const { exactStationIds } = readScope(viewer, 'incidents', station);
  if (station !== undefined && exactStationIds.length === 0) throw notFound('station', station);
  return {
    stationIds: exactStationIds,
    textStationIds: exactStationIds.filter((id) => audienceOf(viewer, id, 'incidentTexts') === 'exact'),
  };
}
