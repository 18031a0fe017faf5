import { audienceOf } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { readScope } from '../reading/read-scope.ts';
import type { Dispatch } from './contract.ts';
import type { DispatchRow, DispatchScope } from './queries.ts';

/** @throws {Problem} 404 for a station that is not the viewer's, or whose dispatches are not */
export function dispatchScope(viewer: Viewer, station?: string): DispatchScope {
  const { stationIds, exactStationIds, ownStationIds } = readScope(viewer, 'dispatches', station);
  return {
    stationIds,
    wholeStationIds: exactStationIds,
    ownUnitIds: viewer.ownUnits.filter((unit) => ownStationIds.includes(unit.stationId)).map(({ id }) => id),
  };
}

/**
 * A dispatch as this viewer may see it. Names of people and what they wrote are for who may read the texts of incidents,
 * and for the crew that was sent; a wall shows neither.
 */
export function dispatchFor(viewer: Viewer, row: DispatchRow): Dispatch {
  const isOwn = viewer.ownUnits.some(({ id }) => id === row.unitId);
  const reads = isOwn || audienceOf(viewer, row.stationId, 'incidentTexts') === 'exact';
  return {
    id: row.id,
    orderId: row.orderId,
    stationId: row.stationId,
    state: row.state,
    sentAt: row.sentAt.toISOString(),
    answerDueAt: new Date(row.sentAt.getTime() + row.answerSeconds * 1000).toISOString(),
    unit: { id: row.unitId, number: row.unitNumber, callSign: row.callSign, kind: row.kind },
    incident: {
      id: row.incidentId,
      number: row.incidentNumber,
      category: row.category,
      lngLat: [row.lng, row.lat],
      isWithdrawn: row.isWithdrawn,
    },
    steps: row.steps.map((step) => (reads ? step : { ...step, name: null, text: null })),
  };
}
