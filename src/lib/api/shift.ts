import { sendJson } from './client.ts';

/** Starts a unit's shift until its rostered end, or ends it. The change comes back over the live connection. */
export const orderShift = (unitId: string, action: 'start' | 'end'): Promise<unknown> =>
  sendJson('POST', `/api/units/${unitId}/shift`, { action });
