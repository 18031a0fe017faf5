import type { RegistryUnit } from '../units/registry.ts';
import { atOf, offsetOf, type Batch, type FixRef } from './batch.ts';
import { DeviceTrack, judgeNewest } from './device-track.ts';
import { fixLimits } from './fix-limits.ts';
import { accepted, conflict, duplicate } from './outcome-codes.ts';
import { isSameBody } from './same-body.ts';

/** What the tracks say of a batch; the rest are late fixes, judged by `judgeLate` with what the database holds around them. */
export interface Judgement {
  accepted: FixRef[];
  quarantined: FixRef[];
  late: FixRef[];
  /** Of each unit the newest accepted fix of the batch. */
  newest: Map<RegistryUnit, FixRef>;
  /** Devices that report for a unit for the first time, as far as memory knows. */
  newlyServed: FixRef[];
}

/**
 * Judges the fixes that are newer than their device's track, moving the tracks on, and sets the late ones apart.
 * @param tracks by device number; a track for every device of the batch
 */
export function judgeBatch(batch: Batch, tracks: ReadonlyMap<number, DeviceTrack>): Judgement {
  const judgement: Judgement = {
    accepted: [],
    quarantined: [...batch.quarantined],
    late: [],
    newest: new Map(),
    newlyServed: [],
  };
  const lastAccepted = new Map<number, FixRef>();
  for (const fix of batch.fixes) {
    const { report, row, device, unit } = fix;
    const track = tracks.get(device.deviceNumber)!;
    const at = atOf(fix);
    if (at > track.atMs) {
      const code = judgeNewest(track, report.values, offsetOf(fix), fixLimits[unit.kind].maxSpeedMps);
      report.outcomes[row] = code;
      if (code === accepted) {
        accept(judgement, fix, track);
        lastAccepted.set(device.deviceNumber, fix);
      } else judgement.quarantined.push(fix);
    } else {
      const before = lastAccepted.get(device.deviceNumber);
      if (before && atOf(before) === at) report.outcomes[row] = compare(before, fix);
      else judgement.late.push(fix);
    }
  }
  return judgement;
}

/** Puts an accepted fix among what is written. */
export function accept(judgement: Judgement, fix: FixRef, track: DeviceTrack): void {
  judgement.accepted.push(fix);
  if (track.servedUnit !== fix.unit.unitNumber) {
    track.servedUnit = fix.unit.unitNumber;
    judgement.newlyServed.push(fix);
  }
  const newest = judgement.newest.get(fix.unit);
  if (!newest || atOf(newest) < atOf(fix)) judgement.newest.set(fix.unit, fix);
}

/** The outcome of a second fix of one device and time. */
export const compare = (first: FixRef, second: FixRef): number =>
  isSameBody(first.report.values, offsetOf(first), second.report.values, offsetOf(second)) ? duplicate : conflict;
