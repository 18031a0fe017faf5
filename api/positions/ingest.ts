import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import type { Environment } from '../environment.ts';
import { isDatabaseGone, Problem } from '../errors.ts';
import { asError, type Log } from '../operation/log.ts';
import type { Credential, RegistryDevice, UnitRegistry } from '../units/registry.ts';
import { atOf, gatherBatch, type Batch } from './batch.ts';
import { DeviceNames } from './device-names.ts';
import type { DeviceTrack } from './device-track.ts';
import { latestFixOf } from './latest-fix-of.ts';
import type { LatestFix, LatestFixes, LivePublisher } from './latest-fixes.ts';
import type { FixPartitions } from './partitions.ts';
import type { Report } from './read-report.ts';
import { StaleTracks, writeBatch } from './write-batch.ts';

export interface Ingest {
  /** The devices that a credential may report for, by name. */
  devicesOf(credential: Credential): DeviceNames;
  /**
   * Judges and stores a report; resolves with its outcomes (`outcome-codes.ts`) when they are committed.
   * @throws {Problem} 503 with Retry-After when it could not be stored, or too much is waiting. A repeat is harmless.
   */
  accept(report: Report): Promise<Uint8Array>;
  /** Refuses what comes from now on and resolves when all that was taken in is answered. */
  drain(): Promise<void>;
  /** Fixes taken in and not answered yet. */
  readonly pending: number;
  /** Why the last report could not be stored, for half a minute or until one is; reading may go on meanwhile, as on a full disk. */
  readonly trouble: string | undefined;
}

export interface IngestParts {
  database: Database;
  registry: UnitRegistry;
  latest: LatestFixes;
  live: LivePublisher;
  environment: Pick<Environment, 'maxClockSkewMs' | 'retentionMs'>;
  partitions: FixPartitions;
  log: Log;
}

/**
 * A transaction costs the same for one fix as for some hundred, so requests share one. The embedded engine has one
 * session, which everybody waits for: there a transaction has to be short.
 */
const maxBatchFixesOf = { postgis: 5000, embedded: 2000 } as const;
/** How long a first request waits for others, ms. Under load it is not waited at all: the batch before takes as long. */
const gatherMs = 4;
/**
 * When so many senders shared a batch, the next begins no sooner than so long after it, ms: phones that send a fix each
 * come all the time, and a batch of four costs nearly what one of forty does. A gateway's big reports do not wait.
 */
const manySenders = 16;
const busyGatherMs = 20;
/** Fixes that may wait; beyond it a sender is told to come again, so that memory stays bounded. */
const maxPending = 50_000;
/** How long a failure is told when nothing was tried since, ms; and how often it is logged while it lasts. */
const troubleMs = 30_000;
const logTroubleEveryMs = 10_000;
/** When the database hangs rather than fails, its senders are told after this time, ms. */
const batchDeadlineMs = 10_000;

interface Waiting {
  report: Report;
  resolve(outcomes: Uint8Array): void;
  reject(error: unknown): void;
}

/** Merges reports into batches, one after the other, so that each device's fixes are judged in the order they came. */
export function createIngest({ database, registry, latest, live, environment, partitions, log }: IngestParts): Ingest {
  const tracks = new Map<number, DeviceTrack>();
  const maxBatchFixes = maxBatchFixesOf[database.engine];
  const namesOf = new WeakMap<ReadonlyMap<string, RegistryDevice>, DeviceNames>();
  let queue: Waiting[] = [];
  let pendingFixes = 0;
  let isRunning = false;
  let isDraining = false;
  let trouble: { text: string; atMs: number; loggedAtMs: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let onIdle: (() => void) | undefined;

  registry.onUnitsChanged((changes) => {
    for (const { before, after } of changes) {
      if (before?.dutyState === 'on' && after?.dutyState !== 'on')
        live.publishRemoval(before.stationId, before.unitNumber);
      if (before && !after) latest.delete(before.stationId, before.unitNumber);
      if (!after || after.dutyState === 'off') continue;
      const known = latest.find(after.stationId, after.unitNumber);
      if (known && before && (before.dutyState === 'off' || before.kind !== after.kind))
        live.publishFixes([{ ...known, unitKind: after.kind }]);
    }
  });

  async function store(batch: Batch, onConflict: 'fail' | 'skip'): Promise<void> {
    await partitions.ensure(batch.fixes.map(atOf));
    const judgement = await writeBatch(database, batch, onConflict);
    const fixes: LatestFix[] = [];
    for (const fix of judgement.newest.values()) {
      const newest = latestFixOf(fix);
      // The unit may have gone off duty while the batch was written.
      const isOnDuty = registry.findUnit(newest.stationId, newest.unitNumber)?.dutyState === 'on';
      if (latest.advance(newest) && isOnDuty) fixes.push(newest);
    }
    if (fixes.length > 0) live.publishFixes(fixes);
  }

  /** Judges and stores; whatever goes wrong, no track that was moved on for it stays. */
  async function attempt(reports: readonly Report[], onConflict: 'fail' | 'skip'): Promise<void> {
    const batch = gatherBatch(reports, environment, tracks);
    if (batch.stationIds.length === 0) return;
    try {
      await withDeadline(store(batch, onConflict));
    } catch (error) {
      for (const { device } of batch.fixes) tracks.delete(device.deviceNumber);
      throw error;
    }
  }

  /** A sender is only told to come again: the operator has to hear why. */
  function noteTrouble(error: Error): void {
    const nowMs = Date.now();
    const isTold = trouble !== undefined && nowMs - trouble.loggedAtMs < logTroubleEveryMs;
    trouble = { text: textOf(error), atMs: nowMs, loggedAtMs: isTold ? trouble!.loggedAtMs : nowMs };
    if (!isTold) log.error('ingest.database-unavailable', { problem: trouble.text });
  }

  async function settle(waiting: readonly Waiting[], isRepeat = false): Promise<void> {
    try {
      const reports = waiting.map(({ report }) => report);
      await attempt(reports, isRepeat ? 'skip' : 'fail');
      trouble = undefined;
      for (const { report, resolve } of waiting) resolve(report.outcomes);
    } catch (error) {
      if (isDatabaseGone(error) || error instanceof DeadlinePassed) {
        const problem = unavailable(error);
        noteTrouble(asError(error));
        for (const { reject } of waiting) reject(problem);
      } else if (error instanceof StaleTracks && !isRepeat) {
        await settle(waiting, true);
      } else if (!isRepeat) {
        // A deadlock, a partition that was dropped, or one report that cannot be written: that one must not stop the others.
        log.warn('ingest.batch-failed', { reports: waiting.length, error: asError(error) });
        partitions.forget();
        for (const one of waiting) await settle([one], true);
      } else {
        for (const { reject } of waiting) reject(unavailable(error));
        log.error('ingest.report-failed', { error: asError(error) });
      }
    }
  }

  async function runBatches(): Promise<void> {
    isRunning = true;
    clearTimeout(timer);
    timer = undefined;
    while (queue.length > 0) {
      const waiting = takeBatch();
      const begunMs = performance.now();
      await settle(waiting);
      for (const { report } of waiting) pendingFixes -= report.count;
      const restMs = busyGatherMs - (performance.now() - begunMs);
      if (waiting.length >= manySenders && restMs > 0 && !isDraining) await sleep(restMs);
    }
    isRunning = false;
    onIdle?.();
  }

  function takeBatch(): Waiting[] {
    let end = 0;
    let fixes = 0;
    while (end < queue.length && (end === 0 || fixes + queue[end]!.report.count <= maxBatchFixes))
      fixes += queue[end++]!.report.count;
    const waiting = queue.slice(0, end);
    queue = queue.slice(end);
    return waiting;
  }

  const run = () => void runBatches();

  return {
    devicesOf(credential) {
      if (credential.kind === 'device') {
        const { device } = credential;
        return new DeviceNames((name) => (name === device.name ? device : undefined));
      }
      // The registry gives a new map when a device of the station changed, so what is kept for it is never stale.
      const devices = registry.devicesOf(credential.stationId);
      let names = namesOf.get(devices);
      if (!names) namesOf.set(devices, (names = new DeviceNames((name) => devices.get(name))));
      return names;
    },
    accept(report) {
      if (isDraining || pendingFixes + report.count > maxPending)
        return Promise.reject(isDraining ? stopping() : overloaded());
      if (report.count === 0) return Promise.resolve(report.outcomes);
      return new Promise((resolve, reject) => {
        queue.push({ report, resolve, reject });
        pendingFixes += report.count;
        if (isRunning) return;
        if (pendingFixes >= maxBatchFixes) run();
        else timer ??= setTimeout(run, gatherMs);
      });
    },
    async drain() {
      isDraining = true;
      if (pendingFixes === 0 && !isRunning) return;
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        if (!isRunning) run();
      });
    },
    get pending() {
      return pendingFixes;
    },
    get trouble() {
      return trouble && Date.now() - trouble.atMs < troubleMs ? trouble.text : undefined;
    },
  };
}

/** One sentence; a connection that failed on several addresses says nothing itself. */
function textOf(error: Error): string {
  if (error instanceof AggregateError && error.errors.length > 0) return textOf(asError(error.errors[0]));
  // 53100, disk_full
  return (error as { code?: unknown }).code === '53100'
    ? `the database's disk is full (${error.message})`
    : error.message;
}

class DeadlinePassed extends Error {
  override name = 'DeadlinePassed';
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed('the database did not answer in time')), batchDeadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

const unavailable = (cause: unknown): Problem =>
  new Problem(503, 'ingest-unavailable', 'The report could not be stored', {
    detail: 'The database does not take it now. Send it again after the time in Retry-After; a repeat is harmless.',
    retryAfterS: 2,
    cause,
  });

const overloaded = (): Problem =>
  new Problem(503, 'ingest-overloaded', 'Too many fixes are waiting', {
    detail: 'Nothing of this report was stored. Send it again after the time in Retry-After.',
    retryAfterS: 1,
  });

const stopping = (): Problem =>
  new Problem(503, 'ingest-stopping', 'The server is stopping', {
    detail: 'Nothing of this report was stored. Send it again after the time in Retry-After.',
    retryAfterS: 3,
  });
