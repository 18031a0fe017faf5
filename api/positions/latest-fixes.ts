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
