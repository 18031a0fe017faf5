import { offsetOf, type FixRef } from './batch.ts';
import * as columns from './fix-values.ts';
import type { LatestFix } from './latest-fixes.ts';

/** A fix as the live path takes it. */
export function latestFixOf(fix: FixRef): LatestFix {
  const { report, unit } = fix;
  const offset = offsetOf(fix);
  const { values } = report;
  return {
    stationId: unit.stationId,
    unitNumber: unit.unitNumber,
    unitKind: unit.kind,
    lng: values[offset + columns.lng]!,
    lat: values[offset + columns.lat]!,
    speedMps: values[offset + columns.speedMps]!,
    headingDeg: values[offset + columns.headingDeg]!,
    accuracyM: values[offset + columns.accuracyM]!,
    batteryPct: values[offset + columns.batteryPct]!,
    observedAtMs: values[offset + columns.atMs]!,
    receivedAtMs: report.receivedAtMs,
  };
}
