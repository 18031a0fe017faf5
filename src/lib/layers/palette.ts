import { chooseThresholds } from '$lib/geo/density.ts';
import type { AlertSeverity } from '$api/alerts/contract.ts';
import type { UnitKind } from '$api/positions/contract.ts';

/** Red, green, blue, 0–255. */
export type Rgb = readonly [r: number, g: number, b: number];

/**
 * Colours of the map's own layers on one theme. Kinds are told apart by shape and pictogram first; their colours are
 * those of Okabe and Ito (2008), which stay apart for the colour-blind, darkened for light ground and lightened for
 * dark so that white or black pictograms keep 3 : 1 on them.
 */
export interface MapPalette {
  units: Readonly<Record<UnitKind, Rgb>>;
  /** Pictogram on a unit's body. */
  unitInk: Rgb;
  /** Rim that sets a symbol off from any ground. */
  rim: Rgb;
  /** A unit that has been silent for too long. */
  stale: Rgb;
  selected: Rgb;
  sentinelFill: Rgb;
  sentinelInk: Rgb;
  clusterFill: Rgb;
  clusterInk: Rgb;
  grid: Rgb;
  gridInk: Rgb;
  labelInk: Rgb;
  labelHalo: Rgb;
  track: Rgb;
  incident: Rgb;
  incidentRim: Rgb;
  /** Marks of alerts and outlines of geofences: red, orange and violet, which also differ in lightness. */
  alerts: Readonly<Record<AlertSeverity, Rgb>>;
  /** Words on a mark. */
  alertInk: Rgb;
  /**
   * Classes of density, from few to many: away from the ground in lightness alone, so that they keep their order for
   * every kind of colour blindness and in grey. Light ground: YlOrRd of ColorBrewer; dark: inferno of matplotlib.
   */
  density: readonly Rgb[];
  densityOpacity: number;
  /**
   * Classes of a grid's measure, from little to much, told from the heatmap's by their hue and ordered by lightness alone
   * as those are. Light ground: YlGnBu of ColorBrewer; dark: viridis of matplotlib, its dark end left out.
   */
  measure: readonly Rgb[];
  /** A grid whose measure is 0: counted, and nothing there. */
  measureZero: Rgb;
  measureOpacity: number;
}

export type Theme = 'light' | 'dark';

export const palettes: Readonly<Record<Theme, MapPalette>> = {
  light: {
    units: { foot: [0, 116, 84], car: [0, 92, 175], bike: [176, 78, 0], uav: [128, 48, 140] },
    unitInk: [255, 255, 255],
    rim: [255, 255, 255],
    stale: [98, 107, 122],
    selected: [220, 20, 60],
    sentinelFill: [255, 255, 255],
    sentinelInk: [36, 50, 74],
    clusterFill: [36, 50, 74],
    clusterInk: [255, 255, 255],
    grid: [26, 86, 196],
    gridInk: [23, 60, 130],
    labelInk: [17, 24, 39],
    labelHalo: [255, 255, 255],
    track: [220, 20, 60],
    incident: [150, 22, 54],
    incidentRim: [255, 255, 255],
    alerts: { critical: [168, 10, 20], warning: [176, 88, 0], notice: [110, 66, 170] },
    alertInk: [255, 255, 255],
    density: [
      [255, 237, 160],
      [254, 201, 104],
      [253, 152, 66],
      [240, 92, 40],
      [200, 30, 36],
      [120, 0, 38],
    ],
    densityOpacity: 0.66,
    measure: [
      [199, 233, 180],
      [127, 205, 187],
      [65, 182, 196],
      [34, 110, 178],
      [12, 44, 110],
    ],
    measureZero: [120, 128, 142],
    measureOpacity: 0.66,
  },
  dark: {
    units: { foot: [45, 212, 160], car: [72, 155, 255], bike: [255, 176, 64], uav: [236, 184, 255] },
    unitInk: [8, 13, 20],
    rim: [8, 13, 20],
    stale: [158, 168, 184],
    selected: [255, 92, 122],
    sentinelFill: [27, 36, 49],
    sentinelInk: [226, 234, 245],
    clusterFill: [226, 234, 245],
    clusterInk: [18, 24, 33],
    grid: [110, 160, 255],
    gridInk: [168, 198, 255],
    labelInk: [233, 238, 245],
    labelHalo: [9, 13, 19],
    track: [255, 92, 122],
    incident: [255, 150, 130],
    incidentRim: [8, 13, 20],
    alerts: { critical: [255, 92, 80], warning: [255, 184, 64], notice: [208, 170, 255] },
    alertInk: [8, 13, 20],
    density: [
      [74, 18, 107],
      [132, 32, 107],
      [186, 54, 85],
      [229, 93, 48],
      [251, 155, 6],
      [248, 225, 100],
    ],
    densityOpacity: 0.66,
    measure: [
      [64, 67, 135],
      [41, 120, 142],
      [34, 167, 132],
      [121, 209, 81],
      [253, 231, 37],
    ],
    measureZero: [140, 150, 166],
    measureOpacity: 0.66,
  },
};

/** With an alpha of 0–255, as deck.gl takes it. */
export const withAlpha = ([r, g, b]: Rgb, alpha: number): [number, number, number, number] => [r, g, b, alpha];

/** As CSS takes it; for the legend and for canvases. */
export const cssColor = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;

/** Fewer classes are spread over the whole ramp. */
export const classColors = (ramp: readonly Rgb[], classes: number): Rgb[] =>
  Array.from(
    { length: classes },
    (_, i) => ramp[classes === 1 ? 0 : Math.round((i * (ramp.length - 1)) / (classes - 1))]!,
  );

/** From how many incidents on a grid has each class's colour, whole numbers; the first is 1. */
export function gridClasses(counts: Iterable<number>): number[] {
  const most = Math.max(0, ...counts);
  return most === 0 ? [] : [...new Set([1, ...chooseThresholds(most).map((value) => Math.max(1, Math.round(value)))])];
}
