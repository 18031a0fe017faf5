import type { LayerName } from '../../tiles/schema.ts';
import type { Database } from '../database/database.ts';
import type { Bbox } from '../positions/contract.ts';
import { beginExtract, publish, removeExtract, sweepExtracts, type Extract } from './extract.ts';
import type { BasemapFeature, ExtractDescription, StreetWay } from './feature.ts';
import { listShownExtracts } from './queries.ts';
import { buildStreetGraph, type StreetGraph } from './street-graph.ts';
import { writeFeatures } from './write-features.ts';
import { writeStreets } from './write-streets.ts';

export type ImportOutcome =
  { kind: 'unchanged' } | { kind: 'published'; bbox: Bbox; stored: Record<LayerName, number>; streets: StreetGraph };

/**
 * Makes an extract of features and streets part of the base map: written in short transactions, seen all at once, or not
 * at all when anything throws. An extract whose content is shown already is left alone.
 */
export async function importExtract(
  database: Database,
  description: ExtractDescription,
  features: Iterable<BasemapFeature> | AsyncIterable<BasemapFeature>,
  ways: Iterable<StreetWay>,
  onProgress: (count: number) => void = () => {},
): Promise<ImportOutcome> {
  await sweepExtracts(database);
  if (await isShown(database, description)) return { kind: 'unchanged' };
  const extract = await beginExtract(database, description);
  let stored: Record<LayerName, number>;
  let streets: StreetGraph;
  try {
    stored = await writeFeatures(database, extract, features, onProgress);
    const featureCount = Object.values(stored).reduce((sum, count) => sum + count, 0);
    streets = buildStreetGraph([...ways]);
    await writeStreets(database, extract, streets, (count) => onProgress(featureCount + count));
    await publish(database, extract);
  } catch (error) {
    await discard(database, extract);
    throw error;
  }
  await sweepExtracts(database);
  return { kind: 'published', bbox: extract.bbox!, stored, streets };
}

/** Whether the same content under the same name is on the map already. */
export async function isShown(database: Database, { name, sha256 }: ExtractDescription): Promise<boolean> {
  const shown = await database.asOwner(listShownExtracts);
  return shown.some((extract) => extract.name === name && extract.sha256.equals(sha256));
}

/** Best effort: where the database is gone too, the next import sweeps. */
const discard = (database: Database, extract: Extract): Promise<void> =>
  removeExtract(database, extract.id).catch(() => {});
