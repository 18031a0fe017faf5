import type { Alert, Sos } from '$api/alerts/contract.ts';
import { getJson, sendJson } from './client.ts';

export const readAlerts = async (station: string, state: 'open' | 'all', signal?: AbortSignal): Promise<Alert[]> =>
  (await getJson<{ alerts: Alert[] }>('/api/alerts', { query: { station, state }, signal })).alerts;

export const acknowledgeAlert = (id: string, note: string | null): Promise<Alert> =>
  sendJson('POST', `/api/alerts/${id}/acknowledge`, { note });

export const closeAlert = (id: string): Promise<Alert> => sendJson('POST', `/api/alerts/${id}/close`);

/** Repeating it with the same `id` raises no other. */
export const raiseSos = (unitId: string, sos: Sos, signal?: AbortSignal): Promise<Alert> =>
  sendJson('POST', `/api/units/${unitId}/sos`, sos, { signal, timeoutMs: 8000 });

export const cancelSos = (unitId: string): Promise<Alert> => sendJson('POST', `/api/units/${unitId}/sos/cancel`);
