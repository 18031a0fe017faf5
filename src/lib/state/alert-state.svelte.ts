import { createContext } from 'svelte';
import type { Alert, AlertSeverity } from '$api/alerts/contract.ts';
import { Listeners } from './listeners.ts';
import { failedAfter, latestOf, type Failure, type Loadable } from './loadable.ts';

const rank: Readonly<Record<AlertSeverity, number>> = { critical: 0, warning: 1, notice: 2 };

/** What must be looked at first: by severity, then the newest; an SOS before all. */
export const byUrgency = (a: Alert, b: Alert): number =>
  Number(b.kind === 'sos') - Number(a.kind === 'sos') ||
  rank[a.severity] - rank[b.severity] ||
  b.openedAt.localeCompare(a.openedAt);

/** The open alerts of the station on the screen. */
export class AlertState {
  #alerts = $state.raw<Loadable<readonly Alert[]>>({ kind: 'idle' });
  /** Told of alerts that were not there when it was read before; not of those that were there at first. */
  readonly arrivals = new Listeners<readonly Alert[]>();
  /** Newest first. */
  readonly list: readonly Alert[] = $derived(latestOf(this.#alerts) ?? []);
  readonly unacknowledged: readonly Alert[] = $derived(
    this.list.filter(({ acknowledgedAt }) => acknowledgedAt === null),
  );

  get status(): Loadable<readonly Alert[]> {
    return this.#alerts;
  }

  /** Another station. */
  clear(): void {
    this.#alerts = { kind: 'idle' };
  }

  loaded(alerts: readonly Alert[]): void {
    const before = latestOf(this.#alerts);
    this.#alerts = { kind: 'ready', value: alerts };
    if (!before) return;
    const known = new Set(before.map(({ id }) => id));
    const arrived = alerts.filter(({ id }) => !known.has(id));
    if (arrived.length > 0) this.arrivals.tell(arrived);
  }

  /** One that was just acknowledged or closed here: shown so before the server tells everybody. */
  changed(alert: Alert): void {
    const now = latestOf(this.#alerts);
    if (!now) return;
    this.#alerts = {
      kind: 'ready',
      value: now.flatMap((one) => (one.id !== alert.id ? [one] : alert.resolvedAt === null ? [alert] : [])),
    };
  }

  failed(failure: Failure): void {
    this.#alerts = failedAfter(this.#alerts, failure);
  }
}

export const [getAlertState, setAlertState] = createContext<AlertState>();
