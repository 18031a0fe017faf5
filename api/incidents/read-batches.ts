import type { Database } from '../database/database.ts';
import { findPackedIncidents, packedRowBytes, type PackedIncidents } from './reading-queries.ts';
import type { IncidentColumnsQuery } from './contract.ts';

/** Rows of one batch: about 50 ms of the embedded engine, which serves nobody else meanwhile. */
export const rowsPerBatch = 16_384;

/**
 * The incidents of a station in the order of their numbers, a short transaction a batch: no snapshot is held while a
 * slow viewer reads. What is written meanwhile has a higher number, or raises the revision that the viewer then sees.
 * @param first what comes before them
 */
export async function* readBatches(
  database: Database,
  stationId: string,
  { after = 0, ...filter }: IncidentColumnsQuery,
  first?: PackedIncidents,
): AsyncGenerator<PackedIncidents> {
  if (first) yield first;
  for (let last = after; ;) {
    const batch = await database.inScope([stationId], (transaction) =>
      findPackedIncidents(transaction, stationId, { ...filter, after: last, limit: rowsPerBatch }),
    );
    yield batch;
    if (!batch.packed || batch.count < rowsPerBatch) return;
    last = batch.packed.readUInt32BE(batch.packed.length - packedRowBytes);
  }
}
