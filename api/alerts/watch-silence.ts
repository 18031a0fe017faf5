import type { Database, Transaction } from '../database/database.ts';
import type { Ingest } from '../positions/ingest.ts';
import type { LatestFixes } from '../positions/latest-fixes.ts';
import { staleAfterS } from '../units/contract.ts';
import type { RegistryUnit, UnitRegistry } from '../units/registry.ts';
import { isSilent, silentSince, type HeardUnit } from './judge-silence.ts';
import { OutageWatch, outageCause, type OutageChange } from './watch-outages.ts';
import { findOpenCauses, findOpenOutages, updateOpenDetail } from './queries.ts';
import { raiseAlert, resolveAlert } from './raise-alert.ts';

interface Parts {
  database: Database;
  registry: Pick<UnitRegistry, 'listUnits' | 'stationIds'>;
  latest: Pick<LatestFixes, 'find'>;
  ingest: Pick<Ingest, 'trouble'>;
  announce(stationId: string): void;
  now(): number;
}

interface Change {
  unit: RegistryUnit;
  heard: HeardUnit;
  isStale: boolean;
}

const causeOf = ({ unitId }: RegistryUnit): string => `unitStale:${unitId}`;

/**
 * Raises an alert of each unit on duty that has fallen silent, and resolves it with the unit's next fix. Where most of a
 * station falls silent at once it is one alert, of the station.
 */
export class SilenceWatch {
  readonly #parts: Parts;
  readonly #outages: OutageWatch;
  #listeningSinceMs: number;
  /** Causes of open alerts: of one cause one is open. */
  #open: Set<string> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#listeningSinceMs = parts.now();
    this.#outages = new OutageWatch();
  }

  /** Looks at every unit once. A pass over the units in memory; the database is asked only where something changes. */
  async look(): Promise<void> {
    const { registry, ingest, now } = this.#parts;
    const nowMs = now();
    // While nothing can be stored it is us who do not hear.
    if (ingest.trouble !== undefined) this.#listeningSinceMs = nowMs;
    this.#open ??= await this.#findOpen();
    for (const [stationId, units] of Map.groupBy(registry.listUnits(), (unit) => unit.stationId))
      await this.#lookAt(stationId, units, nowMs);
  }

  /** So that a unit that comes back on duty is looked at as if it were new. */
  forget(unitId: string): void {
    this.#open?.delete(`unitStale:${unitId}`);
    this.#outages.forget(unitId);
  }

  async #findOpen(): Promise<Set<string>> {
    const { database, registry } = this.#parts;
    const { stationIds } = registry;
    const [causes, outages] = await database.inScope(stationIds, async (transaction) => [
      await findOpenCauses(transaction, stationIds, 'unitStale'),
      await findOpenOutages(transaction, stationIds),
    ]);
    for (const outage of outages) this.#outages.restore(outage.stationId, outage);
    return new Set(causes);
  }

  async #lookAt(stationId: string, units: readonly RegistryUnit[], nowMs: number): Promise<void> {
    const onDuty: { unit: RegistryUnit; heard: HeardUnit }[] = [];
    for (const unit of units) {
      // The alert of one that went off duty was resolved then.
      if (unit.dutyState === 'off') this.#open!.delete(causeOf(unit));
      else onDuty.push({ unit, heard: this.#heard(unit) });
    }
    const outage = this.#outages.look(stationId, onDuty, { nowMs, listeningSinceMs: this.#listeningSinceMs });
    const changes = onDuty.flatMap(({ unit, heard }): Change[] => {
      const isOpen = this.#open!.has(causeOf(unit));
      const isStale =
        !this.#outages.covers(stationId, heard) && isSilent(heard, nowMs, isOpen ? 0 : this.#listeningSinceMs);
      // While it is not clear whether one is silent or all are, no single alert is raised.
      if (isStale === isOpen || (isStale && outage.isUndecided)) return [];
      return [{ unit, heard, isStale }];
    });
    if (changes.length > 0 || outage.change) await this.#write(stationId, changes, outage.change);
  }

  #heard({ stationId, unitNumber, kind, dutyPeriods = [] }: RegistryUnit): HeardUnit {
    return { kind, dutyPeriods, fixAtMs: this.#parts.latest.find(stationId, unitNumber)?.observedAtMs };
  }

  async #write(stationId: string, changes: readonly Change[], outage: OutageChange | undefined): Promise<void> {
    const { database, announce } = this.#parts;
    await database.inScope([stationId], async (transaction) => {
      if (outage) await writeOutage(transaction, stationId, outage);
      for (const { unit, heard, isStale } of changes) {
        if (!isStale) await resolveAlert(transaction, stationId, causeOf(unit));
        else
          await raiseAlert(transaction, {
            stationId,
            kind: 'unitStale',
            cause: causeOf(unit),
            severity: 'warning',
            unitId: unit.unitId,
            detail: {
              since: new Date(silentSince(heard)!).toISOString(),
              limitS: staleAfterS[unit.kind],
              hasReported: heard.fixAtMs !== undefined,
            },
          });
      }
    });
    for (const { unit, isStale } of changes) this.#open![isStale ? 'add' : 'delete'](causeOf(unit));
    if (outage) this.#outages.written(stationId, outage);
    announce(stationId);
  }
}

async function writeOutage(transaction: Transaction, stationId: string, change: OutageChange): Promise<void> {
  const cause = outageCause(stationId);
  if (change.kind === 'over') return void (await resolveAlert(transaction, stationId, cause));
  const { sinceMs, count, of } = change.outage;
  const detail = { since: new Date(sinceMs).toISOString(), count, of };
  if (change.kind === 'counted') await updateOpenDetail(transaction, { stationId, cause }, detail);
  else await raiseAlert(transaction, { stationId, kind: 'stationSilent', cause, severity: 'critical', detail });
}
