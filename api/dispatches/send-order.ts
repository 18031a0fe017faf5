import { v7 as uuidv7 } from 'uuid';
import { requireAction } from '../accounts/audience.ts';
import { recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { appendIncidentEvent } from '../incidents/timeline-queries.ts';
import { notFound } from '../reading/read-query.ts';
import type { Order } from './contract.ts';
import {
  findOrder,
  findOrderedIncident,
  insertDispatch,
  insertOrder,
  insertStep,
  lockOrderedUnits,
  type OrderedIncident,
} from './queries.ts';

/**
 * Sends units to an incident. The same order again changes nothing.
 * @returns the order's station, and whether it is new
 * @throws {Problem} 404 for an incident that is not seen, 403 for who may not, 409 for an id that is another order's, a
 * unit that is off duty, or one that is under way there
 */
export async function sendOrder(
  { audit }: Pick<Dependencies, 'audit'>,
  transaction: Transaction,
  { viewer, request }: { viewer: Viewer; request: Request },
  orderId: string,
  order: Order,
): Promise<{ stationId: string; isNew: boolean }> {
  const incident = await findOrderedIncident(transaction, viewer.stationIds, order.incidentId);
  if (!incident) throw notFound('incident', order.incidentId);
  requireAction(viewer, incident.stationId, 'dispatchUnits');
  const { stationId } = incident;
  if (!(await insertOrder(transaction, { id: orderId, stationId, incidentId: incident.id }))) {
    await requireSame(transaction, viewer, orderId, order);
    return { stationId, isNew: false };
  }
  const units = await findUnitsToSend(transaction, stationId, order.unitIds);
  const actor = { accountId: viewer.accountId, name: viewer.displayName };
  const at = new Date();
  for (const unit of units) {
    const dispatchId = uuidv7();
    const parts = { stationId, incidentId: incident.id, unitId: unit.id };
    if (!(await insertDispatch(transaction, { id: dispatchId, orderId, ...parts })))
      throw new Problem(409, 'already-dispatched', 'A unit is under way to this incident already', {
        detail: `${unit.callSign} has an open dispatch to it.`,
        errors: [{ field: 'unitIds', got: unit.id, expected: 'a unit that is not under way there' }],
      });
    const stepId = uuidv7();
    await insertStep(transaction, { id: stepId, stationId, dispatchId, state: 'sent', at, actor, isByRadio: false });
    await appendIncidentEvent(transaction, {
      ...parts,
      id: stepId,
      kind: 'dispatched',
      at,
      actor,
      detail: { dispatchId, callSign: unit.callSign },
      texts: { note: order.note },
    });
  }
  await recordChange(
    { audit },
    transaction,
    { viewer, request },
    {
      stationId,
      action: 'dispatch.send',
      target: { kind: 'incident', id: incident.id, name: nameOf(incident) },
      detail: { orderId, units: units.map(({ callSign }) => callSign) },
    },
  );
  return { stationId, isNew: true };
}

export const nameOf = ({ number, category }: Pick<OrderedIncident, 'number' | 'category'>): string =>
  `${number} ${category}`;

async function requireSame(transaction: Transaction, viewer: Viewer, orderId: string, order: Order): Promise<void> {
  const known = await findOrder(transaction, viewer.stationIds, orderId);
  const isSame =
    known !== null &&
    known.incidentId === order.incidentId.toLowerCase() &&
    // A text whose time has come cannot be compared any more.
    (known.note === null || known.note === order.note) &&
    known.unitIds.join() ===
      order.unitIds
        .map((id) => id.toLowerCase())
        .sort()
        .join();
  if (!isSame)
    throw new Problem(409, 'order-taken', 'Another order has this id', {
      detail: 'An order cannot be changed: cancel its dispatches and send another under an id of its own.',
    });
}

async function findUnitsToSend(transaction: Transaction, stationId: string, unitIds: readonly string[]) {
  const units = await lockOrderedUnits(transaction, stationId, unitIds);
  const missing = unitIds.find((id) => !units.some((unit) => unit.id === id.toLowerCase()));
  if (missing !== undefined) throw notFound('unit', missing);
  const off = units.find(({ dutyState }) => dutyState === 'off');
  if (off)
    throw new Problem(409, 'unit-off-duty', 'Only units on duty are sent', {
      detail: `${off.callSign} is off duty.`,
      errors: [{ field: 'unitIds', got: off.id, expected: 'a unit on duty' }],
    });
  return units;
}
