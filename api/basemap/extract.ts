import type { Position } from 'geojson';
import type { Database } from '../database/database.ts';
import type { Bbox } from '../positions/contract.ts';
import type { ExtractDescription } from './feature.ts';
import {
  condemnExtract,
  deleteExtract,
  deleteSomeRows,
  insertExtract,
  listDeadExtracts,
  publishExtract,
} from './queries.ts';
import { writeInBatches } from './write-in-batches.ts';

/** An extract that is being written; nobody sees it until `publish`. */
export interface Extract {
  readonly id: number;
  /** Grows with what is written; null while empty. */
  bbox: Bbox | null;
}

export const beginExtract = async (database: Database, description: ExtractDescription): Promise<Extract> => ({
  id: await database.asOwner((transaction) => insertExtract(transaction, description)),
  bbox: null,
});

export function growBbox(extract: Extract, [lng = 0, lat = 0]: Position): void {
  const { bbox } = extract;
  if (!bbox) extract.bbox = [lng, lat, lng, lat];
  else {
    if (lng < bbox[0]) bbox[0] = lng;
    if (lat < bbox[1]) bbox[1] = lat;
    if (lng > bbox[2]) bbox[2] = lng;
    if (lat > bbox[3]) bbox[3] = lat;
  }
}

/** The short switch. @throws {RangeError} when nothing was written. */
export async function publish(database: Database, extract: Extract): Promise<void> {
  const { bbox } = extract;
  if (!bbox) throw new RangeError('an extract without features cannot be shown');
  await database.asOwner((transaction) => publishExtract(transaction, extract.id, bbox));
}

/** Deletes one extract in short transactions; one that is shown, or was published after all, is left alone. */
export async function removeExtract(database: Database, id: number): Promise<void> {
  if (!(await database.asOwner((transaction) => condemnExtract(transaction, id)))) return;
  for (const table of ['basemap_features', 'street_edges', 'street_nodes'] as const)
    await writeInBatches(
      endless(),
      async (limits) =>
        (await database.asOwner((transaction) => deleteSomeRows(transaction, table, id, limits.length))) > 0,
    );
  await database.asOwner((transaction) => deleteExtract(transaction, id));
}

/** Deletes what retired extracts and crashed imports left; how many extracts. */
export async function sweepExtracts(database: Database): Promise<number> {
  const dead = await database.asOwner(listDeadExtracts);
  for (const { id } of dead) await removeExtract(database, id);
  return dead.length;
}

function* endless(): Generator<null> {
  for (;;) yield null;
}
