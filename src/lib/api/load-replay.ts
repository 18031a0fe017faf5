import type { StationEvents } from '$api/events/contract.ts';
import { toReplayEvents, type ReplayEvent } from '$lib/state/replay-events.ts';
import type { ReplayTracks } from '$lib/state/replay-tracks.ts';
import { getJson, openStream } from './client.ts';
import { readTrackStream, type TrackProgress } from './read-track-stream.ts';

interface Span {
  from: number;
  to: number;
}

/** The server counts what it will answer before it answers, so that the beginning may take a while. */
const openingMs = 60_000;

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * Reads where units were.
 * @param units their numbers; undefined: all
 * @param reason why the past of others is looked at; it is written down. None: one's own shifts only.
 * @throws {ApiError} when the server refuses or does not answer
 */
export async function loadTracks(
  station: string,
  { from, to }: Span,
  { units, reason, signal }: { units: readonly number[] | undefined; reason: string | undefined; signal: AbortSignal },
  onprogress: (progress: TrackProgress) => void,
): Promise<ReplayTracks> {
  const query = { station, from: iso(from), to: iso(to), units: units?.join(','), reason };
  return readTrackStream(await openStream('/api/tracks.arrow', { query, signal, timeoutMs: openingMs }), onprogress);
}

/** Reads what happened. `isWhole` false: there is more than one answer holds. */
export async function loadEvents(
  station: string,
  { from, to }: Span,
  signal: AbortSignal,
): Promise<{ events: ReplayEvent[]; isWhole: boolean }> {
  const query = { station, from: iso(from), to: iso(to) };
  const { events, isWhole } = await getJson<StationEvents>('/api/events', { query, signal });
  return { events: toReplayEvents(events), isWhole };
}
