import { atOf, offsetOf, type FixRef } from './batch.ts';
import { unmovedDistanceM } from './device-track.ts';
import { fixLimits, frozenM } from './fix-limits.ts';
import { accuracyM, lat, lng, speedMps } from './fix-values.ts';
import { isReachable, type Anchor } from './is-reachable.ts';
import { accept, compare, type Judgement } from './judge-batch.ts';
import { accepted, conflict, duplicate, quarantinedFor } from './outcome-codes.ts';
import type { Neighbours } from './queries.ts';
import { isSameBody } from './same-body.ts';

/**
 * Judges fixes that are not newer than their device's track, against what is stored on both sides of them and against
 * each other. What passes is added to `judgement.accepted`: it completes the track, and no marker follows it back.
 * @param neighbours one a fix of `judgement.late`, in its order
 */
export function judgeLate(judgement: Judgement, neighbours: readonly Neighbours[]): void {
  const lastAccepted = new Map<number, FixRef>();
  judgement.late.forEach((fix, index) => {
    const { deviceNumber } = fix.device;
    const stored = neighbours[index]!;
    const earlier = lastAccepted.get(deviceNumber);
    const code = judge(fix, stored, earlier);
    fix.report.outcomes[fix.row] = code;
    if (code === accepted) {
      accept(judgement, fix);
      lastAccepted.set(deviceNumber, fix);
    } else if (code !== duplicate && code !== conflict) judgement.quarantined.push(fix);
  });
}

function judge(fix: FixRef, stored: Neighbours, earlier: FixRef | undefined): number {
  const { values } = fix.report;
  const offset = offsetOf(fix);
  const at = atOf(fix);
  if (stored.sameLng !== null) return isSameBody(values, offset, storedValues(stored), 0) ? duplicate : conflict;
  if (earlier && atOf(earlier) === at) return compare(earlier, fix);
  const maxSpeedMps = fixLimits[fix.unit.kind].maxSpeedMps;
  const fixLng = values[offset + lng]!;
  const fixLat = values[offset + lat]!;
  const reaches = (anchor: Anchor) => isReachable(anchor, at, fixLng, fixLat, values[offset + accuracyM]!, maxSpeedMps);
  const before = anchorBefore(stored, earlier);
  const after = anchorAfter(stored);
  if ((before && !reaches(before)) || (after && !reaches(after))) return quarantinedFor.impossibleSpeed;
  if (before && before.lng === fixLng && before.lat === fixLat) {
    const unmovedM = unmovedDistanceM({ ...before, unmovedM: 0 }, at, values[offset + speedMps]!);
    if (unmovedM >= frozenM) return quarantinedFor.frozen;
  }
  return accepted;
}

/** The nearer of what is stored before the fix and what this batch accepted before it. */
function anchorBefore(stored: Neighbours, earlier: FixRef | undefined): (Anchor & { speedMps: number }) | undefined {
  if (earlier && (stored.beforeAtMs === null || atOf(earlier) > stored.beforeAtMs)) {
    const { values } = earlier.report;
    const offset = offsetOf(earlier);
    return {
      atMs: atOf(earlier),
      lng: values[offset + lng]!,
      lat: values[offset + lat]!,
      accuracyM: values[offset + accuracyM]!,
      speedMps: values[offset + speedMps]!,
    };
  }
  if (stored.beforeAtMs === null) return undefined;
  return {
    atMs: stored.beforeAtMs,
    lng: stored.beforeLng,
    lat: stored.beforeLat,
    accuracyM: stored.beforeAccuracyM ?? NaN,
    speedMps: stored.beforeSpeedMps ?? NaN,
  };
}

const anchorAfter = (stored: Neighbours): Anchor | undefined =>
  stored.afterAtMs === null
    ? undefined
    : { atMs: stored.afterAtMs, lng: stored.afterLng, lat: stored.afterLat, accuracyM: stored.afterAccuracyM ?? NaN };

const storedValues = (stored: Neighbours): Float64Array =>
  Float64Array.of(
    NaN,
    stored.sameLng ?? NaN,
    stored.sameLat,
    stored.sameAccuracyM ?? NaN,
    stored.sameSpeedMps ?? NaN,
    stored.sameHeadingDeg ?? NaN,
    stored.sameAltitudeM ?? NaN,
    stored.sameBatteryPct ?? NaN,
  );
