import { expect, test } from 'vitest';
import { createProgress } from '../../api/commands/progress.ts';

function capture(isTTY: boolean) {
  const written: string[] = [];
  return { out: { isTTY, columns: 60, write: (text: string) => written.push(text) }, written };
}

test('a log gets one plain line at each tenth', () => {
  const { out, written } = capture(false);
  const progress = createProgress('reading town', out);
  for (const part of [0, 0.05, 0.1, 0.11, 0.35, 0.35, 1, 2]) progress.update(part);
  progress.end();
  expect(written).toEqual(['reading town: 10 %\n', 'reading town: 30 %\n', 'reading town: 100 %\n']);
});

test('a terminal gets a bar that fits its width and is taken away at the end', () => {
  const { out, written } = capture(true);
  const progress = createProgress('reading town', out);
  progress.update(0.5);
  progress.update(0.5);
  progress.update(Number.NaN);
  progress.end();
  expect(written).toHaveLength(3);
  const [half] = written;
  const clearLine = '\r\x1b[2K';
  expect(half!.startsWith(clearLine)).toBe(true);
  const bar = half!.slice(clearLine.length);
  expect(bar).toMatch(/^reading town █+░+ {2}50 %$/);
  expect(bar.length).toBeLessThanOrEqual(60);
  expect(written.at(-1)).toBe(clearLine);
});
