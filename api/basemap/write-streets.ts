import type { Database } from '../database/database.ts';
import type { Extract } from './extract.ts';
import { insertStreetEdges, insertStreetNodes, touchExtract } from './queries.ts';
import type { StreetGraph } from './street-graph.ts';
import { encodeWkb } from './wkb.ts';
import { writeInBatches } from './write-in-batches.ts';

/** Writes the street graph of an extract that is not shown yet, in short transactions. */
export async function writeStreets(
  database: Database,
  extract: Extract,
  graph: StreetGraph,
  onProgress: (count: number) => void = () => {},
): Promise<void> {
  let written = 0;
  await writeInBatches(graph.nodes, async (batch) => {
    const rows = batch.map(({ osmId, component, lngLat: [lng, lat] }) => ({ osmId, component, lng, lat }));
    await database.asOwner((transaction) => insertStreetNodes(transaction, extract.id, rows));
    onProgress((written += batch.length));
  });
  await writeInBatches(graph.edges, async (batch) => {
    const rows = batch.map(({ lngLats, name, ...edge }) => ({
      ...edge,
      name: name || null,
      wkb: encodeWkb({ type: 'LineString', coordinates: lngLats }, ([lng = 0, lat = 0]) => [lng, lat]),
    }));
    await database.asOwner(async (transaction) => {
      await insertStreetEdges(transaction, extract.id, rows);
      await touchExtract(transaction, extract.id);
    });
    onProgress((written += batch.length));
  });
}
