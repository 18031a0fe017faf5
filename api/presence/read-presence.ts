import type { Database } from '../database/database.ts';
import { staleAfterS } from '../units/contract.ts';
import { PresenceTotals, UnitPresence, type Window } from './count-presence.ts';
import type { GridIndex } from './grid-index.ts';
import { findPackedFixes, packedFixBytes, type TrackedUnit } from './queries.ts';

/** Units a transaction: at a fix a second and 75 minutes 36,000 fixes, some 100 ms of the embedded engine. */
const unitsAtOnce = 8;

/** What a count is of, and how far it has come. */
export interface Count {
  stationId: string;
  index: GridIndex;
  window: Window;
  units: Map<number, UnitPresence>;
  totals: PresenceTotals;
}

export const beginCount = (stationId: string, index: GridIndex, window: Window): Count => ({
  stationId,
  index,
  window,
  units: new Map(),
  totals: new PresenceTotals(index.ids.length),
});

/** A count that goes its own way from here. */
export const branchCount = (count: Count): Count => ({
  ...count,
  units: new Map([...count.units].map(([number, unit]) => [number, unit.clone()])),
  totals: count.totals.clone(),
});

/** Adds the fixes from … to (exclusive) to a count, a short transaction for a few units at a time. */
export async function addFixes(
  database: Database,
  count: Count,
  units: readonly TrackedUnit[],
  span: Window,
  pause: () => Promise<void> = async () => {},
): Promise<void> {
  for (let first = 0; first < units.length; first += unitsAtOnce) {
    if (first > 0) await pause();
    const some = units.slice(first, first + unitsAtOnce);
    const kinds = new Map(some.map(({ unitNumber, kind }) => [unitNumber, kind]));
    const rows = await database.inScope([count.stationId], (transaction) =>
      findPackedFixes(transaction, count.stationId, [...kinds.keys()], span),
    );
    for (const { unitNumber, packed } of rows) {
      const kind = kinds.get(unitNumber)!;
      let unit = count.units.get(unitNumber);
      if (!unit) {
        unit = new UnitPresence(kind, 1000 * staleAfterS[kind], count.index, count.window);
        count.units.set(unitNumber, unit);
      }
      for (let at = 0; at < packed.length; at += packedFixBytes)
        unit.add(
          packed.readInt32BE(at + 4),
          {
            atMs: span.fromMs + packed.readInt32BE(at),
            lng: packed.readInt32BE(at + 8) / 1e7,
            lat: packed.readInt32BE(at + 12) / 1e7,
          },
          count.totals,
        );
    }
  }
}
