import type { Database, Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import type { FieldCode } from '../reading/contract.ts';
import type { Area, CheckedGrid, GridFit, Misfit } from './contract.ts';
import { avoidCompiling, deleteGrid, findFault, insertGrid } from './edit-queries.ts';
import { findGaps, findOpenGaps, findOverlaps, type GridMisfit } from './queries.ts';

/** The most misfits an answer tells, as in the report of an import. */
const maxMisfits = 20;

/** Rings must be closed before the database can read them. @throws {Problem} 400 */
export function requireClosed(area: Area): void {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  for (const ring of polygons.flat()) {
    const [first, last] = [ring[0], ring.at(-1)];
    if (first?.[0] !== last?.[0] || first?.[1] !== last?.[1])
      throw refuse(
        'openRing',
        `a ring from ${String(first)} to ${String(last)}`,
        'closed rings: the last position as the first',
      );
  }
}

/** @throws {Problem} 400 with the place of the fault, for an area that crosses itself and the like. */
export async function requireValid(transaction: Transaction, area: Area): Promise<void> {
  const fault = await findFault(transaction, area);
  if (!fault) return;
  const where = fault.lng === null ? '' : ` at ${fault.lng.toFixed(7)}, ${fault.lat?.toFixed(7)}`;
  throw refuse('crossing', `${fault.reason}${where}`, 'rings that cross neither themselves nor each other');
}

const refuse = (code: FieldCode, got: string, expected: string) =>
  new Problem(400, 'invalid-area', 'This is no valid area', { errors: [{ field: 'area', got, expected, code }] });

/** How a grid of the station fits its neighbours, by the same queries as the report of an import. */
export async function findFit(transaction: Transaction, stationId: string, number: string): Promise<GridFit> {
  await avoidCompiling(transaction);
  const gaps = [...(await findGaps(transaction, stationId)), ...(await findOpenGaps(transaction, stationId))];
  return {
    overlaps: (await findOverlaps(transaction, stationId, [number])).map(misfitOf).slice(0, maxMisfits),
    gaps: gaps
      .map(misfitOf)
      .sort((a, b) => b.areaM2 - a.areaM2)
      .slice(0, maxMisfits),
  };
}

const misfitOf = ({ numbers, areaM2, lng, lat }: GridMisfit): Misfit => ({
  numbers,
  areaM2: Math.round(areaM2 * 10) / 10,
  lngLat: [round(lng), round(lat)],
});

const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

/** Ends a transaction that must leave nothing. */
class NothingKept extends Error {
  readonly fit: GridFit;

  constructor(fit: GridFit) {
    super('nothing of a check is kept');
    this.fit = fit;
  }
}

/** No grid has this number: people write none with a control character. */
const numberOfCheck = '\u0001check';

/**
 * How an area would fit: puts it in the place of the grid it replaces, looks, and rolls back.
 * @param id of the new grid; `replaced`: the one it would replace
 */
export async function checkGrid(
  database: Database,
  { id, stationId, area, replaced }: { id: string; stationId: string; area: Area; replaced: string | null },
): Promise<CheckedGrid> {
  try {
    return await database.inScope([stationId], async (transaction) => {
      const fault = await findFault(transaction, area);
      if (fault)
        return {
          fault: {
            reason: fault.reason,
            lngLat: fault.lng === null || fault.lat === null ? null : [round(fault.lng), round(fault.lat)],
          },
          fit: { overlaps: [], gaps: [] },
        };
      if (replaced !== null) await deleteGrid(transaction, stationId, replaced);
      await insertGrid(transaction, { id, stationId, number: numberOfCheck, name: null, officerId: null, area });
      throw new NothingKept(await findFit(transaction, stationId, numberOfCheck));
    });
  } catch (error) {
    if (!(error instanceof NothingKept)) throw error;
    const own = ({ numbers, ...misfit }: Misfit): Misfit => ({
      ...misfit,
      numbers: numbers.filter((number) => number !== numberOfCheck),
    });
    return { fault: null, fit: { overlaps: error.fit.overlaps.map(own), gaps: error.fit.gaps.map(own) } };
  }
}
