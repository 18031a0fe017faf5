import type { CheckedGrid, Grid, GridBody, GridCheck, NewGrid, SavedGrid } from '$api/grids/contract.ts';
import type { NewSentinel, QrCode, Sentinel, SentinelBody } from '$api/sentinels/contract.ts';
import { getJson, sendJson } from './client.ts';

interface Seen {
  id: string;
  version: number;
}

export const readGrid = (id: string): Promise<Grid> => getJson(`/api/grids/${id}`);
export const makeGrid = (body: NewGrid): Promise<SavedGrid> => sendJson('POST', '/api/grids', body);
export const saveGrid = ({ id, version }: Seen, body: GridBody): Promise<SavedGrid> =>
  sendJson('PUT', `/api/grids/${id}`, body, { ifMatch: version });
export const removeGrid = ({ id, version }: Seen, confirm?: string): Promise<void> =>
  sendJson('DELETE', `/api/grids/${id}`, undefined, { query: { confirm }, ifMatch: version });
/** How an area would fit between its neighbours; nothing is stored. */
export const checkGrid = (check: GridCheck, signal?: AbortSignal): Promise<CheckedGrid> =>
  sendJson('POST', '/api/grids/check', check, { signal });

export const makeSentinel = (body: NewSentinel): Promise<Sentinel> => sendJson('POST', '/api/sentinels', body);
export const saveSentinel = ({ id, version }: Seen, body: SentinelBody): Promise<Sentinel> =>
  sendJson('PUT', `/api/sentinels/${id}`, body, { ifMatch: version });
export const removeSentinel = ({ id, version }: Seen, confirm?: string): Promise<void> =>
  sendJson('DELETE', `/api/sentinels/${id}`, undefined, { query: { confirm }, ifMatch: version });
export const readQrCode = (id: string): Promise<QrCode> => getJson(`/api/sentinels/${id}/qr-code`);
