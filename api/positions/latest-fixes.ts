import type { UnitKind } from './contract.ts';

/** The newest accepted fix of one on-duty unit, with what live viewers need of the unit. */
export interface LatestFix {
  stationId: string;
  /** Station-local unit number (u32), the unit's name in live frames. */
  unitNumber: number;
  unitKind: UnitKind;
  lng: number;
  lat: number;
  /** Metres per second; NaN when the device did not say. */
  speedMps: number;
  /** Degrees clockwise from north; NaN when the device did not say. */
  headingDeg: number;
  accuracyM: number;
  batteryPct: number;
  observedAtMs: number;
  receivedAtMs: number;
}

/** What ingest tells the live path after commit; in-process today, a broker when several servers run. */
export interface LivePublisher {
  /** Fixes that became their unit's newest, after their transaction has committed. */
  publishFixes(fixes: readonly LatestFix[]): void;
  /** The unit leaves the map now: off duty or deleted. */
  publishRemoval(stationId: string, unitNumber: number): void;
}

/** The newest accepted fix of every unit, in memory. Rebuilt at start from the database, moved on by ingest alone. */
export class LatestFixes {
  #byStation = new Map<string, Map<number, LatestFix>>();

  /** undefined: the unit has never reported. */
  find(stationId: string, unitNumber: number): LatestFix | undefined {
    return this.#byStation.get(stationId)?.get(unitNumber);
  }

  /** Takes a fix when it is its unit's newest; false, and nothing changes, when it is late. */
  advance(fix: LatestFix): boolean {
    let station = this.#byStation.get(fix.stationId);
    if (!station) this.#byStation.set(fix.stationId, (station = new Map()));
    const known = station.get(fix.unitNumber);
    if (known && known.observedAtMs >= fix.observedAtMs) return false;
    station.set(fix.unitNumber, fix);
    return true;
  }

  /** Takes what the database holds, at start. */
  restore(fixes: readonly LatestFix[]): void {
    for (const fix of fixes) this.advance(fix);
  }

  delete(stationId: string, unitNumber: number): void {
    this.#byStation.get(stationId)?.delete(unitNumber);
  }
}
