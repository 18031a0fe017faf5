import { setImmediate } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import { listStationTree } from '../stations/queries.ts';
import { hourMs } from './contract.ts';
import { GridIndex } from './grid-index.ts';
import { hourOf, lookAheadMs, lookBackMs, settledEnd } from './hours.ts';
import {
  countFrom,
  findDueHour,
  findFirstTracked,
  findGridRings,
  findGridsRevision,
  findProgress,
  findTrackedUnits,
  markHours,
  putProgress,
  replaceHour,
  type PresenceRow,
} from './queries.ts';
import { addFixes, beginCount, type Count } from './read-presence.ts';

/** Changed grids are counted anew for so long back: what the map lets a person choose, and a day. */
const recountMs = 8 * 24 * hourMs;

export interface RollUpParts {
  database: Database;
  now?: () => number;
  /** Lets others at the database between two transactions; throws to end the work, which goes on the next time. */
  pause?: () => Promise<void>;
}

/**
 * Brings the presence of all stations up to the last settled hour: marks the hours that ended since, and those whose
 * grids changed, then computes what is marked, newest first. Everything that it needs to go on is in the database: one
 * that is killed goes on where it was. @returns how many hours were computed
 */
export async function rollUpPresence(parts: RollUpParts): Promise<number> {
  let computed = 0;
  for (const { id } of await listStationTree(parts.database)) computed += await rollUpStation(parts, id);
  return computed;
}

async function rollUpStation(
  { database, now = Date.now, pause = setImmediate }: RollUpParts,
  stationId: string,
): Promise<number> {
  const endMs = settledEnd(now());
  await database.inScope([stationId], async (transaction) => {
    const gridsRevision = await findGridsRevision(transaction, stationId);
    const known = await findProgress(transaction, stationId);
    const firstMs = known ? known.countedFromMs : await findFirstTracked(transaction, stationId);
    if (firstMs === null) return;
    const countedFromMs = hourOf(firstMs);
    const isOther = known !== null && known.gridsRevision !== gridsRevision;
    const fromMs = Math.max(
      countedFromMs,
      Math.min(known?.rolledUpToMs ?? countedFromMs, isOther ? hourOf(now() - recountMs) : Infinity),
    );
    const hours: { stationId: string; hourMs: number }[] = [];
    for (let hour = fromMs; hour < endMs; hour += hourMs) hours.push({ stationId, hourMs: hour });
    if (hours.length > 0) await markHours(transaction, hours);
    if (hours.length === 0 && known && !isOther) return;
    const rolledUpToMs = Math.max(endMs, known?.rolledUpToMs ?? countedFromMs);
    await putProgress(transaction, stationId, { countedFromMs, rolledUpToMs, gridsRevision });
  });
  let index: GridIndex | undefined;
  for (let computed = 0; ; computed++) {
    const due = await database.inScope([stationId], (transaction) => findDueHour(transaction, stationId, endMs));
    if (!due) return computed;
    index ??= new GridIndex(
      await database.inScope([stationId], (transaction) => findGridRings(transaction, stationId)),
    );
    await computeHour(database, { stationId, ...due }, index, pause);
    await pause();
  }
}

async function computeHour(
  database: Database,
  due: { stationId: string; hourMs: number; marks: number },
  index: GridIndex,
  pause: () => Promise<void>,
): Promise<void> {
  const { stationId, hourMs: fromMs } = due;
  const toMs = fromMs + hourMs;
  const units = await database.inScope([stationId], (transaction) => findTrackedUnits(transaction, stationId));
  const count = beginCount(stationId, index, { fromMs, toMs });
  await addFixes(database, count, units, { fromMs: fromMs - lookBackMs, toMs: toMs + lookAheadMs }, pause);
  const rows = rowsOf(count);
  await database.inScope([stationId], async (transaction) => {
    await replaceHour(transaction, due, rows);
    if (rows.length > 0) await countFrom(transaction, stationId, fromMs);
  });
}

function rowsOf({ index, totals }: Count): PresenceRow[] {
  return [...totals.seconds].flatMap(([kind, column]) =>
    index.ids.flatMap((gridId, at) => {
      const seconds = column[at]!;
      return seconds > 0 ? [{ gridId, kind, seconds, visits: totals.visits.get(kind)?.[at] ?? 0 }] : [];
    }),
  );
}
