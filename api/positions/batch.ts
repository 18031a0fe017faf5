import { isOnDutyAt } from '../units/is-on-duty.ts';
import type { RegistryDevice, RegistryUnit } from '../units/registry.ts';
import { checkFix, type TimeWindow } from './check-fix.ts';
import { DeviceTrack } from './device-track.ts';
import { atMs, stride } from './fix-values.ts';
import { isQuarantined, notAllowed, offDuty, pending } from './outcome-codes.ts';
import type { Report } from './read-report.ts';

/** One fix of a batch: a row of one of its reports. */
export interface FixRef {
  report: Report;
  row: number;
  device: RegistryDevice;
  unit: RegistryUnit;
  track: DeviceTrack;
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

let batchCount = 0;

/**
 * Sorts the fixes of some reports by what can be said without their tracks, and writes those outcomes into the reports.
 * Duty comes first: of a fix off duty nothing may be kept, in quarantine neither.
 * @param tracks by device number; grows by the devices it did not know
 */
export function gatherBatch(reports: readonly Report[], window: TimeWindow, tracks: Map<number, DeviceTrack>): Batch {
  const batch = ++batchCount;
  const stationIds = new Set<string>();
  const fixes: FixRef[] = [];
  const quarantined: FixRef[] = [];
  const offDutyCounts = new Map<RegistryDevice, number>();
  let inOrder = true;
  for (const report of reports) {
    const { count, devices, values, outcomes, receivedAtMs } = report;
    let lastStationId = '';
    for (let row = 0; row < count; row++) {
      const device = devices[row];
      if (!device) {
        outcomes[row] = notAllowed;
        continue;
      }
      if (device.stationId !== lastStationId) stationIds.add((lastStationId = device.stationId));
      const { unit } = device;
      // A device that serves no unit is nobody's on duty.
      // Nor is what was kept from before the shift and sent in it.
      if (
        !unit ||
        unit.dutyState === 'off' ||
        (unit.dutyPeriods !== undefined && !isOnDutyAt(unit.dutyPeriods, values[row * stride + atMs]!))
      ) {
        outcomes[row] = offDuty;
        offDutyCounts.set(device, (offDutyCounts.get(device) ?? 0) + 1);
        continue;
      }
      const code = checkFix(values, row * stride, unit.kind, receivedAtMs, window);
      let track = tracks.get(device.deviceNumber);
      if (!track) tracks.set(device.deviceNumber, (track = new DeviceTrack()));
      const fix: FixRef = { report, row, device, unit, track };
      if (isQuarantined(code)) {
        outcomes[row] = code;
        quarantined.push(fix);
        continue;
      }
      outcomes[row] = pending;
      fixes.push(fix);
      if (track.batch !== batch) {
        track.batch = batch;
        track.gatheredAtMs = -Infinity;
        track.lastAccepted = undefined;
      }
      const at = values[row * stride + atMs]!;
      if (at < track.gatheredAtMs) inOrder = false;
      else track.gatheredAtMs = at;
    }
  }
  // Sorting is stable: of two fixes of one device and time the one that came first stands.
  if (!inOrder) fixes.sort((a, b) => atOf(a) - atOf(b));
  return { reports, stationIds: [...stationIds], fixes, quarantined, offDuty: offDutyCounts };
}
