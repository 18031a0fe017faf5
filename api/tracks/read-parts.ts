import type { Database } from '../database/database.ts';
import { planBatches, type TrackPart } from './plan-batches.ts';
import { findPackedFixes, packedFixBytes } from './queries.ts';

/** Fixes of one unit, packed as `findPackedFixes` has them. */
export interface PackedPart {
  unitNumber: number;
  count: number;
  packed: Buffer;
}

/** Rows of one batch: about 50 ms of the embedded engine, which serves nobody else meanwhile. */
export const fixesPerBatch = 12_288;

/**
 * The fixes of the parts in their order, a short transaction a batch: no snapshot is held while a slow viewer reads. A
 * fix that comes late, behind what was read already, is in the next look.
 */
export async function* readParts(
  database: Database,
  stationId: string,
  { parts, counts, baseMs }: { parts: readonly TrackPart[]; counts: readonly number[]; baseMs: number },
): AsyncGenerator<PackedPart[]> {
  for (let [batch, ...others] = planBatches(parts, counts, fixesPerBatch); batch; [batch, ...others] = others) {
    const read = await database.inScope([stationId], (transaction) =>
      findPackedFixes(transaction, stationId, batch!, { baseMs, limit: fixesPerBatch }),
    );
    const found = batch.flatMap(({ unitNumber }, index) => {
      const { count, packed } = read[index] ?? { count: 0, packed: null };
      return packed ? [{ unitNumber, count, packed }] : [];
    });
    if (found.length > 0) yield found;
    // Only a part that is alone is longer than a batch. Times are stored in whole milliseconds.
    const first = read[0];
    if (batch.length === 1 && first?.packed && first.count === fixesPerBatch) {
      const lastMs = baseMs + first.packed.readInt32BE(first.packed.length - packedFixBytes);
      others.unshift([{ ...batch[0]!, from: lastMs + 1 }]);
    }
  }
}
