import type { FixReport, ReportAnswer } from '../../positions/contract.ts';
import type { PostResult, Poster } from './post-fixes.ts';

/** A phone keeps what it could not send; this many reports of it, oldest lost first. */
export const maxKeptReports = 600;
/** How many kept fixes go in one post when the server is back, unless a single report holds more. */
const maxFixesPerPost = 100;
const maxWaitMs = 15_000;
/** A server learns of new credentials by its next poll, so the first refusals are no reason to give up. */
const refusalsBeforeStop = 5;
const refusalWaitMs = 3_000;

export interface DeviceEvents {
  onOutcomes(outcomes: ReportAnswer['outcomes']): void;
  onLost(count: number): void;
  onUnreachable(reason: string): void;
  onReachable(): void;
  onRefused(reason: string): void;
  onStopped(device: string): void;
}

/** Sends the reports of one credential in order, one post at a time, and keeps them while the server does not answer. */
export class ReportingDevice {
  readonly name: string;
  #token: string;
  #poster: Poster;
  #events: DeviceEvents;
  #kept: (readonly FixReport[])[] = [];
  #isSending = false;
  #isStopped = false;
  #failures = 0;
  #refusals = 0;
  #notBeforeMs = 0;

  constructor(name: string, token: string, poster: Poster, events: DeviceEvents) {
    this.name = name;
    this.#token = token;
    this.#poster = poster;
    this.#events = events;
  }

  get keptCount(): number {
    return this.#kept.reduce((sum, fixes) => sum + fixes.length, 0);
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Takes new fixes and sends what there is, unless a report is on its way or the server asked to wait. */
  report(fixes: readonly FixReport[]): void {
    if (this.#isStopped) return;
    this.#kept.push(fixes);
    if (this.#kept.length > maxKeptReports) this.#events.onLost(this.#kept.shift()?.length ?? 0);
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#isSending || this.#isStopped || Date.now() < this.#notBeforeMs) return;
    this.#isSending = true;
    const reports = this.#nextReports();
    const result = await this.#poster.post(this.#token, reports.flat());
    this.#isSending = false;
    this.#take(result, reports);
    // What was kept follows at once; a report that came meanwhile too.
    if (result.kind === 'answered' && this.#kept.length > 0) void this.#send();
  }

  #nextReports(): (readonly FixReport[])[] {
    let count = 0;
    const reports: (readonly FixReport[])[] = [];
    for (const fixes of this.#kept) {
      if (reports.length > 0 && count + fixes.length > maxFixesPerPost) break;
      reports.push(fixes);
      count += fixes.length;
    }
    return reports;
  }

  #take(result: PostResult, reports: readonly (readonly FixReport[])[]): void {
    switch (result.kind) {
      case 'answered':
        if (this.#failures > 0) this.#events.onReachable();
        this.#failures = this.#refusals = this.#notBeforeMs = 0;
        this.#drop(reports);
        this.#events.onOutcomes(result.outcomes);
        break;
      case 'later': {
        this.#failures++;
        const waitMs = Math.min(maxWaitMs, result.waitMs * 2 ** Math.min(3, this.#failures - 1));
        // Not all at the same moment when the server is back.
        this.#notBeforeMs = Date.now() + waitMs * (0.75 + Math.random() / 2);
        this.#events.onUnreachable(result.reason);
        break;
      }
      case 'unknownCredential':
        if (++this.#refusals < refusalsBeforeStop) this.#notBeforeMs = Date.now() + refusalWaitMs;
        else {
          this.#isStopped = true;
          this.#kept = [];
          this.#events.onStopped(this.name);
        }
        break;
      case 'refused':
        this.#drop(reports);
        this.#events.onRefused(result.reason);
        break;
    }
  }

  /** Some of them may have been pushed out by newer ones while they were on their way. */
  #drop(reports: readonly (readonly FixReport[])[]): void {
    const sent = new Set(reports);
    this.#kept = this.#kept.filter((report) => !sent.has(report));
  }
}
