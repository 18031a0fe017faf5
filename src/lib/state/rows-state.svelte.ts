import { failedAfter, latestOf, loadingAfter, type Failure, type Loadable } from './loadable.ts';

const none: readonly never[] = [];

/** A list that is looked after: what the server said last, with what this page changed since. */
export class RowsState<Row extends { id: string }> {
  #rows = $state.raw<Loadable<readonly Row[]>>({ kind: 'idle' });
  readonly list: readonly Row[] = $derived(latestOf(this.#rows) ?? none);

  get status(): Loadable<readonly Row[]> {
    return this.#rows;
  }

  find(id: string): Row | undefined {
    return this.list.find((row) => row.id === id);
  }

  loading(): void {
    this.#rows = loadingAfter(this.#rows);
  }

  loaded(rows: readonly Row[]): void {
    this.#rows = { kind: 'ready', value: rows };
  }

  failed(failure: Failure): void {
    this.#rows = failedAfter(this.#rows, failure);
  }

  /** A row that was made or changed. */
  put(row: Row): void {
    const at = this.list.findIndex(({ id }) => id === row.id);
    this.loaded(at < 0 ? [row, ...this.list] : this.list.with(at, row));
  }

  remove(id: string): void {
    this.loaded(this.list.filter((row) => row.id !== id));
  }
}
