import { createContext } from 'svelte';
import type { IncidentSource, IncidentSummary } from '$api/incidents/contract.ts';
import { chooseThresholds } from '$lib/geo/density.ts';
import { LocalHours } from '$lib/geo/local-hours.ts';
import type { ClockState } from './clock-state.svelte.ts';
import { IncidentColumns, type IncidentBatch } from './incident-columns.ts';
import {
  boundsOf,
  countIncidents,
  minuteOf,
  type IncidentBounds,
  type IncidentCounts,
  type IncidentFilter,
} from './incident-filter.ts';
import { findPeak } from './incident-peak.ts';
import type { IncidentUrl } from './incident-url.ts';
import { Listeners } from './listeners.ts';
import type { Failure } from './loadable.ts';

/** `exact`: as columns; `coarse`: counts by grid; `none`: this account sees none here. */
export type IncidentAudience = 'exact' | 'coarse' | 'none';
type Status = { kind: 'idle' | 'loading' | 'ready' } | { kind: 'error'; failure: Failure };

/** Counting a million takes a blink; while a finger is on a slider it waits for the finger. */
const countAfterMs = 120;

/** The station's incidents, which of them are shown, and how. */
export class IncidentState {
  readonly #clock: ClockState;
  #audience = $state<IncidentAudience>('none');
  #status = $state.raw<Status>({ kind: 'idle' });
  #localHours = $state.raw(new LocalHours('Asia/Shanghai'));
  #columns = $state.raw(new IncidentColumns(this.#localHours));
  #version = $state(0);
  #filter = $state.raw<IncidentFilter>()!;
  #heatM = $state<number | undefined>();
  #summary = $state.raw<IncidentSummary | undefined>();
  #settled = $state.raw<IncidentBounds>();
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** Told when a person changed what belongs into the address. */
  readonly changes = new Listeners<IncidentUrl>();

  readonly #minute = $derived.by(() => minuteOf(this.#clock.nowMs));
  /** What is shown now; for the graphics card. */
  readonly bounds: IncidentBounds = $derived.by(() => {
    void this.#version;
    return boundsOf(this.#filter, this.#columns.categories, this.#localHours, this.#minute * 60_000);
  });
  /** What is shown once the hand rests; for what costs a look at every incident. */
  readonly settledBounds: IncidentBounds = $derived(this.#settled ?? this.bounds);
  readonly counts: IncidentCounts = $derived.by(() => {
    void this.#version;
    return countIncidents(this.#columns, this.settledBounds);
  });

  /** Of the heatmap's legend: from how many incidents per km² on each class; of all that passes, wherever the map looks. */
  readonly thresholds: readonly number[] = $derived.by(() => {
    void this.#version;
    return this.#heatM === undefined ? [] : chooseThresholds(findPeak(this.#columns, this.settledBounds, this.#heatM));
  });
  /** Of the summary; a small count counts as one. */
  readonly countByGrid: ReadonlyMap<string, number> = $derived(
    new Map(
      (this.#summary?.grids ?? []).flatMap(({ gridId, atLeast }) => (gridId ? [[gridId, atLeast] as const] : [])),
    ),
  );

  constructor(clock: ClockState, { filter, heatM }: IncidentUrl) {
    this.#clock = clock;
    this.#filter = filter;
    this.#heatM = heatM;
  }

  get audience(): IncidentAudience {
    return this.#audience;
  }

  get status(): Status {
    return this.#status;
  }

  /** Read after `version`, which rises with every change in place. */
  get columns(): IncidentColumns {
    return this.#columns;
  }

  get version(): number {
    return this.#version;
  }

  get localHours(): LocalHours {
    return this.#localHours;
  }

  get filter(): IncidentFilter {
    return this.#filter;
  }

  get heatM(): number | undefined {
    return this.#heatM;
  }

  get summary(): IncidentSummary | undefined {
    return this.#summary;
  }

  /** Another station, or another account: what was there leaves the screen at once. */
  clear(audience: IncidentAudience, timeZone: string): void {
    this.#audience = audience;
    this.#localHours = new LocalHours(timeZone);
    this.#columns = new IncidentColumns(this.#localHours);
    this.#summary = undefined;
    this.#status = { kind: audience === 'none' ? 'idle' : 'loading' };
    this.#version++;
  }

  /** Rows that come behind those there are, or are known and changed. */
  merge(batch: IncidentBatch): void {
    this.#columns.merge(batch);
    this.#version++;
  }

  /** Withdrawn ones, by number. */
  remove(numbers: readonly number[]): void {
    if (numbers.length === 0) return;
    this.#columns.remove(numbers);
    this.#version++;
  }

  /** All of them, where nobody can tell which changed: the picture goes from the old to the new without a gap. */
  replace(columns: IncidentColumns): void {
    this.#columns = columns;
    this.#version++;
  }

  summarized(summary: IncidentSummary): void {
    this.#summary = summary;
    this.#status = { kind: 'ready' };
  }

  loaded(): void {
    this.#status = { kind: 'ready' };
  }

  failed(failure: Failure): void {
    this.#status = { kind: 'error', failure };
  }

  narrow(part: Partial<IncidentFilter>): void {
    this.#settled = this.settledBounds;
    this.#filter = { ...this.#filter, ...part };
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => (this.#settled = undefined), countAfterMs);
    this.#tell();
  }

  toggleCategory(category: string): void {
    this.narrow({ hiddenCategories: toggled(this.#filter.hiddenCategories, category) });
  }

  toggleSource(source: IncidentSource): void {
    this.narrow({ hiddenSources: toggled(this.#filter.hiddenSources, source) });
  }

  /** @param bandwidthM undefined: no heatmap */
  heat(bandwidthM: number | undefined): void {
    this.#heatM = bandwidthM;
    this.#tell();
  }

  #tell(): void {
    this.changes.tell({ filter: this.#filter, heatM: this.#heatM });
  }
}

function toggled<T>(set: ReadonlySet<T>, entry: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(entry)) next.add(entry);
  return next;
}

export const [getIncidentState, setIncidentState] = createContext<IncidentState>();
