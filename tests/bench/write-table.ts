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
    ...howMeasured,
    '',
  ].join('\n');
}

/** What the rows cannot say themselves. */
const howMeasured = [
  'R7, R8 and the first picture are taken in a real Chromium, with the product’s own modules built by Vite (`page/`), at',
  '640×360, the first picture at 960×540. It draws in software, so that what counts is the main thread: `performance.now`',
  'around the update and around the callbacks of frames, which end where the last draw call is handed over; where the work',
  'is spread over many tasks (setData, the first picture), the CPU time of all tasks of the main thread by DevTools.',
  'The incidents of R8 are rows of a PostGIS table, made from a seed, as the server sends and packs them. R10 has the',
  'sender, the server, the database and the viewers in processes of their own and tells the CPU of each; a fix that must',
  'wait for a free connection counts from when it was due, and acknowledged fixes are looked for one by one. Memory is',
  'what the server holds after a collection. POST to pixel looks at all markers of a page in each frame.',
];

const rounded = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3)).toString();
