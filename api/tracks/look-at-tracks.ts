import type { Viewer } from '../accounts/viewer.ts';
import type { Audit } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { notFound } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { reasonRequired } from '../units/look-at-track.ts';
import { findShiftsOf } from '../units/queries.ts';
import { maxTracksFixes, type TrackedUnit, type TracksQuery } from './contract.ts';
import { countParts } from './count-parts.ts';
import { planParts } from './plan-parts.ts';
import type { TrackPart } from './plan-batches.ts';
import { findDevicesOf, findStationName, findTrackedUnits } from './queries.ts';

/** What may be shown of a look: its units, and what is to be read of them. */
export interface TracksLook {
  units: TrackedUnit[];
  parts: TrackPart[];
  counts: number[];
}

/**
 * Opens a look at the past of a station's units. A look with a reason is in the audit log, with whose past and when,
 * before anything of it is answered. Without one the viewer gets what they took part in themselves: their own shifts on
 * their own units, which is no look at anybody else and not logged.
 * @throws {Problem} 404 where the viewer sees no tracks, or none of an asked unit; 403 `reason-required` where they may,
 * with a reason; 400 `tracks-too-many` where more fixes lie in that time than one answer holds.
 */
export async function lookAtTracks(
  { database, audit }: { database: Database; audit: Audit },
  viewer: Viewer,
  { station, from, to, units: asked, reason }: TracksQuery,
  address: string,
  most = maxTracksFixes,
): Promise<TracksLook> {
  const { exactStationIds } = readScope(viewer, 'tracks', station);
  const stationId = station.toLowerCase();
  const isExact = exactStationIds.includes(stationId);
  const own = viewer.ownUnits.filter((unit) => unit.stationId === stationId);
  const isLogged = isExact && Boolean(reason);
  const stranger = asked?.find((number) => own.every((unit) => unit.number !== number));
  if (!isLogged && isExact && (!asked || stranger !== undefined)) throw reasonRequired();
  if (!isExact && stranger !== undefined) throw notFound('unit', String(stranger));
  const numbers = isLogged ? asked : (asked ?? own.map(({ number }) => number));

  const { units, parts } = await database.inScope([stationId], async (transaction) => {
    const found = await findTrackedUnits(transaction, stationId, numbers);
    const missing = asked?.find((number) => found.every((unit) => unit.number !== number));
    if (missing !== undefined) throw notFound('unit', String(missing));
    const devices = await findDevicesOf(
      transaction,
      stationId,
      found.map(({ number }) => number),
    );
    if (isLogged) return { units: found, parts: planParts(devices, { from, to }) };
    const spans = new Map<number, { from: number; to: number }[]>();
    for (const { id, number } of found)
      if (viewer.memberId !== null)
        spans.set(number, await findShiftsOf(transaction, { id, stationId }, viewer.memberId, { from, to }));
    return { units: found, parts: planParts(devices, { from, to }, spans) };
  });
  if (isExact && !isLogged && parts.length === 0) throw reasonRequired();

  const counts = await countParts(database, stationId, parts, most);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > most) throw tooMany({ total, share: counts.length / parts.length, from, to, most });
  if (isLogged)
    await database.inScope([stationId], async (transaction) => {
      const [first] = units;
      const target =
        asked?.length === 1 && first
          ? { kind: 'unit', id: first.id, name: first.callSign }
          : { kind: 'station', id: stationId, name: (await findStationName(transaction, stationId)) ?? '' };
      await audit.writeIn(transaction, {
        stationId,
        actor: { accountId: viewer.accountId, name: viewer.displayName },
        action: 'unit.track-read',
        target,
        detail: {
          reason,
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          units: asked ? units.map(({ number, callSign }) => `${number} ${callSign}`).join(', ') : 'all',
        },
        address,
        outcome: 'done',
      });
    });
  return { units: withCounts(units, parts, counts), parts, counts };
}

function withCounts(
  units: readonly Omit<TrackedUnit, 'fixes'>[],
  parts: readonly TrackPart[],
  counts: readonly number[],
): TrackedUnit[] {
  const fixes = new Map<number, number>();
  for (const [index, { unitNumber }] of parts.entries())
    fixes.set(unitNumber, (fixes.get(unitNumber) ?? 0) + counts[index]!);
  return units.map((unit) => ({ ...unit, fixes: fixes.get(unit.number) ?? 0 }));
}

/** Says what would be possible, from what was counted before it became too many. */
function tooMany({
  total,
  share,
  from,
  to,
  most,
}: {
  total: number;
  share: number;
  from: number;
  to: number;
  most: number;
}) {
  const expected = total / share;
  const minutes = Math.max(1, Math.floor(((to - from) / 60_000) * (most / expected)));
  return new Problem(400, 'tracks-too-many', 'The tracks have too many fixes for one answer', {
    detail: `About ${Math.round(expected)} fixes lie in this time and an answer holds ${most}: ask for about ${minutes} minutes, or for fewer units.`,
    errors: [
      {
        field: 'to',
        got: `${new Date(from).toISOString()} … ${new Date(to).toISOString()}`,
        expected: `at most about ${minutes} minutes, or fewer units`,
      },
    ],
  });
}
