import { v7 as uuidv7 } from 'uuid';
import { claimImport } from '../imports/claim-import.ts';
import { dropRepeats } from '../imports/drop-repeats.ts';
import type { ImportOutcome, ImportRequest } from '../imports/import-request.ts';
import { mapColumns, requireFields } from '../imports/map-columns.ts';
import type { Reject } from '../imports/source-row.ts';
import { describeMisfits } from './describe-misfits.ts';
import {
  compareGrids,
  findGaps,
  findInvalidAreas,
  findOpenGaps,
  findOverlaps,
  insertMissingOfficers,
  upsertGrids,
  type GridBody,
  type GridMisfit,
} from './queries.ts';
import { gridFields, readGrid, type ReadGrid } from './read-grid.ts';

/** Rows a statement: a polygon of a thousand corners takes milliseconds to check. */
const batchSize = 50;

/**
 * Grids of a file by their number: invalid ones are rejected with the place of the fault, good ones are published
 * together. Overlaps and gaps of the station's grids as they then are stand in the notes. Grids that the file does not
 * name stay.
 */
export async function importGrids(request: ImportRequest): Promise<ImportOutcome> {
  const { database, stationId, fileName, source, crs, columnsTold, onProgress } = request;
  const map = mapColumns(source.columns, gridFields, columnsTold);
  requireFields(source.columns, map, gridFields, source.kind === 'csv' ? ['number', 'area'] : ['number']);
  const columns = { name: map.has('name'), officer: map.has('officer') };
  const rejects: Reject[] = [...source.rejects];
  const read: ReadGrid[] = [];
  for (const row of source.rows) {
    const grid = readGrid(row, map, crs);
    if (Array.isArray(grid)) rejects.push(...grid);
    else read.push(grid);
  }
  const { kept, rejects: repeats } = dropRepeats(read, 'number', ({ number }) => number);
  rejects.push(...repeats);
  const lineOf = new Map(kept.map(({ line, number }) => [number, line]));
  const bodies = kept.map(({ area, ...grid }): GridBody => ({ ...grid, id: uuidv7(), area: JSON.stringify(area) }));
  const counts = { added: 0, changed: 0, unchanged: 0 };
  if (bodies.length === 0) return { ...counts, rejects, notes: [] };

  const notes = await claimImport(database, { stationId, noun: 'grids', fileName }, async (running) => {
    const differing: GridBody[] = [];
    for (const batch of batches(bodies)) {
      const { invalid, known } = await database.inScope([stationId], async (transaction) => {
        const invalid = await findInvalidAreas(transaction, batch);
        const isBad = new Set(invalid.map(({ number }) => number));
        const good = batch.filter(({ number }) => !isBad.has(number));
        return { invalid, known: await compareGrids(transaction, stationId, good, columns) };
      });
      for (const { number, reason, lng, lat } of invalid) {
        const where = lng === null || lat === null ? '' : ` at ${lng.toFixed(7)}, ${lat.toFixed(7)}`;
        rejects.push({
          line: lineOf.get(number) ?? 0,
          field: `grid ${number}`,
          got: `${reason}${where}`,
          expected: 'rings that cross neither themselves nor each other',
        });
      }
      const isSame = new Map(known.map((grid) => [grid.number, grid.isSame]));
      const isBad = new Set(invalid.map(({ number }) => number));
      for (const grid of batch) {
        if (isBad.has(grid.number)) continue;
        const same = isSame.get(grid.number);
        if (same === undefined) counts.added++;
        else if (same) counts.unchanged++;
        else counts.changed++;
        if (!same) differing.push(grid);
      }
      onProgress(counts.added + counts.changed + counts.unchanged, bodies.length);
    }
    if (differing.length > 0)
      await running.publish(async (transaction) => {
        const names = [...new Set(differing.flatMap(({ officer }) => officer ?? []))];
        await insertMissingOfficers(
          transaction,
          stationId,
          names.map((displayName) => ({ id: uuidv7(), displayName })),
        );
        for (const batch of batches(differing)) await upsertGrids(transaction, stationId, batch, columns);
      });
    return checkFit(request, bodies);
  });
  return { ...counts, rejects, notes };
}

/** How the station's grids fit together now. */
async function checkFit({ database, stationId }: ImportRequest, bodies: readonly GridBody[]): Promise<string[]> {
  const overlaps: GridMisfit[] = [];
  for (const batch of batches(bodies)) {
    const numbers = batch.map(({ number }) => number);
    overlaps.push(
      ...(await database.inScope([stationId], (transaction) => findOverlaps(transaction, stationId, numbers))),
    );
  }
  const gaps = await database.inScope([stationId], (transaction) => findGaps(transaction, stationId));
  const openGaps = await database.inScope([stationId], (transaction) => findOpenGaps(transaction, stationId));
  return [
    ...describeMisfits('overlap', overlaps),
    ...describeMisfits('gap', gaps),
    ...describeMisfits(
      'open gap',
      openGaps.filter(({ isInside }) => !isInside),
    ),
    ...describeMisfits(
      'uncovered area',
      openGaps.filter(({ isInside }) => isInside),
    ),
  ];
}

function* batches<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += batchSize) yield rows.slice(start, start + batchSize);
}
