import { audienceOf, mayDo } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Audit } from '../audit/audit.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { notFound } from '../reading/read-query.ts';
import {
  defaultShiftMs,
  maxShiftMs,
  ownShiftAgainMs,
  ownShiftEarlyMs,
  type ShiftOrder,
  type ShiftState,
} from './contract.ts';
import { endShift, findCrewToStart, lockUnit, startShift, type CrewShift, type ShiftUnit } from './shift-queries.ts';

/**
 * Starts or ends a unit's shift: the desk any of its station's, a crew its own. The crew's shift and the unit's duty go
 * together, and the audit entry with them.
 * @throws {Problem} 404 when the viewer does not see the unit, 403 when it is not theirs to order, 400 for an end that
 * cannot be
 */
export async function orderShift(
  transaction: Transaction,
  audit: Audit,
  viewer: Viewer,
  { unitId, order, address, nowMs }: { unitId: string; order: ShiftOrder; address: string; nowMs: number },
): Promise<{ stationId: string; state: ShiftState }> {
  const unit = await lockUnit(transaction, viewer.stationIds, unitId);
  if (!unit) throw notFound('unit', unitId);
  const crew = await requireOrder(transaction, viewer, unit, order.action);
  let state: ShiftState = { unitId, dutyState: 'off', startedAt: null, endsAt: null };
  if (order.action === 'start') {
    const endsAt = endOf(order.endsAt, crew, nowMs);
    const { startedAt } = await startShift(transaction, unit, crew, endsAt);
    state = { unitId, dutyState: 'on', startedAt: startedAt?.toISOString() ?? null, endsAt: endsAt.toISOString() };
  } else await endShift(transaction, unit);
  await audit.writeIn(transaction, {
    stationId: unit.stationId,
    actor: { accountId: viewer.accountId, name: viewer.displayName },
    action: `shift.${order.action}`,
    target: { kind: 'unit', id: unitId, name: unit.callSign },
    detail: { ...(state.endsAt !== null && { endsAt: state.endsAt }), was: unit.dutyState },
    address,
    outcome: 'done',
  });
  return { stationId: unit.stationId, state };
}

/** The crew whose shift is meant; null: nobody's, the desk orders the unit alone. */
async function requireOrder(
  transaction: Transaction,
  viewer: Viewer,
  unit: ShiftUnit,
  action: ShiftOrder['action'],
): Promise<CrewShift | null> {
  const isStart = action === 'start';
  const near = { earlyMs: isStart ? ownShiftEarlyMs : 0, againMs: ownShiftAgainMs };
  if (mayDo(viewer, unit.stationId, 'manageShifts')) return findCrewToStart(transaction, unit, near);
  if (mayDo(viewer, unit.stationId, 'manageOwnShift') && viewer.memberId !== null) {
    const crew = await findCrewToStart(transaction, unit, { ...near, memberId: viewer.memberId });
    if (crew) return crew;
  }
  if (audienceOf(viewer, unit.stationId, 'units') !== 'exact') throw notFound('unit', unit.id);
  throw new Problem(403, 'not-allowed', 'This account may not do that here', {
    detail: 'A shift is started and ended by the desk, or by the crew that is on the unit then.',
  });
}

function endOf(asked: string | null | undefined, crew: CrewShift | null, nowMs: number): Date {
  const rostered = crew?.endsAt.getTime() ?? 0;
  if (asked == null) return new Date(rostered > nowMs ? rostered : nowMs + defaultShiftMs);
  const askedMs = Date.parse(asked);
  if (askedMs > nowMs && askedMs <= nowMs + maxShiftMs) return new Date(askedMs);
  throw new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
    errors: [{ field: 'endsAt', got: asked, expected: 'a time within the next 24 hours' }],
  });
}
