import type { FixRef } from './batch.ts';
import { frozenM, frozenWindowMs, movingMps, reAnchorCount } from './fix-limits.ts';
import { accuracyM, atMs, lat, lng, speedMps } from './fix-values.ts';
import { isReachable, type Anchor } from './is-reachable.ts';
import { accepted, quarantinedFor } from './outcome-codes.ts';

/** The end of one device's track in memory: its newest accepted fix, and what may re-anchor it. */
export class DeviceTrack implements Anchor {
  // Doubles from the start, so that V8 keeps the fields as doubles.
  atMs = -Infinity;
  lng = NaN;
  lat = NaN;
  accuracyM = NaN;
  speedMps = NaN;
  /** Metres that fixes with these same coordinates said they moved. */
  unmovedM = 0;
  /** The unit number for which `device_units` is known to hold this device; 0: none yet. */
  servedUnit = 0;
  /** Refused fixes that agree with each other, oldest first. */
  candidates: Anchor[] = [];
  /** Whether its end was looked up in the database. */
  isLoaded = false;
  // What one batch notes here rather than in look-ups of its own; `batch` says whose notes they are.
  batch = 0;
  gatheredAtMs = -Infinity;
  lastAccepted: FixRef | undefined = undefined;
}

/**
 * Judges a fix that is newer than its device's track, and moves the track on when it is accepted.
 * @returns `accepted`, or the code of the reason against it
 */
export function judgeNewest(track: DeviceTrack, values: Float64Array, offset: number, maxSpeedMps: number): number {
  const at = values[offset + atMs]!;
  const fixLng = values[offset + lng]!;
  const fixLat = values[offset + lat]!;
  const accuracy = values[offset + accuracyM]!;
  const speed = values[offset + speedMps]!;
  let unmovedM = 0;
  if (track.atMs !== -Infinity) {
    if (!isReachable(track, at, fixLng, fixLat, accuracy, maxSpeedMps)) {
      const candidate = { atMs: at, lng: fixLng, lat: fixLat, accuracyM: accuracy };
      if (!completesReAnchor(track, candidate, maxSpeedMps)) return quarantinedFor.impossibleSpeed;
    } else if (fixLng === track.lng && fixLat === track.lat) {
      unmovedM = unmovedDistanceM(track, at, speed);
      if (unmovedM >= frozenM) return quarantinedFor.frozen;
    }
  }
  track.atMs = at;
  track.lng = fixLng;
  track.lat = fixLat;
  track.accuracyM = accuracy;
  track.speedMps = speed;
  track.unmovedM = unmovedM;
  if (track.candidates.length > 0) track.candidates = [];
  return accepted;
}

/**
 * How far the unit says it has come while its coordinates stayed the same, m: the mean of the speeds before and now,
 * added up over the fixes that did not move. 0 when it says that it stands, or nothing.
 */
export function unmovedDistanceM(
  before: { atMs: number; speedMps: number; unmovedM: number },
  at: number,
  speed: number,
): number {
  if (!(speed >= movingMps)) return 0;
  const speedBefore = before.speedMps === before.speedMps ? before.speedMps : speed;
  const seconds = Math.min(at - before.atMs, frozenWindowMs) / 1000;
  return before.unmovedM + ((speedBefore + speed) / 2) * seconds;
}

/** Adds a refused fix to those that agree with each other; true when it is the one that re-anchors the track. */
function completesReAnchor(track: DeviceTrack, candidate: Anchor, maxSpeedMps: number): boolean {
  const newest = track.candidates.at(-1);
  // A repeat, or one from before the others, proves nothing.
  if (newest && candidate.atMs <= newest.atMs) return false;
  const { atMs: at, lng: fixLng, lat: fixLat, accuracyM: accuracy } = candidate;
  const agrees = track.candidates.every((other) => isReachable(other, at, fixLng, fixLat, accuracy, maxSpeedMps));
  track.candidates = agrees ? [...track.candidates, candidate] : [candidate];
  return track.candidates.length >= reAnchorCount;
}
