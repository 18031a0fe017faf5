import type {
  CheckedGrid,
  Grid,
  GridBody,
  GridCheck,
  LastGridEdit,
  NewGrid,
  SavedGrid,
  SplitGrid,
} from '$api/grids/contract.ts';
import type { LngLat } from '$api/positions/contract.ts';
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
export const splitGrid = (
  { id, version }: Seen,
  body: { line: LngLat[]; number: string; name: string | null },
): Promise<SplitGrid> => sendJson('POST', `/api/grids/${id}/split`, body, { ifMatch: version });
/** Asks twice, as deleting does: the other grid is gone then. */
export const mergeGrids = ({ id, version }: Seen, otherId: string, confirm?: string): Promise<Grid> =>
  sendJson('POST', `/api/grids/${id}/merge`, { otherId }, { query: { confirm }, ifMatch: version });
export const readLastGridEdit = async (stationId: string): Promise<LastGridEdit | null> =>
  (await getJson<{ edit: LastGridEdit | null }>('/api/grids/last-edit', { query: { station: stationId } })).edit;
export const undoGridEdit = (stationId: string, confirm?: string): Promise<void> =>
  sendJson('POST', '/api/grids/undo', { stationId }, { query: { confirm } });
/** How an area would fit between its neighbours; nothing is stored. */
export const checkGrid = (check: GridCheck, signal?: AbortSignal): Promise<CheckedGrid> =>
  sendJson('POST', '/api/grids/check', check, { signal });

export const makeSentinel = (body: NewSentinel): Promise<Sentinel> => sendJson('POST', '/api/sentinels', body);
export const saveSentinel = ({ id, version }: Seen, body: SentinelBody): Promise<Sentinel> =>
  sendJson('PUT', `/api/sentinels/${id}`, body, { ifMatch: version });
export const removeSentinel = ({ id, version }: Seen, confirm?: string): Promise<void> =>
  sendJson('DELETE', `/api/sentinels/${id}`, undefined, { query: { confirm }, ifMatch: version });
export const readQrCode = (id: string): Promise<QrCode> => getJson(`/api/sentinels/${id}/qr-code`);
