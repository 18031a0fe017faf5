import { zeroOpacity } from '$lib/layers/grid-measures-layer.ts';
import { classOf } from '$lib/layers/measure-classes.ts';
import { classColors, cssColor, type MapPalette } from '$lib/layers/palette.ts';
import type { ShownMeasure } from '$lib/state/measure-state.svelte.ts';

/** One colour of a legend. `color` undefined: none, an empty swatch. */
export interface LegendRow {
  key: string;
  color: string | undefined;
  opacity: number;
  label: string;
  /** How many grids have it. */
  count?: number;
}

export interface Legend {
  title: string;
  rows: readonly LegendRow[];
  hint: string;
}

/** What each colour of a measure means, of the very classes that the map draws; and how many grids have it. */
export function measureLegend(shown: ShownMeasure, palette: MapPalette, noData: string): Legend {
  const { title, hint, values, from, gridCount } = shown;
  const counts = new Map<number, number>();
  for (const value of values.values()) {
    const place = classOf(value, from);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const colors = classColors(palette.measure, from.length);
  const rows: LegendRow[] = from.map((_, place) => ({
    key: String(place),
    color: cssColor(colors[place]!),
    opacity: palette.measureOpacity,
    label: rangeOf(shown, place),
    count: counts.get(place) ?? 0,
  }));
  const zeros = counts.get(-1) ?? 0;
  if (zeros > 0)
    rows.unshift({
      key: 'zero',
      color: cssColor(palette.measureZero),
      opacity: zeroOpacity,
      label: '0',
      count: zeros,
    });
  const unknown = gridCount - values.size;
  if (unknown > 0) rows.unshift({ key: 'none', color: undefined, opacity: 1, label: noData, count: unknown });
  return { title, rows, hint };
}

/** Counts end one below the next class. */
function rangeOf({ from, isWhole, sayNumber }: ShownMeasure, place: number): string {
  const [low, high] = [from[place]!, from[place + 1]];
  if (high === undefined) return `≥ ${sayNumber(low)}`;
  if (!isWhole) return place === 0 ? `< ${sayNumber(high)}` : `${sayNumber(low)} – ${sayNumber(high)}`;
  return high - 1 > low ? `${sayNumber(low)} – ${sayNumber(high - 1)}` : sayNumber(low);
}
