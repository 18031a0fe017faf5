import type { Dependencies } from '../app.ts';
import type { FenceEvent, FenceWatch } from '../geofences/fence-watch.ts';
import { findGeofences } from '../geofences/queries.ts';
import { findStays, forgetOffDuty } from '../geofences/stay-queries.ts';
import { writeFenceEvent } from '../geofences/write-events.ts';
import { asError } from '../operation/log.ts';
import type { LatestFixes } from '../positions/latest-fixes.ts';
import { lookForBursts } from './watch-bursts.ts';
import { SilenceWatch } from './watch-silence.ts';
import { WorkQueue } from './work-queue.ts';

type Parts = Pick<Dependencies, 'database' | 'registry' | 'ingest' | 'log'> & {
  live: Pick<Dependencies['live'], 'announceChange'>;
  latest: LatestFixes;
  /** Told of fixes by ingest. */
  fences: FenceWatch;
  now?: () => number;
  /** How often units are looked at for silence and stations for bursts, ms; 0: the caller does. */
  silenceEveryMs?: number;
  burstEveryMs?: number;
};

export interface KeptAlerts {
  lookForSilence(): Promise<void>;
  lookForBursts(stationId: string): Promise<void>;
  /** Resolves when all that fixes and changes have set off is written. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Runs the rules that raise and resolve alerts: beside the path of fixes (geofences), by the clock (silence, bursts), and
 * when what they look at changes. What is known is taken up from the database at the start.
 */
export async function keepAlerts(parts: Parts): Promise<KeptAlerts> {
  const { database, registry, ingest, live, latest, fences, log, now = Date.now } = parts;
  const { silenceEveryMs = 5000, burstEveryMs = 300_000 } = parts;
  const announce = (stationId: string): void => live.announceChange(stationId, 'alerts');
  const queue = new WorkQueue((error) => log.error('alerts.rule-failed', { error: asError(error) }));
  const bursts = new WorkQueue((error) => log.error('alerts.rule-failed', { error: asError(error) }), { tries: 1 });
  const silence = new SilenceWatch({ database, registry, ingest, latest, announce, now });

  async function loadFences(stationIds: readonly string[], isStart: boolean): Promise<void> {
    const [rows, stays] = await database.inScope(stationIds, async (transaction) => [
      await findGeofences(transaction, stationIds),
      isStart ? await findStays(transaction, stationIds) : [],
    ]);
    for (const stationId of stationIds)
      fences.setStation(
        stationId,
        rows.filter((row) => row.stationId === stationId),
        stays.filter((stay) => stay.stationId === stationId),
      );
  }

  const write = (event: FenceEvent): void => {
    const { stationId } = event.fence;
    const unitId = registry.findUnit(stationId, event.unitNumber)?.unitId;
    if (unitId === undefined) return;
    queue.add(async () => {
      const isChanged = await database.inScope([stationId], (transaction) =>
        writeFenceEvent(transaction, { ...event, unitId }),
      );
      if (isChanged) announce(stationId);
    });
  };

  const lookAt = (stationId: string): void =>
    bursts.add(() => lookForBursts({ database, announce, now }, stationId), stationId);

  fences.onEvent(write);
  await database.inScope(registry.stationIds, (transaction) => forgetOffDuty(transaction, registry.stationIds, null));
  await loadFences(registry.stationIds, true);

  registry.onUnitsChanged((changes) => {
    for (const { before, after } of changes) {
      if (before?.dutyState !== 'on' || after?.dutyState === 'on') continue;
      const { stationId, unitId, unitNumber } = before;
      fences.publishRemoval(stationId, unitNumber);
      silence.forget(unitId);
      queue.add(async () => {
        const resolved = await database.inScope([stationId], (transaction) =>
          forgetOffDuty(transaction, [stationId], unitId),
        );
        if (resolved > 0) announce(stationId);
      });
    }
  });
  registry.onChanged((stationId, noun) => {
    if (noun === 'geofences' || noun === 'stations') queue.add(() => loadFences([stationId], false));
    if (noun === 'incidents') lookAt(stationId);
  });

  const lookForSilence = (): void => queue.add(() => silence.look(), 'silence');
  const timers = [
    silenceEveryMs > 0 && setInterval(lookForSilence, silenceEveryMs).unref(),
    burstEveryMs > 0 && setInterval(() => registry.stationIds.forEach(lookAt), burstEveryMs).unref(),
  ];

  return {
    lookForSilence: () => silence.look(),
    lookForBursts: (stationId) => lookForBursts({ database, announce, now }, stationId),
    async settled() {
      await queue.settled();
      await bursts.settled();
    },
    async close() {
      for (const timer of timers) if (timer) clearInterval(timer);
      await queue.close();
      await bursts.close();
    },
  };
}
