import type { SavedView, ViewBody } from '$api/views/contract.ts';
import { getJson, sendJson } from './client.ts';

export const readViews = async (station: string, signal?: AbortSignal): Promise<SavedView[]> =>
  (await getJson<{ views: SavedView[] }>('/api/views', { query: { station }, signal })).views;

/** A new view, or one that was seen with this version. The same request again does no harm. */
export const putView = (id: string, view: ViewBody, seenVersion?: number): Promise<SavedView> =>
  sendJson('PUT', `/api/views/${id}`, view, { ifMatch: seenVersion });

export const deleteView = (id: string): Promise<void> => sendJson('DELETE', `/api/views/${id}`);
