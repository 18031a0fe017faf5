import type { Database } from '../database/database.ts';
import { countFixes } from './queries.ts';
import type { TrackPart } from './plan-batches.ts';

/** What one transaction of counting may take, well below what others are made to wait at most. */
const wantedMs = 60;
const mostParts = 512;

/**
 * How many fixes each part has, in short transactions: as many parts at a time as the last ones let expect to be quick.
 * Stops where they are more than `most` together; the answer is shorter then, and tells of the parts up to there.
 */
export async function countParts(
  database: Database,
  stationId: string,
  parts: readonly TrackPart[],
  most: number,
): Promise<number[]> {
  const counts: number[] = [];
  let total = 0;
  for (let size = 4; counts.length < parts.length && total <= most;) {
    const beganMs = performance.now();
    const slice = parts.slice(counts.length, counts.length + size);
    const counted = await database.inScope([stationId], (transaction) =>
      countFixes(transaction, stationId, slice, most + 1),
    );
    counts.push(...counted);
    for (const count of counted) total += count;
    const tookMs = performance.now() - beganMs;
    size = tookMs < wantedMs / 2 ? Math.min(mostParts, size * 2) : tookMs > wantedMs ? Math.max(1, size >> 1) : size;
  }
  return counts;
}
