import type { Transaction } from '../database/database.ts';
import type { IncidentColumnsQuery } from './contract.ts';
import { findPackedIncidents, findRewritten, packedRowBytes, type PackedIncidents } from './reading-queries.ts';

/** More changed ones than this are fetched with all others. */
const mostChanged = 2000;

/** What became of the incidents that a viewer holds. */
export interface ChangedIncidents {
  /** Those that changed or came back, as they are now. */
  batch: PackedIncidents;
  /** Numbers of those that are to vanish: withdrawn, or no longer what the request asks for. */
  gone: number[];
}

/**
 * @returns the station's count of rewrites now, and what became of incidents up to the number `after` since the viewer's
 * count; `changed` is undefined where that is not known, and all are to be fetched again.
 */
export async function readChanged(
  transaction: Transaction,
  stationId: string,
  { after = 0, rewrites: held, ...filter }: IncidentColumnsQuery,
): Promise<{ rewrites: number; changed: ChangedIncidents | undefined }> {
  const { rewrites, logged, numbers } = await findRewritten(transaction, stationId, held ?? 0);
  const isKnown = held !== undefined && held <= rewrites && logged === rewrites - held;
  if (!isKnown || numbers.length > mostChanged) return { rewrites, changed: undefined };
  const known = numbers.filter((number) => number <= after);
  const batch = await findPackedIncidents(transaction, stationId, {
    ...filter,
    after: 0,
    numbers: known,
    limit: mostChanged,
  });
  const there = new Set<number>();
  for (let row = 0; row < batch.count; row++) there.add(batch.packed!.readUInt32BE(row * packedRowBytes));
  return { rewrites, changed: { batch, gone: known.filter((number) => !there.has(number)) } };
}
