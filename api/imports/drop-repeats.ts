import type { Reject } from './source-row.ts';

/** Keeps the first of the rows with the same key and rejects the others, naming the line of the first. */
export function dropRepeats<Row extends { line: number }>(
  rows: readonly Row[],
  field: string,
  keyOf: (row: Row) => string | null,
): { kept: Row[]; rejects: Reject[] } {
  const firstLines = new Map<string, number>();
  const rejects: Reject[] = [];
  const kept = rows.filter((row) => {
    const key = keyOf(row);
    if (key === null) return true;
    const first = firstLines.get(key);
    if (first === undefined) firstLines.set(key, row.line);
    else rejects.push({ line: row.line, field, got: key, expected: `one of its own; ${first} has it already` });
    return first === undefined;
  });
  return { kept, rejects };
}
