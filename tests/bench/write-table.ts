import type { BenchRow } from './contract.ts';

/** The run as a Markdown page: what was measured, against what, and whether the aim is met. */
export function writeTable(rows: readonly BenchRow[], machine: string): string {
  const lines = rows
    .toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
    .map(({ id, what, value, unit, peer, ratio, aim, met }) =>
      [
        id,
        what,
        `${rounded(value)} ${unit}`,
        peer ?? '',
        ratio === undefined ? '' : rounded(ratio),
        aim ?? '',
        met === undefined ? '' : met ? 'met' : '**missed**',
      ].join(' | '),
    );
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --write`: every number beside its peer, measured in the same run with the same seed.',
    'Ratios are what counts; machines differ and are noisy.',
    '',
    `Machine: ${machine}`,
    '',
    '| id | measured | value | against | ratio | aim | |',
    '|---|---|---|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
    '',
  ].join('\n');
}

const rounded = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3)).toString();
