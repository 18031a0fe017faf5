import { audienceOf, mayDo } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Database } from '../database/database.ts';
import { notFound } from '../reading/read-query.ts';
import { findTravel } from '../routing/find-travel.ts';
import type { StreetNetworks } from '../routing/street-networks.ts';
import { findBriefed, findSentinelsNear, type BriefRow } from './brief-queries.ts';
import { briefRadiusM, isOpenDispatch, type Brief } from './contract.ts';
import { travelSent } from './find-nearest.ts';
import { includeWithdrawn } from './queries.ts';

/**
 * What goes with a dispatch (数据伴随). While it is open its crew reads the text of the incident it is sent to and the
 * names and telephone numbers of members near it, whatever its roles let it see else; afterwards only that it was sent.
 * The desk may ring them too. Who sees dispatches but no texts and no people (a wall) gets neither.
 * @throws {Problem} 404 for what is not seen
 */
export async function writeBrief(
  { database, networks }: { database: Database; networks: StreetNetworks },
  viewer: Viewer,
  id: string,
): Promise<Brief> {
  const { row, near, isForPeople } = await database.inScope(viewer.stationIds, async (transaction) => {
    await includeWithdrawn(transaction);
    const found = await findBriefed(transaction, viewer.stationIds, id);
    if (!found) throw notFound('dispatch', id);
    const reads = isUnderWay(viewer, id, found);
    return {
      row: found,
      isForPeople: reads,
      near: await findSentinelsNear(transaction, found.stationId, { ...found, radiusM: briefRadiusM }),
    };
  });
  const isOpen = isOpenDispatch(row.state);
  const readsTexts = isForPeople || audienceOf(viewer, row.stationId, 'incidentTexts') === 'exact';
  const rings = isForPeople || (isOpen && mayDo(viewer, row.stationId, 'dispatchUnits'));
  const namesMembers = isForPeople || audienceOf(viewer, row.stationId, 'members') === 'exact';
  return {
    dispatchId: id,
    state: row.state,
    incident: {
      id: row.incidentId,
      number: row.number,
      category: row.category,
      at: row.occurredAt.toISOString(),
      lngLat: [row.lng, row.lat],
      text: readsTexts ? row.text : null,
    },
    note: readsTexts ? row.note : null,
    travel: isOpen ? await travelOf(networks, row) : null,
    sentinels: near.map(({ lng, lat, distanceM, members, ...sentinel }) => ({
      ...sentinel,
      lngLat: [lng, lat],
      distanceM: Math.round(distanceM),
      // Numbers are to be rung on the way, not to be looked up afterwards.
      members: namesMembers ? members.map((member) => (rings ? member : { ...member, phone: null })) : [],
    })),
  };
}

/** @returns whether the viewer is on the crew that is under way */
function isUnderWay(viewer: Viewer, id: string, { stationId, unitId, state }: BriefRow): boolean {
  const audience = audienceOf(viewer, stationId, 'dispatches');
  const isOwn = viewer.ownUnits.some((unit) => unit.id === unitId);
  if (audience === 'none' || (audience === 'own' && !isOwn)) throw notFound('dispatch', id);
  return isOwn && isOpenDispatch(state);
}

async function travelOf(
  networks: StreetNetworks,
  { kind, unitLng, unitLat, unitAt, lng, lat }: BriefRow,
): Promise<Brief['travel']> {
  if (unitLng === null || unitLat === null || unitAt === null) return null;
  const [travel] = await findTravel(networks, [lng, lat], [{ kind, lngLat: [unitLng, unitLat] }]);
  return { ...travelSent(travel!), at: unitAt.toISOString() };
}
