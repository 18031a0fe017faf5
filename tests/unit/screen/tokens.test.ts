import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Theme = 'light' | 'dark';
const sheet = readFileSync(new URL('../../../src/lib/ui/tokens.css', import.meta.url), 'utf8');

/** The colours of one theme, by token. */
function readColors(theme: Theme): Map<string, string> {
  const block = new RegExp(`data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(sheet)?.[1] ?? '';
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

/** Relative luminance, WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['surface', 'surface-inset', 'surface-hover'];
const textPairs: [ink: string, ground: string][] = [
  ...['ink', 'ink-soft', 'ink-faint', 'accent-ink'].flatMap((ink) =>
    grounds.map((ground): [string, string] => [ink, ground]),
  ),
  ['ink', 'ground'],
  ['ink-soft', 'ground'],
  ['ink-soft', 'surface-press'],
  ['ink', 'surface-press'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['accent-ink', 'accent-soft'],
  ['ok', 'ok-soft'],
  ['warn', 'warn-soft'],
  ['warn', 'surface'],
  ['danger', 'danger-soft'],
  ['on-warn-solid', 'warn-solid'],
  ['on-danger-solid', 'danger-solid'],
  ['surface', 'ink'],
];
/** Borders of controls, the focus ring and dots: 3 : 1 against what they lie on (WCAG 1.4.11). */
const shapePairs: [shape: string, ground: string][] = [
  ['line-control', 'surface'],
  ['line-control', 'surface-inset'],
  ['focus', 'surface'],
  ['focus', 'ground'],
  ['accent', 'surface'],
  ['ok', 'surface'],
];

for (const theme of ['light', 'dark'] as const) {
  const colors = readColors(theme);
  const of = (name: string): string => {
    const value = colors.get(name);
    if (!value) throw new Error(`--${name} is no colour of the ${theme} theme`);
    return value;
  };
  test.each(textPairs)(`${theme}: %s on %s can be read (4.5 : 1)`, (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
  test.each(shapePairs)(`${theme}: %s on %s can be seen (3 : 1)`, (shape, ground) => {
    expect(contrast(of(shape), of(ground))).toBeGreaterThanOrEqual(3);
  });
}

test('both themes have the same tokens', () => {
  expect([...readColors('light').keys()]).toEqual([...readColors('dark').keys()]);
});
