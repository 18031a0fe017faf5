/** How long one batch should hold the engine: well under the 200 ms that others are promised. */
const targetMs = 30;
/** A batch may be so much larger than the one before: one that went fast by chance is not followed by a slow one. */
const growth = 1.5;

/**
 * Hands rows to `write` in batches whose size follows the time that the last one took, so that a long import holds the
 * embedded engine's only session for moments only, on a slow machine too.
 * @param write stores a batch in its own transaction; false ends the loop early.
 * @param weigh size of a row in the unit of `maxWeight`, so that few huge rows make a batch too.
 */
export async function writeInBatches<Row>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  write: (batch: Row[]) => Promise<boolean | void>,
  { weigh, maxWeight = Infinity }: { weigh?: (row: Row) => number; maxWeight?: number } = {},
): Promise<void> {
  let size = 100;
  let batch: Row[] = [];
  let weight = 0;
  const flush = async (): Promise<boolean> => {
    const startedAt = performance.now();
    const more = await write(batch);
    const tookMs = Math.max(1, performance.now() - startedAt);
    size = Math.max(20, Math.min(5_000, Math.round(size * Math.min(growth, Math.max(0.25, targetMs / tookMs)))));
    batch = [];
    weight = 0;
    return more !== false;
  };
  for await (const row of rows) {
    batch.push(row);
    weight += weigh?.(row) ?? 0;
    if ((batch.length >= size || weight >= maxWeight) && !(await flush())) return;
  }
  if (batch.length > 0) await flush();
}
