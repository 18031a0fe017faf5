import type { Database } from '../database/database.ts';
import type { Ingest } from '../positions/ingest.ts';
import type { LatestFixes } from '../positions/latest-fixes.ts';
import { staleAfterS } from '../units/contract.ts';
import type { RegistryUnit, UnitRegistry } from '../units/registry.ts';
import { isSilent, silentSince, type HeardUnit } from './judge-silence.ts';
import { findOpenCauses } from './queries.ts';
import { raiseAlert, resolveAlert } from './raise-alert.ts';

interface Parts {
  database: Database;
  registry: Pick<UnitRegistry, 'listUnits' | 'stationIds'>;
  latest: Pick<LatestFixes, 'find'>;
  ingest: Pick<Ingest, 'trouble'>;
  announce(stationId: string): void;
  now(): number;
}

const causeOf = ({ unitId }: RegistryUnit): string => `unitStale:${unitId}`;

/** Raises an alert of each unit on duty that has fallen silent, and resolves it with the unit's next fix. */
export class SilenceWatch {
  #parts: Parts;
  #listeningSinceMs: number;
  /** Causes of open alerts: of one cause one is open. */
  #open: Set<string> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#listeningSinceMs = parts.now();
  }

  /** Looks at every unit once. A pass over the units in memory; the database is asked only where something changes. */
  async look(): Promise<void> {
    const { database, registry, ingest, now } = this.#parts;
    // While nothing can be stored it is us who do not hear.
    if (ingest.trouble !== undefined) this.#listeningSinceMs = now();
    this.#open ??= new Set(
      await database.inScope(registry.stationIds, (transaction) =>
        findOpenCauses(transaction, registry.stationIds, 'unitStale'),
      ),
    );
    const changes = new Map<string, { unit: RegistryUnit; heard: HeardUnit; isStale: boolean }[]>();
    for (const unit of registry.listUnits()) {
      if (unit.dutyState === 'off') {
        // Its alert was resolved when it went off duty.
        this.#open.delete(causeOf(unit));
        continue;
      }
      const heard = this.#heard(unit);
      const isOpen = this.#open.has(causeOf(unit));
      if (isOpen ? isSilent(heard, now(), 0) : !isSilent(heard, now(), this.#listeningSinceMs)) continue;
      const ofStation = changes.get(unit.stationId) ?? [];
      changes.set(unit.stationId, ofStation);
      ofStation.push({ unit, heard, isStale: !isOpen });
    }
    for (const [stationId, ofStation] of changes) await this.#write(stationId, ofStation);
  }

  /** So that a unit that comes back on duty is looked at as if it were new. */
  forget(unitId: string): void {
    this.#open?.delete(`unitStale:${unitId}`);
  }

  #heard({ stationId, unitNumber, kind, dutyPeriods = [] }: RegistryUnit): HeardUnit {
    return { kind, dutyPeriods, fixAtMs: this.#parts.latest.find(stationId, unitNumber)?.observedAtMs };
  }

  async #write(
    stationId: string,
    changes: readonly { unit: RegistryUnit; heard: HeardUnit; isStale: boolean }[],
  ): Promise<void> {
    const { database, announce } = this.#parts;
    await database.inScope([stationId], async (transaction) => {
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
    announce(stationId);
  }
}
