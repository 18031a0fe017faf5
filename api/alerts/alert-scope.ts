import { audienceOf } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { readScope } from '../reading/read-scope.ts';
import type { AlertScope } from './queries.ts';

/**
 * Whose alerts a viewer sees: all of the stations where they are seen exactly, else those of their own units. Who
 * acknowledged, and what they noted, is for those who see the station's people.
 * @param station narrows to one station.
 * @throws {Problem} 404 when that one does not exist, is not the viewer's, or shows no alerts.
 */
export function alertScope(viewer: Viewer, station?: string): AlertScope {
  const { stationIds, exactStationIds, ownStationIds } = readScope(viewer, 'alerts', station);
  return {
    stationIds,
    wholeStationIds: exactStationIds,
    ownUnitIds: viewer.ownUnits.filter((unit) => ownStationIds.includes(unit.stationId)).map(({ id }) => id),
    namesStationIds: stationIds.filter((id) => audienceOf(viewer, id, 'members') === 'exact'),
  };
}
