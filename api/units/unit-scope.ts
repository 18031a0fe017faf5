import { audienceOf, type Audience, type AudienceNoun } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';

/** Which units a viewer sees, which of them with their place, and of which the crew's names. */
export interface UnitScope {
  stationIds: string[];
  /** Stations all of whose units are seen. */
  wholeStationIds: string[];
  /** Stations all of whose units are seen with their places. */
  placeStationIds: string[];
  /** The viewer's own units, seen with their places, where the station lets only own ones be seen. */
  ownUnitIds: string[];
  /** Stations whose crews are named. */
  crewStationIds: string[];
}

/** @param stationIds narrows to these; what the viewer may not see falls out */
export function unitScope(viewer: Viewer, stationIds: readonly string[] = viewer.stationIds): UnitScope {
  const where = (noun: AudienceNoun, ...audiences: Audience[]) =>
    stationIds.filter((id) => audiences.includes(audienceOf(viewer, id, noun)));
  const ownStationIds = where('units', 'own');
  return {
    stationIds: [...where('units', 'exact'), ...ownStationIds],
    wholeStationIds: where('units', 'exact'),
    placeStationIds: where('whereabouts', 'exact'),
    ownUnitIds: viewer.ownUnits.filter(({ stationId }) => ownStationIds.includes(stationId)).map(({ id }) => id),
    crewStationIds: where('members', 'exact', 'own'),
  };
}
