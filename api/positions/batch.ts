import type { RegistryDevice, RegistryUnit } from '../units/registry.ts';
import { checkFix, type TimeWindow } from './check-fix.ts';
import { atMs, stride } from './fix-values.ts';
import { accepted, isQuarantined, notAllowed, offDuty, pending } from './outcome-codes.ts';
import type { Report } from './read-report.ts';

/** One fix of a batch: a row of one of its reports. */
export interface FixRef {
  report: Report;
  row: number;
  device: RegistryDevice;
  unit: RegistryUnit;
}

/** Reports that are stored together, with what is known of their fixes before any track is looked at. */
export interface Batch {
  reports: readonly Report[];
  /** Stations of the fixes that are written or counted. */
  stationIds: string[];
  /** On-duty fixes that passed the filters of `check-fix.ts`, each device's in the order of time. */
  fixes: FixRef[];
  /** Refused by those filters. */
  quarantined: FixRef[];
  offDuty: Map<RegistryDevice, number>;
}

export const offsetOf = (fix: FixRef): number => fix.row * stride;

export const atOf = (fix: FixRef): number => fix.report.values[fix.row * stride + atMs]!;

/**
 * Sorts the fixes of some reports by what can be said without their tracks, and writes those outcomes into the reports.
 * Duty comes first: of a fix off duty nothing may be kept, in quarantine neither.
 */
export function gatherBatch(reports: readonly Report[], window: TimeWindow): Batch {
  const stationIds = new Set<string>();
  const fixes: FixRef[] = [];
  const quarantined: FixRef[] = [];
  const offDutyCounts = new Map<RegistryDevice, number>();
  const newestAtMs = new Map<number, number>();
  let inOrder = true;
  for (const report of reports) {
    const { count, devices, values, outcomes, receivedAtMs } = report;
    for (let row = 0; row < count; row++) {
      const device = devices[row];
      if (!device) {
        outcomes[row] = notAllowed;
        continue;
      }
      stationIds.add(device.stationId);
      const { unit } = device;
      // A device that serves no unit is nobody's on duty.
      if (!unit || unit.dutyState === 'off') {
        outcomes[row] = offDuty;
        offDutyCounts.set(device, (offDutyCounts.get(device) ?? 0) + 1);
        continue;
      }
      const code = checkFix(values, row * stride, unit.kind, receivedAtMs, window);
      const fix = { report, row, device, unit };
      if (isQuarantined(code)) {
        outcomes[row] = code;
        quarantined.push(fix);
        continue;
      }
      outcomes[row] = pending;
      fixes.push(fix);
      const at = values[row * stride + atMs]!;
      if (at < (newestAtMs.get(device.deviceNumber) ?? -Infinity)) inOrder = false;
      else newestAtMs.set(device.deviceNumber, at);
    }
  }
  // Sorting is stable: of two fixes of one device and time the one that came first stands.
  if (!inOrder) fixes.sort((a, b) => atOf(a) - atOf(b));
  return { reports, stationIds: [...stationIds], fixes, quarantined, offDuty: offDutyCounts };
}

export const isAccepted = (fix: FixRef): boolean => fix.report.outcomes[fix.row] === accepted;
