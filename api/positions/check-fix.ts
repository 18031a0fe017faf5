import type { UnitKind } from './contract.ts';
import { fixLimits, nullIslandDeg } from './fix-limits.ts';
import { accuracyM, altitudeM, atMs, batteryPct, headingDeg, lat, lng, speedMps } from './fix-values.ts';
import { accepted, quarantinedFor } from './outcome-codes.ts';

/** The window of time in which a fix may lie, as seen from its receipt. */
export interface TimeWindow {
  maxClockSkewMs: number;
  retentionMs: number;
}

/**
 * The filters that need the fix alone.
 * @param values rows of `fix-values.ts`, the fix's at `offset`
 * @returns `accepted`, or the code of the first reason against it
 */
export function checkFix(
  values: Float64Array,
  offset: number,
  kind: UnitKind,
  receivedAtMs: number,
  window: TimeWindow,
): number {
  const at = values[offset + atMs]!;
  const fixLng = values[offset + lng]!;
  const fixLat = values[offset + lat]!;
  if (at !== at) return quarantinedFor.invalidTime;
  // Written so that NaN fails.
  if (!(fixLng >= -180 && fixLng <= 180 && fixLat >= -90 && fixLat <= 90)) return quarantinedFor.invalidCoordinates;
  if (fixLng < nullIslandDeg && fixLng > -nullIslandDeg && fixLat < nullIslandDeg && fixLat > -nullIslandDeg)
    return quarantinedFor.nullIsland;
  if (at > receivedAtMs + window.maxClockSkewMs) return quarantinedFor.inFuture;
  if (at < receivedAtMs - window.retentionMs) return quarantinedFor.tooOld;
  if (
    isOutside(values[offset + accuracyM]!, 0, 1e7) ||
    isOutside(values[offset + speedMps]!, 0, 1000) ||
    isOutside(values[offset + headingDeg]!, 0, 360) ||
    isOutside(values[offset + altitudeM]!, -1000, 100_000) ||
    isOutside(values[offset + batteryPct]!, 0, 100)
  )
    return quarantinedFor.invalidValue;
  if (values[offset + accuracyM]! > fixLimits[kind].maxAccuracyM) return quarantinedFor.inaccurate;
  return accepted;
}

/** False for NaN: not said is not wrong. */
const isOutside = (value: number, min: number, max: number): boolean => value < min || value > max;
