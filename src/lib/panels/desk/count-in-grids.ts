import { GridIndex } from '$api/presence/contract.ts';
import type { GridFeature } from '$lib/state/base-data-state.svelte.ts';
import { rowIntegers, type IncidentColumns } from '$lib/state/incident-columns.ts';
import { passes, type IncidentBounds } from '$lib/state/incident-filter.ts';

/** How many incidents lie in each grid: which grid each lies in is looked up once, a change of the filter only counts. */
export class IncidentsInGrids {
  readonly #index: GridIndex;
  #columns: IncidentColumns | undefined;
  /** By row, the place of its grid; -1: in none. */
  #places = new Int16Array(0);
  #known = 0;
  #patched = 0;

  constructor(grids: readonly GridFeature[]) {
    this.#index = new GridIndex(
      grids.map(({ id, geometry }) => ({
        id: String(id),
        rings: (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).flat() as [
          number,
          number,
        ][][],
      })),
    );
  }

  /** By grid, those with none included. */
  count(columns: IncidentColumns, bounds: IncidentBounds): Map<string, number> {
    this.#look(columns);
    const counts = new Uint32Array(this.#index.ids.length);
    for (let i = 0, at = 0; i < columns.count; i++, at += rowIntegers) {
      const place = this.#places[i]!;
      if (place >= 0 && passes(columns.rows, at, bounds)) counts[place]!++;
    }
    return new Map(this.#index.ids.map((id, place) => [id, counts[place]!]));
  }

  #look(columns: IncidentColumns): void {
    const { patched } = columns;
    if (columns !== this.#columns) [this.#columns, this.#known, this.#patched] = [columns, 0, patched.length];
    for (; this.#patched < patched.length; this.#patched++) {
      const { from, to } = patched[this.#patched]!;
      if (to > this.#known) this.#known = Math.min(this.#known, from);
      else for (let row = from; row < to; row++) this.#places[row] = this.#gridOf(columns, row);
    }
    if (this.#places.length < columns.count) {
      const places = new Int16Array(Math.max(1024, 2 * columns.count));
      places.set(this.#places.subarray(0, this.#known));
      this.#places = places;
    }
    for (; this.#known < columns.count; this.#known++) this.#places[this.#known] = this.#gridOf(columns, this.#known);
  }

  #gridOf({ rows }: IncidentColumns, row: number): number {
    const at = rowIntegers * row;
    return this.#index.at(rows[at]! / 1e5, rows[at + 1]! / 1e5);
  }
}
