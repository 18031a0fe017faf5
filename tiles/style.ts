import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { areaLayers } from './style-areas.ts';
import { labelLayers } from './style-labels.ts';
import { roadLayers } from './style-roads.ts';
import { palettes } from './palette.ts';
import { baseSourceId, maxTileZoom } from './schema.ts';

export type MapTheme = 'light' | 'dark';
export type MapLanguage = 'zh' | 'en';

export interface BaseStyleOptions {
  theme: MapTheme;
  /** Whose names come first; where a place has none in it, what stands on its signs is shown. */
  language: MapLanguage;
  /** Address of the TileJSON (`…/api/tiles/base.json`), or a tile template with {z}, {x} and {y}. Absolute. */
  tilesUrl: string;
  /** Only with a template: a TileJSON brings its own. */
  attribution?: string;
  /**
   * Font files by name ("Noto Sans SC", "Noto Sans SC Semibold") as the style specification has them. Without any the
   * labels are drawn from fonts of the page or of the machine.
   */
  fontFaces?: StyleSpecification['font-faces'];
  /** Labels of ours stand over the map: names of compounds, landmarks and small streets step back behind them. */
  hasLabelsAbove?: boolean;
}

/**
 * Empty layers that mark heights, for `beforeId` of our own layers: areas lie over the ground and under streets, lines
 * over streets and under the names, labels over the base map's names, units over all.
 */
export const anchorIds = ['anchor-areas', 'anchor-lines', 'anchor-labels', 'anchor-units'] as const;
export type AnchorId = (typeof anchorIds)[number];

/** The base map: a calm city in either theme. No sprite, no glyph server, no host but the one of `tilesUrl`. */
export function baseStyle({
  theme,
  language,
  tilesUrl,
  attribution,
  fontFaces,
  hasLabelsAbove = false,
}: BaseStyleOptions): StyleSpecification {
  const palette = palettes[theme];
  const isTemplate = tilesUrl.includes('{z}');
  return {
    version: 8,
    name: `Shaodian ${theme}`,
    ...(fontFaces && { 'font-faces': fontFaces }),
    sources: {
      [baseSourceId]: isTemplate
        ? { type: 'vector', tiles: [tilesUrl], maxzoom: maxTileZoom, ...(attribution && { attribution }) }
        : { type: 'vector', url: tilesUrl },
    },
    layers: [
      { id: 'land', type: 'background', paint: { 'background-color': palette.land } },
      ...areaLayers(palette),
      anchor('anchor-areas'),
      ...roadLayers(palette),
      anchor('anchor-lines'),
      ...labelLayers(palette, language, hasLabelsAbove ? 0.65 : 1),
      anchor('anchor-labels'),
      anchor('anchor-units'),
    ],
  };
}

const anchor = (id: AnchorId): LayerSpecification => ({ id, type: 'background', layout: { visibility: 'none' } });
