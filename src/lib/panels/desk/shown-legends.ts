import { classColors, cssColor, type MapPalette } from '$lib/layers/palette.ts';
import type { IncidentState } from '$lib/state/incident-state.svelte.ts';
import type { LayerState } from '$lib/state/layer-state.svelte.ts';
import type { MeasureState } from '$lib/state/measure-state.svelte.ts';
import { measureLegend, type Legend } from './legend-rows.ts';

/** What the words of a legend depend on. */
export interface LegendWords {
  noData: string;
  density: string;
  densityHint(metres: number): string;
  sayNumber(value: number): string;
}

/** The legends of what is drawn now: the grids' measure and the heatmap. */
export function shownLegends(
  { measure, incidents, layers }: { measure: MeasureState; incidents: IncidentState; layers: LayerState },
  palette: MapPalette,
  words: LegendWords,
): Legend[] {
  const legends: Legend[] = [];
  if (measure.shown) legends.push(measureLegend(measure.shown, palette, words.noData));
  const { heatM, thresholds } = incidents;
  if (heatM !== undefined && thresholds.length > 0 && incidents.audience === 'exact' && layers.isShown('incidents')) {
    const colors = classColors(palette.density, thresholds.length);
    legends.push({
      title: words.density,
      hint: words.densityHint(heatM),
      rows: thresholds.map((from, place) => ({
        key: String(place),
        color: cssColor(colors[place]!),
        opacity: palette.densityOpacity,
        label: `≥ ${words.sayNumber(from)}`,
      })),
    });
  }
  return legends;
}
