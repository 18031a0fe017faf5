import type { Transaction } from '../database/database.ts';
import { atOf, type FixRef } from '../positions/batch.ts';
import { hoursTouched, isLate } from './hours.ts';
import { markHours } from './queries.ts';

/**
 * Marks the hours whose presence these fixes change although it may be rolled up, in the transaction that stores them.
 * Of fixes that come in time this is one comparison each.
 */
export async function markLateHours(transaction: Transaction, fixes: readonly FixRef[]): Promise<void> {
  const hours = new Map<string, { stationId: string; hourMs: number }>();
  for (const fix of fixes) {
    const atMs = atOf(fix);
    const { receivedAtMs } = fix.report;
    if (!isLate(atMs, receivedAtMs)) continue;
    const { stationId } = fix.unit;
    for (const hourMs of hoursTouched(atMs, receivedAtMs)) hours.set(`${stationId} ${hourMs}`, { stationId, hourMs });
  }
  if (hours.size > 0) await markHours(transaction, [...hours.values()]);
}
