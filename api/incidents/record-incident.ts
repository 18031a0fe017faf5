import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { requireVersion, type SeenVersion } from '../reading/read-version.ts';
import type { IncidentState } from './contract.ts';
import { takeIncidentNumbers } from './queries.ts';
import type { IncidentRequest } from './read-incident-body.ts';
import {
  findBySourceId,
  insertIncident,
  isSentinelOf,
  lockIncident,
  lockIncidentNumbers,
  seeWithdrawn,
  updateIncident,
  updateIncidentState,
  type IncidentFacts,
  type StoredIncident,
} from './record-queries.ts';
import { appendIncidentEvent, type NewIncidentEvent } from './timeline-queries.ts';

export interface Recording {
  id: string;
  stationId: string;
  request: IncidentRequest;
  /** The version that a correction was made of; undefined: it is to be new. */
  seen: SeenVersion | undefined;
  via: 'desk' | 'gateway';
  actor: NewIncidentEvent['actor'];
}

/** What came of it. `fields`: names of what was corrected. */
export type RecordingOutcome = { number: number } & (
  { kind: 'created' | 'same' } | { kind: 'corrected'; fields: string[] }
);

/**
 * Records an incident, or corrects one and keeps what it was. The same again changes nothing and is as good.
 * @throws {Problem} 409 when the id is known with something else and no version was named, 412 when another version stands
 */
export async function recordIncident(transaction: Transaction, recording: Recording): Promise<RecordingOutcome> {
  const { id, stationId, request, seen } = recording;
  await seeWithdrawn(transaction);
  let known = await lockIncident(transaction, [stationId], id);
  if (!known) {
    // Whoever waited here may find that the same request, sent twice, has written it meanwhile.
    await lockIncidentNumbers(transaction, stationId);
    known = await lockIncident(transaction, [stationId], id);
  }
  if (!known) {
    if (seen !== undefined)
      throw new Problem(412, 'not-recorded', 'There is no such incident to correct', {
        detail: 'Nothing was stored. Send it without If-Match to record it.',
      });
    return create(transaction, recording);
  }
  const fields = differences(known, request.facts);
  const state = request.state ?? known.state;
  const stands = fields.length === 0 && state === known.state;
  // What was recorded first may have been corrected since; its repeat is a repeat all the same.
  if (stands || (seen === undefined && known.bodyHash === request.bodyHash))
    return { kind: 'same', number: known.number };
  if (seen === undefined)
    throw new Problem(409, 'recorded-differently', 'This id was recorded with something else', {
      detail: 'Nothing was stored. Read it, and send If-Match with its version to correct it.',
      errors: [...fields, ...(state === known.state ? [] : ['state'])].map((field) => ({
        field,
        got: 'another value',
        expected: 'what was recorded, or If-Match to correct it',
      })),
    });
  requireVersion(seen, known.version);
  if (known.isWithdrawn)
    throw new Problem(409, 'wrong-state', 'This incident was withdrawn', {
      detail: 'Nothing was stored. Reopen it first (POST …/events).',
    });
  return correct(transaction, recording, { known, fields, state });
}

async function create(
  transaction: Transaction,
  { id, stationId, request, via, actor }: Recording,
): Promise<RecordingOutcome> {
  const { facts, sourceId, bodyHash, state = 'open' } = request;
  await requireSentinel(transaction, stationId, facts);
  const number = await takeIncidentNumbers(transaction, stationId, 1);
  const incident = { ...facts, id, stationId, number, sourceId, state, bodyHash };
  if (!(await insertIncident(transaction, incident))) {
    const other = sourceId === null ? undefined : await findBySourceId(transaction, stationId, facts.source, sourceId);
    throw new Problem(409, 'taken', 'Another one has this already', {
      errors: [
        other === undefined
          ? { field: 'id', got: id, expected: 'an id that no other incident has' }
          : { field: 'sourceId', got: sourceId ?? '', expected: `the id ${other}, by which it is recorded` },
      ],
    });
  }
  const event = { stationId, incidentId: id, actor };
  await appendIncidentEvent(transaction, { ...event, kind: 'created', detail: { via } });
  if (state === 'closed') await appendIncidentEvent(transaction, { ...event, kind: 'closed' });
  return { kind: 'created', number };
}

async function correct(
  transaction: Transaction,
  { id, stationId, request: { facts }, actor }: Recording,
  { known, fields, state }: { known: StoredIncident; fields: (keyof IncidentFacts)[]; state: IncidentState },
): Promise<RecordingOutcome> {
  const event = { stationId, incidentId: id, actor };
  if (fields.length > 0) {
    await requireSentinel(transaction, stationId, facts);
    await updateIncident(transaction, known, facts);
    // The texts go where they can be removed from when their time has come.
    const shown = fields.filter((field) => field !== 'text');
    await appendIncidentEvent(transaction, {
      ...event,
      kind: 'corrected',
      detail: {
        fields,
        before: Object.fromEntries(shown.map((field) => [field, known[field]])),
        after: Object.fromEntries(shown.map((field) => [field, facts[field]])),
      },
      texts: fields.includes('text') ? { textBefore: known.text, textAfter: facts.text } : {},
    });
  }
  if (state !== known.state) {
    await updateIncidentState(transaction, known, { state, isWithdrawn: false });
    await appendIncidentEvent(transaction, { ...event, kind: state === 'closed' ? 'closed' : 'reopened' });
  }
  return {
    kind: 'corrected',
    number: known.number,
    fields: state === known.state ? fields : [...fields, 'state'],
  };
}

const factNames = ['category', 'source', 'sentinelId', 'lngLat', 'occurredAt', 'text'] as const;

const differences = (known: IncidentFacts, facts: IncidentFacts): (keyof IncidentFacts)[] =>
  factNames.filter((name) => String(known[name] ?? '') !== String(facts[name] ?? ''));

async function requireSentinel(
  transaction: Transaction,
  stationId: string,
  { sentinelId }: IncidentFacts,
): Promise<void> {
  if (sentinelId === null || (await isSentinelOf(transaction, stationId, sentinelId))) return;
  throw new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
    errors: [{ field: 'sentinelId', got: sentinelId, expected: 'the id of a sentinel point of the station' }],
  });
}
