import type { Database } from '../database/database.ts';
import { hourMs } from './contract.ts';
import type { PresenceTotals } from './count-presence.ts';
import { GridIndex } from './grid-index.ts';
import { lookAheadMs, lookBackMs } from './hours.ts';
import { findGridRings, findGridsRevision, findTrackedUnits } from './queries.ts';
import { addFixes, beginCount, branchCount, type Count } from './read-presence.ts';

/** Fixes older than this are taken to be there and are not read again; later ones appear when their hour is rolled up. */
const lateMs = 120_000;
/** Who looks again so soon gets the same answer. */
const sameForMs = 10_000;

interface Running {
  gridsRevision: number;
  count: Count;
  /** Fixes before this are in the count. */
  coveredToMs: number;
  answeredAtMs: number;
  answer: PresenceTotals;
}

export interface HourTotals {
  /** Grids in the order of the totals' columns. */
  ids: readonly string[];
  totals: PresenceTotals;
}

/**
 * The presence of hours that are not rolled up yet, up to now. Kept in memory and counted on, so that who watches it
 * costs the fixes that came since and not those of the hour.
 */
export class RunningPresence {
  readonly #database: Database;
  readonly #hours = new Map<string, Running>();
  readonly #reading = new Map<string, Promise<HourTotals>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** One request reads an hour; who asks meanwhile gets its answer. */
  read(stationId: string, hour: number, nowMs: number): Promise<HourTotals> {
    const key = `${stationId} ${hour}`;
    let reading = this.#reading.get(key);
    if (!reading) {
      reading = this.#read(key, stationId, hour, nowMs).finally(() => this.#reading.delete(key));
      this.#reading.set(key, reading);
    }
    return reading;
  }

  /** Forgets the hours of a station before this one: they are rolled up. */
  forget(stationId: string, beforeMs: number): void {
    for (const [key, { count }] of this.#hours)
      if (count.stationId === stationId && count.window.fromMs < beforeMs) this.#hours.delete(key);
  }

  async #read(key: string, stationId: string, hour: number, nowMs: number): Promise<HourTotals> {
    const running = await this.#open(key, stationId, hour);
    const { count } = running;
    if (Math.abs(nowMs - running.answeredAtMs) >= sameForMs) {
      const units = await this.#database.inScope([stationId], (transaction) =>
        findTrackedUnits(transaction, stationId),
      );
      const endMs = count.window.toMs + lookAheadMs;
      const settledMs = Math.min(endMs, Math.max(running.coveredToMs, nowMs - lateMs));
      await addFixes(this.#database, count, units, { fromMs: running.coveredToMs, toMs: settledMs });
      running.coveredToMs = settledMs;
      const recent = branchCount(count);
      await addFixes(this.#database, recent, units, { fromMs: settledMs, toMs: endMs });
      [running.answer, running.answeredAtMs] = [recent.totals, nowMs];
    }
    return { ids: count.index.ids, totals: running.answer };
  }

  async #open(key: string, stationId: string, hour: number): Promise<Running> {
    const known = this.#hours.get(key);
    const gridsRevision = await this.#database.inScope([stationId], (transaction) =>
      findGridsRevision(transaction, stationId),
    );
    if (known?.gridsRevision === gridsRevision) return known;
    const grids = await this.#database.inScope([stationId], (transaction) => findGridRings(transaction, stationId));
    const count = beginCount(stationId, new GridIndex(grids), { fromMs: hour, toMs: hour + hourMs });
    const coveredToMs = hour - lookBackMs;
    const running = { gridsRevision, count, coveredToMs, answeredAtMs: -Infinity, answer: count.totals };
    this.#hours.set(key, running);
    return running;
  }
}

const ofDatabase = new WeakMap<Database, RunningPresence>();

/** The one of this database: whoever asks shares what was counted. */
export function runningPresenceOf(database: Database): RunningPresence {
  let running = ofDatabase.get(database);
  if (!running) ofDatabase.set(database, (running = new RunningPresence(database)));
  return running;
}
