import { expect, test } from 'vitest';
import { createGridMeasuresLayer } from '$lib/layers/grid-measures-layer.ts';
import { classOf, measureClasses } from '$lib/layers/measure-classes.ts';
import { classColors, palettes } from '$lib/layers/palette.ts';

test('classes hold about as many grids each and begin at rounded values', () => {
  const values = Array.from({ length: 50 }, (_, i) => (i + 1) * 1.37);
  const from = measureClasses(values);
  expect(from).toHaveLength(5);
  expect(from[0]).toBeLessThanOrEqual(1.37);
  const counts = [0, 0, 0, 0, 0];
  for (const value of values) counts[classOf(value, from)]!++;
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(8);
  for (const border of from) expect(border).toBe(Number(border.toPrecision(2)));
});

test('no class is empty of meaning: few values make few classes, none make none', () => {
  expect(measureClasses([])).toEqual([]);
  expect(measureClasses([0, 0])).toEqual([]);
  expect(measureClasses([3, 3, 3])).toEqual([3]);
  expect(measureClasses([0, 1, 2])).toEqual([1, 2]);
  expect(classOf(1, [1, 2])).toBe(0);
  expect(classOf(2, [1, 2])).toBe(1);
});

test('nothing is not a small value', () => {
  expect(classOf(0, [1, 2])).toBe(-1);
  expect(classOf(0.01, [0.01, 2])).toBe(0);
});

test.each(['light', 'dark'] as const)('a grid has the colour of its class, 0 grey, no data none: %s', (theme) => {
  const palette = palettes[theme];
  const from = [1, 10, 100];
  const layer = createGridMeasuresLayer(
    [],
    {
      from,
      values: new Map([
        ['a', 5],
        ['b', 500],
        ['c', 0],
      ]),
    },
    palette,
  );
  const colorOf = layer.props.getFillColor as unknown as (feature: { id: string }) => number[];
  const colors = classColors(palette.measure, 3);
  expect(colorOf({ id: 'a' }).slice(0, 3)).toEqual(colors[0]);
  expect(colorOf({ id: 'b' }).slice(0, 3)).toEqual(colors[2]);
  expect(colorOf({ id: 'c' }).slice(0, 3)).toEqual(palette.measureZero);
  expect(colorOf({ id: 'unknown' })).toEqual([0, 0, 0, 0]);
});

// Relative luminance, WCAG 2.2.
const luminance = (rgb: readonly number[]) =>
  rgb
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i]!, 0);

test.each(['light', 'dark'] as const)(
  'classes keep their order in lightness alone, for every kind of colour blindness: %s',
  (theme) => {
    const steps = palettes[theme].measure.map(luminance);
    const rising = theme === 'dark' ? steps : steps.toReversed();
    rising.slice(1).forEach((step, i) => expect((step + 0.05) / (rising[i]! + 0.05)).toBeGreaterThan(1.25));
  },
);
