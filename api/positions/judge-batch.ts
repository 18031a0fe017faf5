import type { RegistryUnit } from '../units/registry.ts';
import { atOf, offsetOf, type Batch, type FixRef } from './batch.ts';
import { judgeNewest, type DeviceTrack } from './device-track.ts';
import { fixLimits } from './fix-limits.ts';
import { accepted, conflict, duplicate } from './outcome-codes.ts';
import { isSameBody } from './same-body.ts';

/** What the tracks say of a batch; the rest are late fixes, judged by `judgeLate` with what the database holds around them. */
export interface Judgement {
  accepted: FixRef[];
  quarantined: FixRef[];
  late: FixRef[];
  /** Of each unit the newest fix of the batch that moved a track on; late fixes are never among them. */
  newest: Map<RegistryUnit, FixRef>;
  /** Devices that report for a unit for the first time, as far as memory knows. */
  newlyServed: FixRef[];
}

/** Judges the fixes that are newer than their device's track, moving the tracks on, and sets the late ones apart. */
export function judgeBatch(batch: Batch): Judgement {
  const judgement: Judgement = {
    accepted: [],
    quarantined: [...batch.quarantined],
    late: [],
    newest: new Map(),
    newlyServed: [],
  };
  const moved: DeviceTrack[] = [];
  for (const fix of batch.fixes) {
    const { report, row, unit, track } = fix;
    const at = atOf(fix);
    if (at > track.atMs) {
      const code = judgeNewest(track, report.values, offsetOf(fix), fixLimits[unit.kind].maxSpeedMps);
      report.outcomes[row] = code;
      if (code === accepted) {
        accept(judgement, fix);
        if (!track.lastAccepted) moved.push(track);
        track.lastAccepted = fix;
      } else judgement.quarantined.push(fix);
    } else if (track.lastAccepted && atOf(track.lastAccepted) === at) {
      report.outcomes[row] = compare(track.lastAccepted, fix);
    } else judgement.late.push(fix);
  }
  for (const track of moved) {
    const fix = track.lastAccepted!;
    // It holds its whole report, which nobody needs after this batch.
    track.lastAccepted = undefined;
    // A unit may carry several devices.
    const newest = judgement.newest.get(fix.unit);
    if (!newest || atOf(newest) < atOf(fix)) judgement.newest.set(fix.unit, fix);
  }
  return judgement;
}

/** Puts an accepted fix among what is written. */
export function accept(judgement: Judgement, fix: FixRef): void {
  judgement.accepted.push(fix);
  if (fix.track.servedUnit === fix.unit.unitNumber) return;
  fix.track.servedUnit = fix.unit.unitNumber;
  judgement.newlyServed.push(fix);
}

/** The outcome of a second fix of one device and time. */
export const compare = (first: FixRef, second: FixRef): number =>
  isSameBody(first.report.values, offsetOf(first), second.report.values, offsetOf(second)) ? duplicate : conflict;
