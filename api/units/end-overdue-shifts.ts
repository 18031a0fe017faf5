import type { Audit } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { asError, type Log } from '../operation/log.ts';
import { listStationTree } from '../stations/queries.ts';
import type { UnitRegistry } from './registry.ts';
import { endShift, findOverdueUnits, lockUnit, type ShiftUnit } from './shift-queries.ts';

const everyMs = 60_000;

interface Parts {
  database: Database;
  audit: Audit;
  registry: Pick<UnitRegistry, 'refresh'>;
  sessions: { forget(): void };
  log: Log;
}

/**
 * Ends the shifts that nobody ended, so that nobody is tracked after going home: those whose planned end is some hours
 * past (each station sets how many; two by default). Each in a transaction of its own with its audit entry.
 * @returns the units taken off duty
 */
export async function endOverdueShifts({ database, audit, registry, sessions, log }: Parts): Promise<ShiftUnit[]> {
  const stationIds = (await listStationTree(database)).map(({ id }) => id);
  const overdue = await database.inScope(stationIds, (transaction) => findOverdueUnits(transaction, stationIds));
  const ended: ShiftUnit[] = [];
  for (const { id, stationId } of overdue) {
    const unit = await database.inScope([stationId], async (transaction) => {
      const locked = await lockUnit(transaction, [stationId], id);
      // Somebody may have ended or prolonged it meanwhile.
      const still = (await findOverdueUnits(transaction, [stationId])).some((other) => other.id === id);
      if (!locked || !still) return undefined;
      await endShift(transaction, locked);
      await audit.writeIn(transaction, {
        stationId,
        actor: null,
        action: 'shift.end-overdue',
        target: { kind: 'unit', id, name: locked.callSign },
        outcome: 'done',
      });
      return locked;
    });
    if (!unit) continue;
    ended.push(unit);
    log.info('shift.ended-overdue', { stationId, unitId: id });
  }
  if (ended.length > 0) {
    sessions.forget();
    await registry.refresh();
  }
  return ended;
}

/** @returns ends it */
export function keepEndingOverdueShifts(parts: Parts): () => void {
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    endOverdueShifts(parts)
      .catch((error: unknown) => parts.log.error('shift.end-overdue-failed', { error: asError(error) }))
      .finally(() => (isRunning = false));
  }, everyMs).unref();
  return () => clearInterval(timer);
}
