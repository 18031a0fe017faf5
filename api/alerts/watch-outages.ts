import { staleAfterS } from '../units/contract.ts';
import type { RegistryUnit } from '../units/registry.ts';
import { findOutage, isOfOutage, leastOutage, nextGapMs, quietLimitMs, type Outage } from './judge-outage.ts';
import { silentSince, type HeardUnit } from './judge-silence.ts';

export type OutageChange = { kind: 'begun' | 'counted'; outage: Outage } | { kind: 'over' };

export const outageCause = (stationId: string): string => `stationSilent:${stationId}`;

/** When nearly all are back the others follow within this long; who does not is silent alone. */
const returnMs = 60_000;
/** After a start nobody can tell a silent unit from a silent station before the most patient kind is overdue. */
const undecidedMs = Math.max(...Object.values(staleAfterS)) * 1000;

interface OpenOutage extends Outage {
  /** Its alert is raised. */
  isWritten: boolean;
  /** Nearly all of them are back since; undefined: not yet. */
  returningSinceMs: number | undefined;
}

/** Tells a station that is silent as a whole from units that are. Keeps what it needs in memory; writes nothing. */
export class OutageWatch {
  readonly #open = new Map<string, OpenOutage>();
  /** By unit: its newest fix, and what lies between two of them as a rule. */
  readonly #rhythms = new Map<string, { atMs: number; gapMs: number | undefined }>();

  /** Known from before a restart. */
  restore(stationId: string, outage: Outage): void {
    this.#open.set(stationId, { ...outage, isWritten: true, returningSinceMs: undefined });
  }

  forget(unitId: string): void {
    this.#rhythms.delete(unitId);
  }

  /** Whether the station's outage says already that this unit is silent. */
  covers(stationId: string, heard: HeardUnit): boolean {
    const outage = this.#open.get(stationId);
    const sinceMs = silentSince(heard);
    return outage !== undefined && sinceMs !== undefined && isOfOutage(outage, sinceMs, heard.fixAtMs);
  }

  /**
   * Looks at the units on duty of one station. What has changed is told again at the next look until it was `written`;
   * `isUndecided`: it is too early to say whether one unit is silent or all are.
   */
  look(
    stationId: string,
    units: readonly { unit: RegistryUnit; heard: HeardUnit }[],
    { nowMs, listeningSinceMs }: { nowMs: number; listeningSinceMs: number },
  ): { change?: OutageChange; isUndecided: boolean } {
    const reporting = units.flatMap(({ unit, heard }) => {
      const lastMs = silentSince(heard);
      // Who has not reported in this shift can fall silent with nobody.
      if (lastMs === undefined || lastMs !== heard.fixAtMs) return [];
      const limitMs = quietLimitMs(this.#rhythmOf(unit.unitId, lastMs), staleAfterS[unit.kind] * 1000);
      return [{ lastMs, isQuiet: nowMs - Math.max(lastMs, listeningSinceMs) > limitMs }];
    });
    const open = this.#open.get(stationId);
    if (open) return { ...this.#follow(stationId, open, units, nowMs), isUndecided: false };
    const outage = findOutage(reporting);
    if (outage) {
      this.#open.set(stationId, { ...outage, isWritten: false, returningSinceMs: undefined });
      return { change: { kind: 'begun', outage }, isUndecided: false };
    }
    const unheard = reporting.filter(({ lastMs }) => lastMs < listeningSinceMs).length;
    const isUndecided =
      unheard >= leastOutage && 2 * unheard > reporting.length && nowMs - listeningSinceMs <= undecidedMs;
    return { isUndecided };
  }

  /** The change is in the database. */
  written(stationId: string, change: OutageChange): void {
    const open = this.#open.get(stationId);
    if (change.kind === 'over') this.#open.delete(stationId);
    else if (open) Object.assign(open, change.outage, { isWritten: true });
  }

  #follow(
    stationId: string,
    open: OpenOutage,
    units: readonly { heard: HeardUnit }[],
    nowMs: number,
  ): { change?: OutageChange } {
    const { sinceMs, isWritten } = open;
    const count = units.filter(({ heard }) => this.covers(stationId, heard)).length;
    if (count >= leastOutage) {
      open.returningSinceMs = undefined;
      if (isWritten && count === open.count) return {};
      const outage = { sinceMs, count, of: Math.max(count, open.of) };
      return { change: { kind: isWritten ? 'counted' : 'begun', outage } };
    }
    open.returningSinceMs ??= nowMs;
    return count > 0 && nowMs - open.returningSinceMs <= returnMs ? {} : { change: { kind: 'over' } };
  }

  #rhythmOf(unitId: string, atMs: number): number | undefined {
    const known = this.#rhythms.get(unitId);
    if (!known) this.#rhythms.set(unitId, { atMs, gapMs: undefined });
    else if (atMs > known.atMs) {
      known.gapMs = nextGapMs(known.gapMs, atMs - known.atMs);
      known.atMs = atMs;
    }
    return known?.gapMs;
  }
}
