import { v7 as uuidv7 } from 'uuid';
import { removeAlerts } from '../alerts/queries.ts';
import type { Audit } from '../audit/audit.ts';
import { installationChain } from '../audit/contract.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../operation/log.ts';
import { listStationTree } from '../stations/queries.ts';
import type { RetentionDays } from './contract.ts';
import {
  closeRuns,
  dropFixDay,
  findRetention,
  findTrackedStations,
  listFixDays,
  noteRemoved,
  type RetentionSettings,
} from './queries.ts';
import {
  removeAuditEntries,
  removeDeviceDays,
  removeDutyPeriods,
  removeEndedSessions,
  removeFixes,
  removeImportNames,
  removeIncidentTexts,
  removeLatestFixes,
  removePresence,
  removeQuarantinedFixes,
  removeRuns,
  removeTimelineTexts,
  type Removal,
} from './removal-queries.ts';

const dayMs = 86_400_000;
/** Rows a transaction: some tens of milliseconds, so that the embedded engine's one session is soon free again. */
const batchRows = 1000;

interface Parts {
  database: Database;
  audit: Audit;
  log: Log;
  now?: () => number;
  /** Lets others at the database between two batches. */
  pause?: () => Promise<void>;
}

/** What was removed of a station, by kind. */
export interface RemovedOfStation {
  stationId: string;
  removed: Record<string, number>;
}

const kinds: readonly { name: string; keptAs: keyof RetentionDays; remove: Removal }[] = [
  { name: 'latestFixes', keptAs: 'fixes', remove: removeLatestFixes },
  { name: 'presence', keptAs: 'fixes', remove: removePresence },
  { name: 'alerts', keptAs: 'fixes', remove: removeAlerts },
  { name: 'dutyPeriods', keptAs: 'fixes', remove: removeDutyPeriods },
  { name: 'quarantinedFixes', keptAs: 'quarantinedFixes', remove: removeQuarantinedFixes },
  { name: 'deviceDays', keptAs: 'deviceDays', remove: removeDeviceDays },
  { name: 'incidentTexts', keptAs: 'incidentTexts', remove: removeIncidentTexts },
  { name: 'timelineTexts', keptAs: 'incidentTexts', remove: removeTimelineTexts },
  { name: 'endedSessions', keptAs: 'endedSessions', remove: removeEndedSessions },
  { name: 'imports', keptAs: 'imports', remove: removeImportNames },
  { name: 'auditEntries', keptAs: 'audit', remove: removeAuditEntries },
  { name: 'reports', keptAs: 'audit', remove: removeRuns },
];

/**
 * Removes what is older than its station keeps it: days of fixes that no station keeps any more by dropping their
 * partition, the rest in short transactions. What a transaction removes is in the report of the same transaction; a run
 * that is killed has removed what its report says, and the next goes on.
 * @returns the stations something was removed of
 */
export async function removeExpired(parts: Parts): Promise<RemovedOfStation[]> {
  const { database, now = Date.now } = parts;
  const stationIds = (await listStationTree(database)).map(({ id }) => id);
  const settings = await database.inScope(stationIds, (transaction) => findRetention(transaction, stationIds));
  const runIds = new Map(stationIds.map((id) => [id, uuidv7()]));
  const cutoff = (days: number) => new Date(now() - days * dayMs);
  const keptDays = await dropDays(parts, settings, runIds, cutoff);
  const reports: RemovedOfStation[] = [];
  for (const { stationId, days } of settings) {
    const run = { id: runIds.get(stationId)!, stationId };
    const before = cutoff(days.fixes).toISOString();
    for (const day of keptDays.filter((kept) => kept < before))
      await removeAll(parts, run, 'fixes', removeFixes(day), before);
    for (const { name, keptAs, remove } of kinds)
      await removeAll(parts, run, name, remove, cutoff(days[keptAs]).toISOString());
    reports.push(...(await report(parts, run)));
  }
  // What belongs to no station is kept as long as the station that keeps it longest.
  await removeInstallationEntries(parts, cutoff(Math.max(366, ...settings.map(({ days }) => days.audit))));
  return reports;
}

/** @returns the days that stay */
async function dropDays(
  { database, audit, log }: Parts,
  settings: readonly RetentionSettings[],
  runIds: ReadonlyMap<string, string>,
  cutoff: (days: number) => Date,
): Promise<string[]> {
  const stationIds = settings.map(({ stationId }) => stationId);
  const fixDays = await database.inScope([], listFixDays);
  if (settings.length === 0) return fixDays;
  const longest = cutoff(Math.max(...settings.map(({ days }) => days.fixes))).getTime();
  const over = fixDays.filter((day) => Date.parse(day) + dayMs <= longest);
  for (const day of over)
    await database.inScope(stationIds, async (transaction) => {
      if (!(await dropFixDay(transaction, day))) return;
      for (const stationId of await findTrackedStations(transaction, stationIds))
        await noteRemoved(transaction, { id: runIds.get(stationId)!, stationId }, 'days', 1);
      await audit.writeIn(transaction, {
        stationId: null,
        actor: null,
        action: 'retention.drop-day',
        detail: { day },
        outcome: 'done',
      });
      log.info('retention.day-dropped', { day });
    });
  return fixDays.filter((day) => !over.includes(day));
}

async function removeAll(
  { database, pause = breathe }: Parts,
  run: { id: string; stationId: string },
  kind: string,
  remove: Removal,
  before: string,
): Promise<void> {
  for (let count = batchRows; count === batchRows;) {
    count = await database.inScope([run.stationId], async (transaction) => {
      const removed = await remove(transaction, run.stationId, before, batchRows);
      if (removed > 0) await noteRemoved(transaction, run, kind, removed);
      return removed;
    });
    if (count === batchRows) await pause();
  }
}

/** Closes the run, and those of the station that were killed, each with its entry in the audit log and its line in the log. */
async function report(
  { database, audit, log }: Parts,
  run: { id: string; stationId: string },
): Promise<RemovedOfStation[]> {
  const { stationId } = run;
  const closed = await database.inScope([stationId], async (transaction) => {
    const runs = await closeRuns(transaction, stationId, run.id);
    for (const { id, startedAt, removed } of runs)
      await audit.writeIn(transaction, {
        stationId,
        actor: null,
        action: 'retention.run',
        detail: { removed, ...(id !== run.id && { killed: startedAt.toISOString() }) },
        outcome: 'done',
      });
    return runs;
  });
  for (const { removed } of closed) log.info('retention.removed', { stationId, ...removed });
  return closed.map(({ removed }) => ({ stationId, removed }));
}

async function removeInstallationEntries({ database, audit, pause = breathe }: Parts, before: Date): Promise<void> {
  let removed = 0;
  for (let count = batchRows; count === batchRows; removed += count) {
    count = await database.inScope([], (transaction) =>
      removeAuditEntries(transaction, installationChain, before.toISOString(), batchRows),
    );
    if (count === batchRows) await pause();
  }
  if (removed > 0)
    await audit.write({
      stationId: null,
      actor: null,
      action: 'retention.run',
      detail: { removed: { auditEntries: removed } },
      outcome: 'done',
    });
}

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
