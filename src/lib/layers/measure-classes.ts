const mostClasses = 5;

/**
 * From which value each class begins, ascending: of the values above 0 as many in one class as in another, the borders
 * rounded to two digits. The first begins at or below the least of them. Empty: there is nothing above 0.
 */
export function measureClasses(values: Iterable<number>): number[] {
  const sorted = [...values].filter((value) => value > 0).sort((a, b) => a - b);
  if (sorted.length === 0) return [];
  const distinct = new Set(sorted).size;
  const classes = Math.min(mostClasses, distinct);
  const borders = Array.from({ length: classes }, (_, i) =>
    i === 0 ? roundDown(sorted[0]!) : round(sorted[Math.floor((i * sorted.length) / classes)]!),
  );
  return [...new Set(borders)].sort((a, b) => a - b).filter((border, i) => i === 0 || border <= sorted.at(-1)!);
}

/** The class of a value: its place in `from`; -1: 0. */
export function classOf(value: number, from: readonly number[]): number {
  if (value <= 0) return -1;
  let found = 0;
  for (let i = 1; i < from.length && value >= from[i]!; i++) found = i;
  return found;
}

/** Whole numbers stay whole below 100. */
const round = (value: number): number => Number(value.toPrecision(2));

function roundDown(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.floor(value / step + 1e-9) * step).toPrecision(2));
}
