import type { RowsState } from '$lib/state/rows-state.svelte.ts';
import { failureFor } from './client.ts';

/** Reads a list into its state; a failure is told there, beside what was read before. */
export async function readRows<Row extends { id: string }>(
  rows: RowsState<Row>,
  read: () => Promise<readonly Row[]>,
): Promise<void> {
  rows.loading();
  try {
    rows.loaded(await read());
  } catch (error) {
    rows.failed(failureFor(error));
  }
}
