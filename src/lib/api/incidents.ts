import type { Incident } from '$api/incidents/contract.ts';
import type {
  EnteredEvent,
  IncidentWithTimeline,
  RecordedIncident,
  WithdrawnIncident,
} from '$api/incidents/record-contract.ts';
import { getJson, sendJson } from './client.ts';

export const readIncident = (id: string, signal?: AbortSignal): Promise<IncidentWithTimeline> =>
  getJson(`/api/incidents/${id}`, { signal });

/** The incident of this number, by which columns know it; undefined: there is none. */
export async function findIncident(
  station: string,
  number: number,
  signal?: AbortSignal,
): Promise<Incident | undefined> {
  const { incidents } = await getJson<{ incidents: Incident[] }>('/api/incidents', {
    query: { station, numbers: String(number) },
    signal,
  });
  return incidents[0];
}

/** Records under this id, which makes a repeat the same incident; with the version it was seen in, it is corrected. */
export const putIncident = (id: string, body: RecordedIncident, ifMatch?: number): Promise<IncidentWithTimeline> =>
  sendJson('PUT', `/api/incidents/${id}`, body, { ifMatch });

export const enterIncidentEvent = (id: string, event: EnteredEvent): Promise<IncidentWithTimeline> =>
  sendJson('POST', `/api/incidents/${id}/events`, event);

/** What was taken back as recorded by mistake, the latest first. */
export const readWithdrawn = async (station: string): Promise<WithdrawnIncident[]> =>
  (await getJson<{ incidents: WithdrawnIncident[] }>('/api/incidents/withdrawn', { query: { station } })).incidents;
