import type { Viewer } from '../accounts/viewer.ts';
import type { Audit } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { Problem } from '../errors.ts';
import type { UnitKind } from '../positions/contract.ts';
import { notFound } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { maxReasonLength } from './contract.ts';
import { findShiftsOf, findTrack, findTrackedUnit, type TimeSpan } from './queries.ts';
import type { TrackFix } from './split-track.ts';

/** What is looked at, why, and where from. */
export interface TrackLook extends TimeSpan {
  unitId: string;
  /** Trimmed; undefined or empty: none was given. */
  reason: string | undefined;
  address: string;
  /** Most fixes that are read. */
  limit: number;
  /** How it is called in the audit log. */
  action?: 'unit.track-read' | 'unit.track-exported';
}

/**
 * The fixes of one unit's past track, for a screen or an export. A look with a reason is written to the audit log in the
 * transaction that reads, so there is no answer without an entry. Without one the viewer gets what they took part in
 * themselves: the time of their own shifts on this unit, which is no look at anybody else and not logged.
 * @throws {Problem} 404 when the viewer may not see this unit's past; 403 `reason-required` when they may, with a reason.
 */
export async function lookAtTrack(
  { database, audit }: { database: Database; audit: Audit },
  viewer: Viewer,
  { unitId, from, to, reason, address, limit, action = 'unit.track-read' }: TrackLook,
): Promise<{ unit: { stationId: string; callSign: string; kind: UnitKind }; fixes: TrackFix[] }> {
  // A track is exact or nothing: a coarse one would still tell a person's day.
  const { exactStationIds, ownStationIds } = readScope(viewer, 'tracks');
  const stationIds = [...exactStationIds, ...ownStationIds];
  return database.inScope(stationIds, async (transaction) => {
    const unit = await findTrackedUnit(transaction, stationIds, unitId);
    if (!unit) throw notFound('unit', unitId);
    const isExact = exactStationIds.includes(unit.stationId);
    const isOwn = viewer.ownUnits.some(({ id }) => id === unitId);
    if (!isExact && !isOwn) throw notFound('unit', unitId);
    if (isExact && reason) {
      const fixes = await findTrack(transaction, unit, { from, to }, limit);
      await audit.writeIn(transaction, {
        stationId: unit.stationId,
        actor: { accountId: viewer.accountId, name: viewer.displayName },
        action,
        target: { kind: 'unit', id: unitId, name: unit.callSign },
        detail: { reason, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
        address,
        outcome: 'done',
      });
      return { unit, fixes };
    }
    const shifts =
      isOwn && viewer.memberId !== null
        ? await findShiftsOf(transaction, { id: unitId, stationId: unit.stationId }, viewer.memberId, { from, to })
        : [];
    if (isExact && shifts.length === 0) throw reasonRequired();
    return { unit, fixes: await findTrack(transaction, unit, { from, to }, limit, shifts) };
  });
}

export const reasonRequired = (): Problem =>
  new Problem(403, 'reason-required', 'Looking at a past track needs a reason', {
    detail: 'It is written to the audit log with your name. Your own shifts on the unit need none.',
    errors: [{ field: 'reason', got: 'nothing', expected: `1 to ${maxReasonLength} characters` }],
  });
