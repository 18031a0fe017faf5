import { audienceOf, mayDo } from '../accounts/audience.ts';
import { recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { resolveAlert } from '../alerts/raise-alert.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { appendIncidentEvent } from '../incidents/timeline-queries.ts';
import { notFound } from '../reading/read-query.ts';
import type { Answer, DispatchState } from './contract.ts';
import { takeStep } from './dispatch-states.ts';
import { findStep, includeWithdrawn, insertStep, lockDispatch, setState, type LockedDispatch } from './queries.ts';
import { unansweredCause } from './watch-answers.ts';

/** What somebody says of a dispatch: an answer of the crew, or the desk's calling it back. */
export interface SaidStep {
  /** Of the step, so that one said twice is one. */
  id: string;
  state: Exclude<DispatchState, 'sent'>;
  reason: string | null;
  at?: Answer['at'];
}

/**
 * Takes a dispatch to its next state: its crew does, or the desk for it.
 * @returns the dispatch's station, and whether anything changed
 * @throws {Problem} 404 for what is not seen, 403 for who may not, 409 when that cannot follow
 */
export async function takeAnswer(
  { audit }: Pick<Dependencies, 'audit'>,
  transaction: Transaction,
  { viewer, request }: { viewer: Viewer; request: Request },
  dispatchId: string,
  said: SaidStep,
): Promise<{ stationId: string; isNew: boolean; endsAlert: boolean }> {
  await includeWithdrawn(transaction);
  const dispatch = await lockDispatch(transaction, viewer.stationIds, dispatchId);
  if (!dispatch) throw notFound('dispatch', dispatchId);
  const { stationId, unitId, incidentId, callSign } = dispatch;
  const isByRadio = requireSpeaker(viewer, dispatch, said.state);
  const known = await findStep(transaction, said.id);
  if (known?.dispatchId === dispatchId && known.state === said.state)
    return { stationId, isNew: false, endsAlert: false };
  const step = takeStep(dispatch.state, said.state);
  if (step.kind === 'repeated') return { stationId, isNew: false, endsAlert: false };
  if (step.kind === 'refused') throw cannotFollow(dispatch.state, said.state, step.possible);

  const actor = { accountId: viewer.accountId, name: viewer.displayName };
  const at = timeOf(said.at, dispatch.stateAt, new Date());
  const isInserted = await insertStep(transaction, {
    id: said.id,
    stationId,
    dispatchId,
    state: said.state,
    at,
    actor,
    isByRadio,
  });
  if (!isInserted)
    throw new Problem(409, 'answer-taken', 'Another answer has this id', { detail: 'Give each answer its own id.' });
  await setState(transaction, dispatchId, said.state);
  await appendIncidentEvent(transaction, {
    id: said.id,
    stationId,
    incidentId,
    unitId,
    kind: said.state,
    at,
    actor,
    detail: { dispatchId, callSign, ...(isByRadio && { byRadio: true }) },
    texts: { note: said.reason },
  });
  const endsAlert = await resolveAlert(transaction, stationId, unansweredCause(dispatchId));
  await recordChange(
    { audit },
    transaction,
    { viewer, request },
    {
      stationId,
      action: said.state === 'cancelled' ? 'dispatch.cancel' : 'dispatch.answer',
      target: { kind: 'dispatch', id: dispatchId, name: callSign },
      detail: { state: said.state, was: dispatch.state, incidentId, ...(isByRadio && { byRadio: true }) },
    },
  );
  return { stationId, isNew: true, endsAlert };
}

/**
 * @returns whether the desk speaks for the crew
 * @throws {Problem} 404 or 403 where it is not theirs
 */
function requireSpeaker(viewer: Viewer, { id, stationId, unitId }: LockedDispatch, state: DispatchState): boolean {
  const isOwn = viewer.ownUnits.some((unit) => unit.id === unitId);
  if (state !== 'cancelled' && isOwn && mayDo(viewer, stationId, 'answerDispatches')) return false;
  if (mayDo(viewer, stationId, 'dispatchUnits')) return state !== 'cancelled';
  const audience = audienceOf(viewer, stationId, 'dispatches');
  if (audience === 'none' || (audience === 'own' && !isOwn)) throw notFound('dispatch', id);
  throw new Problem(403, 'not-allowed', 'This account may not do that here', {
    detail:
      state === 'cancelled'
        ? 'Only the desk calls a unit back; its crew declines.'
        : 'A dispatch is answered by the crew of its unit, or by the desk for it.',
  });
}

function cannotFollow(from: DispatchState, to: DispatchState, possible: readonly DispatchState[]): Problem {
  return new Problem(409, 'dispatch-state', 'That cannot follow', {
    detail: `The dispatch is ${from}; ${to} cannot follow it. Possible: ${possible.join(', ') || 'nothing, it has ended'}.`,
    extensions: { state: from, possible },
  });
}

/** When it was said: not before what came before it, and not in the future of our clock. */
function timeOf(said: string | undefined, after: Date, now: Date): Date {
  const saidMs = said === undefined ? now.getTime() : Date.parse(said);
  return new Date(Math.min(now.getTime(), Math.max(after.getTime(), saidMs)));
}
