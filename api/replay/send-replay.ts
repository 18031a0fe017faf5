import { setTimeout as wait } from 'node:timers/promises';
import { OperatorError } from '../environment.ts';
import { maxFixesPerReport, reportAnswerSchema } from '../positions/contract.ts';
import type { PlannedFix } from './plan-replay.ts';

export interface SendOptions {
  url: string;
  token: string;
  signal: AbortSignal;
  /** How long an unknown credential is tried again: a server learns a new one by polling. */
  patienceMs: number;
  onSent(sent: number): void;
}

/** Fixes due within this time go in one report. */
const gatherMs = 200;

/**
 * Sends each fix at its time; what could not be stored (503, no connection) is sent again, so that none is lost.
 * @returns how many had each outcome; quarantined ones with their reason. Ends early when aborted.
 * @throws {OperatorError} when the server refuses the credential or the report.
 */
export async function sendReplay(planned: readonly PlannedFix[], options: SendOptions): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let sent = 0;
  while (sent < planned.length && !options.signal.aborted) {
    const dueInMs = (planned[sent]?.sendAtMs ?? 0) - Date.now();
    if (dueInMs > 0) await wait(dueInMs, undefined, { signal: options.signal }).catch(() => {});
    if (options.signal.aborted) break;
    const dueAtMs = Date.now() + gatherMs / 2;
    const due = planned.slice(sent, sent + maxFixesPerReport).filter(({ sendAtMs }) => sendAtMs <= dueAtMs);
    const outcomes = await post(due, options);
    for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    sent += due.length;
    options.onSent(sent);
  }
  return counts;
}

async function post(due: readonly PlannedFix[], { url, token, signal, patienceMs }: SendOptions): Promise<string[]> {
  const patientUntilMs = Date.now() + patienceMs;
  const body = JSON.stringify(due.map(({ report }) => report));
  for (let delayMs = 500; ; delayMs = Math.min(10_000, delayMs * 2)) {
    const response = await fetch(new URL('/api/positions', url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body,
      signal,
    }).catch((error: Error) => (signal.aborted ? undefined : error));
    if (response === undefined) return [];
    if (response instanceof Response) {
      if (response.ok) {
        const { outcomes } = reportAnswerSchema.parse(await response.json());
        return outcomes.map(({ outcome, reason }) => (reason ? `${outcome} (${reason})` : outcome));
      }
      const problem = await response.text();
      const isNew = response.status === 401 && Date.now() < patientUntilMs;
      if (response.status !== 503 && response.status !== 429 && !isNew)
        throw new OperatorError(`${url} refuses the fixes (${response.status}): ${titleOf(problem)}.`);
      const retryAfterS = Number(response.headers.get('Retry-After'));
      if (retryAfterS > 0) delayMs = Math.max(delayMs, Math.min(30, retryAfterS) * 1000);
    }
    await wait(delayMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return [];
  }
}

function titleOf(problem: string): string {
  try {
    const { title, detail } = JSON.parse(problem) as { title?: string; detail?: string };
    return [title, detail].filter(Boolean).join('. ').replace(/\.$/, '');
  } catch {
    return problem.slice(0, 200);
  }
}
