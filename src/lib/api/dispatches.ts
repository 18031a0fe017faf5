import type { Answer, Brief, Dispatch, DispatchAnswer, Nearest, Order } from '$api/dispatches/contract.ts';
import type { UnitKind } from '$api/positions/contract.ts';
import { getJson, sendJson } from './client.ts';

export interface NearestFilter {
  /** Undefined: whatever they carry. */
  equipment: string | undefined;
  /** Empty: all. */
  kinds: readonly UnitKind[];
}

/** Units on duty by the time they need to an incident, soonest there first. */
export const readNearest = (
  incidentId: string,
  { equipment, kinds }: NearestFilter,
  signal?: AbortSignal,
): Promise<Nearest> =>
  getJson(`/api/incidents/${incidentId}/nearest`, {
    query: { equipment, kinds: kinds.length > 0 ? kinds.join() : undefined },
    signal,
  });

/** Those under way and those of the last day, newest first. @param station undefined: wherever the viewer sees them */
export const readDispatches = async (station?: string, signal?: AbortSignal): Promise<Dispatch[]> =>
  (await getJson<{ dispatches: Dispatch[] }>('/api/dispatches', { query: { station }, signal })).dispatches;

/** @param id the order's: the same again is the same order */
export const sendOrder = async (id: string, order: Order): Promise<Dispatch[]> =>
  (await sendJson<{ dispatches: Dispatch[] }>('PUT', `/api/dispatches/${id}`, order)).dispatches;

/** @param answer its id: the same again is the same answer */
export const sendAnswer = (
  dispatchId: string,
  answer: Pick<Answer, 'id' | 'at'> & { answer: DispatchAnswer; reason: string | null },
): Promise<Dispatch> => sendJson('POST', `/api/dispatches/${dispatchId}/answer`, answer);

/** Calls a unit back. */
export const cancelDispatch = (dispatchId: string, id: string, reason: string | null): Promise<Dispatch> =>
  sendJson('POST', `/api/dispatches/${dispatchId}/cancel`, { id, reason });

export const readBrief = (dispatchId: string, signal?: AbortSignal): Promise<Brief> =>
  getJson(`/api/dispatches/${dispatchId}/brief`, { signal });
