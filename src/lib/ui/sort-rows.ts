/** One column of a table: what it says and what it is sorted by. */
export interface Column<Row> {
  id: string;
  label: string;
  /** What stands in the cell; an em dash where nothing is known. */
  text: (row: Row) => string;
  /** What the column is sorted by; undefined is unknown and comes last either way. */
  value?: (row: Row) => number | string | undefined;
  numeric?: boolean;
  /** The cell is drawn by the table's `cell` snippet. */
  drawn?: boolean;
}

export interface Sort {
  column: string;
  descending: boolean;
}

/** The rows in the order asked for: numbers by size, words by the language's own collation with numbers inside read as numbers. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | undefined,
  locale: string,
): readonly Row[] {
  const column = columns.find((candidate) => candidate.id === sort?.column);
  if (!sort || !column) return rows;
  const valueOf = column.value ?? column.text;
  const collator = new Intl.Collator(locale, { numeric: true });
  const direction = sort.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined)
        return Number(a.value === undefined) - Number(b.value === undefined);
      if (typeof a.value === 'number' && typeof b.value === 'number') return (a.value - b.value) * direction;
      return collator.compare(String(a.value), String(b.value)) * direction;
    })
    .map(({ row }) => row);
}
