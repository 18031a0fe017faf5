import { v7 as uuidv7 } from 'uuid';
import type { IncidentSource } from '$api/incidents/contract.ts';
import type { IncidentWithTimeline, RecordedIncident } from '$api/incidents/record-contract.ts';
import type { LngLat } from '$api/positions/contract.ts';
import { failureFor } from '$lib/api/client.ts';
import type { Failure } from '$lib/state/loadable.ts';
import { instantOf, wallTimeOf } from '../admin/wall-time.ts';
import { isWorthRepeating, sendRecording } from './send-recording.ts';

export type Sending =
  | { kind: 'idle' }
  | { kind: 'sending' }
  | { kind: 'waiting'; failure: Failure }
  | { kind: 'refused'; failure: Failure };

const repeatAfterMs = 3000;

/** What somebody is writing down of an incident. It outlives its form, and keeps its id until it is stored. */
export class IncidentDraft {
  readonly stationId: string;
  readonly timeZone: string;
  /** The incident that is corrected; undefined: a new one. */
  readonly corrected: IncidentWithTimeline | undefined;
  #id = uuidv7();
  lngLat = $state.raw<LngLat>();
  /** What was searched for and chosen, for the person. */
  placeName = $state('');
  /** As it is typed or shown; `storedCategory` names what is stored. */
  category = $state('');
  source = $state<IncidentSource>('citizen');
  sentinelId = $state('');
  /** "2026-11-22T08:00" on the station's clock; empty: now. */
  wallTime = $state('');
  text = $state('');
  #sending = $state.raw<Sending>({ kind: 'idle' });
  #repeat: ReturnType<typeof setTimeout> | undefined;
  /** Counts sendings: the answer to one that was replaced changes nothing here. */
  #sent = 0;
  /** Told when it is stored; the form that is open then. */
  onstored: ((incident: IncidentWithTimeline) => void) | undefined;

  constructor(station: { id: string; timeZone: string }, corrected?: IncidentWithTimeline) {
    this.stationId = station.id;
    this.timeZone = station.timeZone;
    this.corrected = corrected;
    if (!corrected) return;
    this.#id = corrected.id;
    this.lngLat = corrected.lngLat;
    this.category = corrected.category;
    this.source = corrected.source;
    this.sentinelId = corrected.sentinelId ?? '';
    this.wallTime = wallTimeOf(Date.parse(corrected.at), station.timeZone);
    this.text = corrected.text ?? '';
  }

  get sending(): Sending {
    return this.#sending;
  }

  /** Whether anything was written that would be lost. */
  get isEmpty(): boolean {
    return !this.lngLat && this.category === '' && this.text.trim() === '';
  }

  /**
   * Sends until it is stored or refused.
   * @param nowMs what "now" is: it stays the time of the incident, however long the network is away
   */
  store(storedCategory: string, nowMs: number): void {
    if (!this.lngLat || this.#sending.kind === 'sending') return;
    clearTimeout(this.#repeat);
    if (this.wallTime === '' && !this.corrected) this.wallTime = wallTimeOf(nowMs, this.timeZone);
    const body: RecordedIncident = {
      stationId: this.stationId,
      category: storedCategory,
      source: this.source,
      ...(this.source === 'sentinel' && this.sentinelId !== '' && { sentinelId: this.sentinelId }),
      lngLat: this.lngLat,
      occurredAt: this.#occurredAt(),
      text: this.text,
    };
    void this.#send(body);
  }

  /** Ends the sending of what waits for the network; what was written stays. */
  hold(): void {
    clearTimeout(this.#repeat);
    this.#sent++;
    this.#sending = { kind: 'idle' };
  }

  /** Throws away what was written. */
  clear(): void {
    this.hold();
    this.#id = uuidv7();
    this.lngLat = undefined;
    this.placeName = this.category = this.wallTime = this.text = this.sentinelId = '';
    this.source = 'citizen';
  }

  /** A time that was not touched keeps its seconds. */
  #occurredAt(): string {
    const was = this.corrected?.at;
    if (was && wallTimeOf(Date.parse(was), this.timeZone) === this.wallTime) return was;
    return instantOf(this.wallTime, this.timeZone);
  }

  async #send(body: RecordedIncident): Promise<void> {
    const own = ++this.#sent;
    // While it is sent again by itself, the screen goes on saying why.
    if (this.#sending.kind !== 'waiting') this.#sending = { kind: 'sending' };
    try {
      const incident = await sendRecording(this.#id, body, this.corrected?.version);
      if (own !== this.#sent) return;
      this.clear();
      this.onstored?.(incident);
    } catch (error) {
      if (own !== this.#sent) return;
      const failure = failureFor(error);
      if (!isWorthRepeating(failure)) {
        this.#sending = { kind: 'refused', failure };
        return;
      }
      this.#sending = { kind: 'waiting', failure };
      this.#repeat = setTimeout(() => void this.#send(body), repeatAfterMs);
    }
  }
}

let kept: { key: string; draft: IncidentDraft } | undefined;

/** The draft of this account at this station as it was left; one of another account is never shown. */
export function draftOf(accountId: string, station: { id: string; timeZone: string }): IncidentDraft {
  const key = `${accountId} ${station.id}`;
  if (kept?.key !== key) {
    kept?.draft.hold();
    kept = { key, draft: new IncidentDraft(station) };
  }
  return kept.draft;
}
