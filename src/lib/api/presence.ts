import type { Presence } from '$api/presence/contract.ts';
import { getJson } from './client.ts';

/** Presence by grid from this time on until now. The first answer after a start counts an hour of fixes and may take seconds. */
export const readPresence = (station: string, fromMs: number, signal: AbortSignal): Promise<Presence> =>
  getJson('/api/presence', { query: { station, from: new Date(fromMs).toISOString() }, signal, timeoutMs: 60_000 });
