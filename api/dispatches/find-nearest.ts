import { audienceOf, requireAction } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Database } from '../database/database.ts';
import { Problem } from '../errors.ts';
import type { LngLat } from '../positions/contract.ts';
import { findTravel, type Travel as Found } from '../routing/find-travel.ts';
import type { StreetNetworks } from '../routing/street-networks.ts';
import type { Unit } from '../units/contract.ts';
import { findUnits } from '../units/queries.ts';
import { unitOf } from '../units/unit-of.ts';
import { unitScope } from '../units/unit-scope.ts';
import type { Candidate, NearestQuery, Travel } from './contract.ts';
import { findBusyUnits } from './queries.ts';

/** @throws {Problem} 403 or 404 unless the viewer sees exactly where units are, and may send them */
export function requireNearest(viewer: Viewer, stationId: string): void {
  requireAction(viewer, stationId, 'dispatchUnits');
  if (audienceOf(viewer, stationId, 'whereabouts') !== 'exact')
    throw new Problem(403, 'not-allowed', 'This account may not do that here', {
      detail: 'Who is nearest tells where units are.',
    });
}

/**
 * Units of the station on duty by the time they need to a place: those with a fresh fix, then those that have been silent
 * for too long, then those whose place nobody knows. The newest fix is written with the report that is acknowledged, so
 * that the table is as new as the live map.
 */
export async function findNearest(
  { database, networks }: { database: Database; networks: StreetNetworks },
  viewer: Viewer,
  stationId: string,
  place: LngLat,
  { equipment = [], kinds, limit }: NearestQuery,
): Promise<Candidate[]> {
  const { units, busy } = await database.inScope([stationId], async (transaction) => {
    const rows = await findUnits(transaction, unitScope(viewer, [stationId]));
    const fitting = rows
      .filter(
        (row) =>
          row.dutyState === 'on' &&
          (!kinds || kinds.includes(row.kind)) &&
          equipment.every((kind) => row.equipment.some((carried) => carried.kind === kind)),
      )
      .map((row) => unitOf(row, Date.now()));
    const ids = fitting.map(({ id }) => id);
    return { units: fitting, busy: await findBusyUnits(transaction, stationId, ids) };
  });
  const placed = units.filter((unit): unit is Unit & { lngLat: LngLat } => unit.lngLat !== null);
  const travel = await findTravel(networks, place, placed);
  const travelOf = new Map(placed.map((unit, index) => [unit.id, travel[index]!]));
  return units
    .map((unit) => ({ unit, travel: travelOf.get(unit.id) }))
    .sort(
      (a, b) =>
        rankOf(a) - rankOf(b) || (a.travel?.seconds ?? 0) - (b.travel?.seconds ?? 0) || a.unit.number - b.unit.number,
    )
    .slice(0, limit)
    .map(({ unit, travel: found }) => ({
      unit: { id: unit.id, number: unit.number, callSign: unit.callSign, kind: unit.kind },
      lngLat: unit.lngLat,
      at: unit.at,
      ageS: unit.at === null ? null : Math.max(0, Math.round((Date.now() - Date.parse(unit.at)) / 1000)),
      isStale: unit.stale,
      travel: found ? travelSent(found) : null,
      crew: unit.crew,
      equipment: unit.equipment,
      dispatches: busy.filter(({ unitId }) => unitId === unit.id).map(({ unitId: _, ...dispatch }) => dispatch),
    }));
}

const rankOf = ({ unit, travel }: { unit: Unit; travel: Found | undefined }): number =>
  travel === undefined ? 2 : unit.stale ? 1 : 0;

/** Metres and seconds whole, places to a decimetre: more than that is not known. */
export const travelSent = ({ seconds, metres, by, speedMps, lngLats }: Found): Travel => ({
  seconds: Math.round(seconds),
  metres: Math.round(metres),
  by,
  speedMps: speedMps === null ? null : Math.round(speedMps * 100) / 100,
  lngLats: lngLats.map(([lng, lat]) => [Math.round(lng * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6]),
});
