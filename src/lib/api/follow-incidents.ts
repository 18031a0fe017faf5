import type { IncidentSummary } from '$api/incidents/contract.ts';
import type { Station } from '$api/stations/contract.ts';
import { LocalHours } from '$lib/geo/local-hours.ts';
import { IncidentColumns } from '$lib/state/incident-columns.ts';
import type { IncidentAudience, IncidentState } from '$lib/state/incident-state.svelte.ts';
import { failureFor, getJson, openStream } from './client.ts';

const retryMs = 5000;
/** Comes with the first of them: many accounts see none, and the page stands before. */
const streamReader = () => import('./read-incident-stream.ts');
/** Who has no live connection is told of new ones by asking; also what a live one should have told and did not. */
const askEveryMs = 60_000;

/** Follows the incidents of one station. */
export interface IncidentFollower {
  /** The server said that they changed. */
  changed(): void;
  end(): void;
}

/**
 * Reads a station's incidents as exactly as the account sees them, then what is new or changed whenever it is told to.
 */
export function followIncidents(
  state: IncidentState,
  { id, timeZone }: Pick<Station, 'id' | 'timeZone'>,
  audience: IncidentAudience,
): IncidentFollower {
  const ended = new AbortController();
  const { signal } = ended;
  state.clear(audience, timeZone);
  if (audience === 'none') return { changed() {}, end() {} };

  /** Of the columns on the screen; undefined: none yet. */
  let rewrites: string | undefined;

  async function readAll(): Promise<void> {
    const isFirst = rewrites === undefined;
    // The first picture grows as it comes; a later one is changed whole.
    const columns = isFirst ? undefined : new IncidentColumns(new LocalHours(timeZone));
    let told: string | undefined;
    const { readIncidentStream } = await streamReader();
    if (isFirst) state.clear(audience, timeZone);
    await readIncidentStream(await openStream('/api/incidents.arrow', { query: { station: id }, signal }), {
      begun: (metadata) => (told = metadata.get('rewrites')),
      batch: (batch) => (columns ? columns.append(batch) : state.merge(batch)),
    });
    if (columns) state.replace(columns);
    rewrites = told;
  }

  /** What came and what changed since the last time; all again where the server cannot tell. */
  async function readNew(): Promise<void> {
    const held = rewrites!;
    const query = { station: id, after: String(state.columns.lastNumber), rewrites: held };
    let told: string | undefined;
    let isPatch = false;
    const { readIncidentStream } = await streamReader();
    await readIncidentStream(await openStream('/api/incidents.arrow', { query, signal }), {
      begun(metadata) {
        told = metadata.get('rewrites');
        isPatch = metadata.get('changedSince') === held;
        if (isPatch) state.remove(numbersOf(metadata.get('gone')));
      },
      batch: (batch) => isPatch && state.merge(batch),
    });
    if (isPatch) rewrites = told;
    else await readAll();
  }

  async function readCoarse(): Promise<void> {
    state.summarized(await getJson<IncidentSummary>('/api/incidents/summary', { query: { station: id }, signal }));
  }

  let isReading = false;
  let isWanted = false;
  async function read(): Promise<void> {
    isWanted = true;
    if (isReading) return;
    isReading = true;
    while (isWanted && !signal.aborted) {
      isWanted = false;
      try {
        await (audience === 'coarse' ? readCoarse() : rewrites === undefined ? readAll() : readNew());
        if (!signal.aborted) state.loaded();
      } catch (error) {
        if (signal.aborted) break;
        state.failed(failureFor(error));
        isWanted = true;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    isReading = false;
  }

  void read();
  const asking = setInterval(() => void read(), askEveryMs);
  return {
    changed: () => void read(),
    end() {
      clearInterval(asking);
      ended.abort();
    },
  };
}

const numbersOf = (list = ''): number[] => (list === '' ? [] : list.split(',').map(Number));
