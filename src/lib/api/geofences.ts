import type { Geofence, GeofenceBody } from '$api/geofences/contract.ts';
import { getJson, sendJson } from './client.ts';

export const readGeofences = async (station: string, signal?: AbortSignal): Promise<Geofence[]> =>
  (await getJson<{ geofences: Geofence[] }>('/api/geofences', { query: { station }, signal })).geofences;

export const makeGeofence = (body: GeofenceBody & { stationId: string }): Promise<Geofence> =>
  sendJson('POST', '/api/geofences', body);

export const saveGeofence = (
  { id, version }: Pick<Geofence, 'id' | 'version'>,
  body: GeofenceBody,
): Promise<Geofence> => sendJson('PUT', `/api/geofences/${id}`, body, { ifMatch: version });

/** Asked twice: `confirm` is what the first answer gave. */
export const removeGeofence = (id: string, confirm?: string): Promise<void> =>
  sendJson('DELETE', `/api/geofences/${id}`, undefined, { query: { confirm } });
