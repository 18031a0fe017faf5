/** On which side of a geofence a unit is known to be, and what its last fixes say against that. */
export interface Side {
  /** null: no fixes have decided it yet. */
  isInside: boolean | null;
  /** The fix that decided it, ms since 1970 by the device's clock. */
  sinceMs: number;
  /** Consecutive fixes clearly on the other side, and the first of them. */
  against: number;
  againstSinceMs: number;
}

export const unknownSide = (): Side => ({ isInside: null, sinceMs: 0, against: 0, againstSinceMs: 0 });

/** One fix is chance; so many that agree, over so long, are not. */
export const decidingFixes = 3;
export const decidingMs = 10_000;

/**
 * Accuracy assumed where the device tells none, metres: phones are within 4.9 m under open sky (gps.gov, "GPS accuracy")
 * and worse between buildings.
 */
export const assumedAccuracyM = 15;
/** No device is believed to be better than this: the fence was drawn by hand. */
export const leastAccuracyM = 5;

/** The distance from the edge beyond which a fix of this accuracy is clearly on one side. NaN: the device tells none. */
export const marginOf = (accuracyM: number): number =>
  Number.isNaN(accuracyM) ? assumedAccuracyM : Math.max(leastAccuracyM, accuracyM);

/**
 * Takes a fix into account. A fix counts only when its whole circle of accuracy is on one side; one that cuts the edge
 * says nothing, neither for nor against. So a unit that stands at the edge, or whose fixes jump about it, stays on the
 * side where it was known to be.
 * @param clearanceM metres inside the edge; negative: outside
 * @returns whether this fix decided it: `isInside` is new
 */
export function judgeSide(side: Side, atMs: number, clearanceM: number, accuracyM: number): boolean {
  if (Math.abs(clearanceM) <= marginOf(accuracyM)) return false;
  const isInside = clearanceM > 0;
  if (isInside === side.isInside) {
    side.against = 0;
    return false;
  }
  // Nothing is known yet and the fixes disagree: count anew. The sign tells for which side they are counted.
  const count = isInside ? 1 : -1;
  if (Math.sign(side.against) === count) side.against += count;
  else {
    side.against = count;
    side.againstSinceMs = atMs;
  }
  if (Math.abs(side.against) < decidingFixes || atMs - side.againstSinceMs < decidingMs) return false;
  side.isInside = isInside;
  side.sinceMs = side.againstSinceMs;
  side.against = 0;
  return true;
}
