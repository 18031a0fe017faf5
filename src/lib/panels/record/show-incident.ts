import type { IncidentState } from '$lib/state/incident-state.svelte.ts';
import type { SelectionState } from '$lib/state/selection-state.svelte.ts';

const lookEveryMs = 50;
/** News of it comes within a second; after that it is selected all the same, and shows when it comes. */
const waitAtMostMs = 3000;

/** Selects an incident as soon as it has come to this page. */
export async function showIncident(number: number, incidents: IncidentState, selection: SelectionState): Promise<void> {
  for (let waitedMs = 0; incidents.columns.indexOf(number) < 0 && waitedMs < waitAtMostMs; waitedMs += lookEveryMs)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  selection.select({ kind: 'incident', number });
}
