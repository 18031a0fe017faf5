import type { Database } from '../database/database.ts';
import type { Environment } from '../environment.ts';
import { asError, silentLog, type Log } from '../operation/log.ts';
import { createUnitRegistry, type UnitRegistry } from '../units/registry.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { LatestFixes, type LatestFix, type LivePublisher } from './latest-fixes.ts';
import { FixPartitions } from './partitions.ts';
import { loadLatestFixes } from './queries.ts';

/** Ingest with what it stands on. */
export interface OpenIngest {
  registry: UnitRegistry;
  latest: LatestFixes;
  ingest: Ingest;
  /** Answers what was taken in, then stops; call it before the database is closed. */
  close(): Promise<void>;
}

const partitionsEveryMs = 3_600_000;

/**
 * Loads devices, units and latest fixes, makes today's and tomorrow's partitions, and takes fixes in.
 * @param live also gets the latest fixes of the units on duty, when it can restore them
 */
export async function openIngest({
  database,
  live,
  environment,
  log = silentLog,
  poll = true,
}: {
  database: Database;
  live: LivePublisher & { restore?(fixes: readonly LatestFix[]): void };
  environment: Pick<Environment, 'maxClockSkewMs' | 'retentionMs'>;
  log?: Log;
  /** false: the registry looks only when it is told to, for tests. */
  poll?: boolean;
}): Promise<OpenIngest> {
  const registry = await createUnitRegistry(database, {
    poll,
    onError: (error) => log.warn('registry.refresh-failed', { error: asError(error) }),
  });
  const latest = new LatestFixes();
  const fixes = await loadLatestFixes(database, registry.stationIds);
  latest.restore(fixes);
  live.restore?.(fixes);
  const partitions = new FixPartitions(database);
  await partitions.ensureAhead();
  const timer = setInterval(() => {
    partitions.ensureAhead().catch((error: unknown) => log.error('partitions.ahead-failed', { error: asError(error) }));
  }, partitionsEveryMs);
  timer.unref();
  const ingest = createIngest({ database, registry, latest, live, environment, partitions, log });
  return {
    registry,
    latest,
    ingest,
    async close() {
      clearInterval(timer);
      registry.close();
      await ingest.drain();
    },
  };
}
