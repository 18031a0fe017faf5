import type { IncidentWithTimeline, RecordedIncident } from '$api/incidents/record-contract.ts';
import { failureFor } from '$lib/api/client.ts';
import { putIncident, readIncident } from '$lib/api/incidents.ts';
import type { Failure } from '$lib/state/loadable.ts';

/** The server was not there or did not say: what was sent may be sent again as it is. */
export const isWorthRepeating = ({ kind }: Failure): boolean =>
  kind === 'unreachable' || kind === 'timeout' || kind === 'unavailable';

/**
 * Sends a recording once. One that came through without our hearing of it, and was changed here since, is corrected: the
 * person means what stands in the form.
 * @throws what `putIncident` throws
 */
export async function sendRecording(
  id: string,
  body: RecordedIncident,
  version: number | undefined,
): Promise<IncidentWithTimeline> {
  try {
    return await putIncident(id, body, version);
  } catch (error) {
    if (version !== undefined || failureFor(error).problem !== 'recorded-differently') throw error;
    return putIncident(id, body, (await readIncident(id)).version);
  }
}
