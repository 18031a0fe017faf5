import type { FixOutcome, FixReport } from '../../positions/contract.ts';
import { findLastSeen } from './find-last-seen.ts';
import { openPoster } from './post-fixes.ts';
import { ReportingDevice, type DeviceEvents } from './reporting-device.ts';
import type { DemoCredential } from './seed-demo.ts';
import { Fleet } from './simulate-units.ts';

export interface SimulatorOptions {
  /** Of the server, without a path. */
  url: string;
  /** One for each unit, in the order of their numbers; or a gateway that reports for all of them. */
  credentials: readonly DemoCredential[] | { gatewayToken: string; count: number; prefix: string; batch: number };
  /** Fixes per unit and second. */
  rate: number;
  /**
   * Into how many moments of each period reports fall: those of one moment become one transaction of the server. By
   * default each sender has its own, as devices have.
   */
  moments?: number;
  seed?: number;
  /** Ends the run; what was not sent by then is lost. */
  signal: AbortSignal;
  /** What a person should know: the server is away, is back, a device was refused. */
  onMessage?: (message: string) => void;
  /** Once a second. */
  onCounts?: (counts: SimulatorCounts) => void;
}

/** Fixes so far by what became of them. `kept` are waiting to be sent, `lost` were pushed out by newer ones. */
export type SimulatorCounts = Record<FixOutcome, number> & { made: number; kept: number; lost: number };

const deviceConnections = 16;
const tickMs = 20;

/**
 * Moves the demo's units and posts their fixes to `POST /api/positions` like any device, until `signal` aborts. Reports
 * are spread over the second. While the server does not answer, devices keep their fixes and send them late.
 * @returns the counts at the end
 */
export async function runSimulator(options: SimulatorOptions): Promise<SimulatorCounts> {
  const { url, credentials, rate, moments = Infinity, seed = 1, signal, onMessage = () => {}, onCounts } = options;
  const isGateway = 'gatewayToken' in credentials;
  const counts: SimulatorCounts = {
    made: 0,
    kept: 0,
    lost: 0,
    accepted: 0,
    duplicate: 0,
    conflict: 0,
    quarantined: 0,
    offDuty: 0,
    notAllowed: 0,
  };
  const fleet = new Fleet({
    count: isGateway ? credentials.count : credentials.length,
    seed,
    ...(isGateway && { prefix: credentials.prefix }),
    lastSeen: isGateway ? new Map() : await findLastSeen(url, signal),
  });
  const poster = openPoster(url, deviceConnections);
  const events = makeEvents(counts, url, onMessage);
  // A gateway is one sender for many units, as many senders as it has batches.
  const batch = isGateway ? credentials.batch : 1;
  const senders = Array.from({ length: Math.ceil(fleet.count / batch) }, (_, i) =>
    isGateway
      ? new ReportingDevice(`gateway (batch ${i + 1})`, credentials.gatewayToken, poster, events)
      : new ReportingDevice(credentials[i]?.device ?? '', credentials[i]?.token ?? '', poster, events),
  );
  const periodMs = 1000 / rate;
  const startMs = Date.now();
  // Sender i reports at a moment of its own in each period, or at the one before it that is shared.
  let turn = 0;
  const perMoment = Math.ceil(senders.length / moments) || 1;
  const dueMs = (at: number) => {
    const sender = at % senders.length;
    return startMs + ((at - (sender % perMoment)) / senders.length) * periodMs;
  };
  const tick = () => {
    const now = Date.now();
    // After a sleep of the machine it goes on from now; a phone that slept has no fixes either.
    if (now - dueMs(turn) > 10_000) turn = Math.floor(((now - startMs) / periodMs) * senders.length);
    for (; dueMs(turn) <= now; turn++) {
      const sender = turn % senders.length;
      const fixes: FixReport[] = [];
      for (let unit = sender * batch; unit < Math.min(fleet.count, (sender + 1) * batch); unit++)
        fixes.push(fleet.fixAt(unit, now));
      counts.made += fixes.length;
      senders[sender]?.report(fixes);
    }
  };
  const timers = [setInterval(tick, tickMs), setInterval(() => onCounts?.(total()), 1000)];
  const total = (): SimulatorCounts => ({
    ...counts,
    kept: senders.reduce((sum, sender) => sum + sender.keptCount, 0),
  });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  for (const timer of timers) clearInterval(timer);
  poster.close();
  return total();
}

function makeEvents(counts: SimulatorCounts, url: string, onMessage: (message: string) => void): DeviceEvents {
  let isAway = false;
  const refused = new Set<string>();
  return {
    onOutcomes(outcomes) {
      for (const { outcome } of outcomes) counts[outcome]++;
    },
    onLost(count) {
      counts.lost += count;
    },
    onUnreachable(reason) {
      if (isAway) return;
      isAway = true;
      onMessage(`${url} does not take fixes (${reason}). Units move on and keep theirs; they are sent when it does.`);
    },
    onReachable() {
      if (!isAway) return;
      isAway = false;
      onMessage(`${url} takes fixes again; the kept ones follow.`);
    },
    onRefused(reason) {
      if (refused.has(reason)) return;
      refused.add(reason);
      onMessage(`Fixes were refused: ${reason}`);
    },
    onStopped(device) {
      onMessage(`${device} stops: the server does not know its credential.`);
    },
  };
}
