import type { IncidentBatch } from '$lib/state/incident-columns.ts';
import { ArrowStreamError, readArrowStream, type ArrowValues } from './read-arrow-stream.ts';

const columnNames = ['number', 'lng', 'lat', 'time', 'category', 'source'];

export interface StreamVerbs {
  /** The metadata of the schema, first. */
  begun(metadata: ReadonlyMap<string, string>): void;
  /** The arrays are views into what was received and may be kept. */
  batch(batch: IncidentBatch): void;
}

/**
 * Reads incident columns to the end, telling each batch as it comes.
 * @throws {ArrowStreamError} when it ends early or holds other columns than these
 */
export async function readIncidentStream(stream: ReadableStream<Uint8Array>, verbs: StreamVerbs): Promise<void> {
  let names: readonly string[] = [];
  await readArrowStream(stream, {
    begun(columns, metadata) {
      const found = columns.map(({ name }) => name).join(', ');
      if (found !== columnNames.join(', ')) throw new ArrowStreamError(`columns ${found}`);
      verbs.begun(metadata);
    },
    named: (texts) => (names = texts),
    batch: (columns) => verbs.batch(batchOf(columns, names)),
  });
}

function batchOf(columns: readonly ArrowValues[], names: readonly string[]): IncidentBatch {
  const [numbers, lngs, lats, minutes, categories, sources] = columns;
  return { numbers, lngs, lats, minutes, categories, sources, names } as IncidentBatch;
}
