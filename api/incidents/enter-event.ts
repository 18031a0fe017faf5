import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import type { enteredEventKinds } from './record-contract.ts';
import { updateIncidentState, type StoredIncident } from './record-queries.ts';
import { appendIncidentEvent, findEvent, type NewIncidentEvent } from './timeline-queries.ts';

type Kind = (typeof enteredEventKinds)[number];
type Standing = Pick<StoredIncident, 'state' | 'isWithdrawn'>;

/** What an event makes of an incident; a text: why it cannot be. */
const outcomes: Record<Kind, (standing: Standing) => Standing | string> = {
  handedOver: (standing) => (standing.state === 'open' ? standing : 'It is closed.'),
  closed: (standing) => (standing.state === 'open' ? { ...standing, state: 'closed' } : 'It is closed already.'),
  reopened: ({ state, isWithdrawn }) =>
    state === 'closed' || isWithdrawn ? { state: 'open', isWithdrawn: false } : 'It is open already.',
  withdrawn: (standing) => ({ ...standing, isWithdrawn: true }),
};

/**
 * Enters what somebody did to a locked incident; the same event again changes nothing.
 * @returns whether it is new
 * @throws {Problem} 409 where the incident does not stand so that it can be, or the id is another event's
 */
export async function enterEvent(
  transaction: Transaction,
  incident: StoredIncident,
  { id, kind, note, actor }: { id: string; kind: Kind; note: string | null; actor: NewIncidentEvent['actor'] },
): Promise<boolean> {
  const known = await findEvent(transaction, incident.stationId, id);
  if (known?.incidentId === incident.id && known.kind === kind) return false;
  if (known)
    throw new Problem(409, 'taken', 'Another one has this already', {
      errors: [{ field: 'id', got: id, expected: 'an id made for this event' }],
    });
  const after = incident.isWithdrawn && kind !== 'reopened' ? 'It was withdrawn.' : outcomes[kind](incident);
  if (typeof after === 'string')
    throw new Problem(409, 'wrong-state', 'The incident does not stand so that this can be done', { detail: after });
  if (after !== incident) await updateIncidentState(transaction, incident, after);
  await appendIncidentEvent(transaction, {
    id,
    stationId: incident.stationId,
    incidentId: incident.id,
    kind,
    actor,
    texts: { note },
  });
  return true;
}
