/** A stretch of what one device reported for one unit: from ≤ time < to, in milliseconds since 1970. */
export interface TrackPart {
  unitNumber: number;
  deviceNumber: number;
  from: number;
  to: number;
}

/**
 * Parts to read together, in their order: as many as have so many rows between them, a longer one alone.
 * @param counts the rows of each part; parts without any are left out
 */
export function planBatches(
  parts: readonly TrackPart[],
  counts: readonly number[],
  rowsPerBatch: number,
): TrackPart[][] {
  const batches: TrackPart[][] = [];
  let room = 0;
  for (const [index, part] of parts.entries()) {
    const count = counts[index] ?? 0;
    if (count === 0) continue;
    const last = batches.at(-1);
    if (last && count <= room) last.push(part);
    else {
      batches.push([part]);
      room = rowsPerBatch;
    }
    room -= count;
  }
  return batches;
}
