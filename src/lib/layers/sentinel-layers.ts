import { IconLayer, TextLayer } from '@deck.gl/layers';
import { sentinelSymbolCells } from './draw-pictograms.ts';
import { labelFont } from './label-font.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette } from './palette.ts';
import type { SentinelMark } from './sentinel-clusters.ts';
import { sentinelSizePx } from './symbol-sizes.ts';

type Cluster = Extract<SentinelMark, { kind: 'cluster' }>;

export const symbolOf = (mark: SentinelMark) => (mark.kind === 'cluster' ? 'cluster' : mark.sentinelKind);

/** Clusters grow with what they hold, a little: the number says how much. */
export const markScale = (mark: SentinelMark): number => {
  if (mark.kind === 'point') return 1;
  return mark.count < 10 ? 1.15 : mark.count < 100 ? 1.35 : 1.6;
};

/** Sentinel points (平安哨点) and clusters of them, by symbol. */
export const createSentinelsLayer = (
  marks: readonly SentinelMark[],
  symbols: OffscreenCanvas,
  zoom: number,
  selectedIds: ReadonlySet<string>,
) =>
  new IconLayer<SentinelMark>({
    ...placeOf('sentinels'),
    data: marks as SentinelMark[],
    pickable: true,
    iconAtlas: symbols as unknown as string,
    iconMapping: sentinelSymbolCells,
    getIcon: symbolOf,
    getPosition: ({ lngLat }) => lngLat,
    getSize: (mark) => markScale(mark) * (mark.kind === 'point' && selectedIds.has(mark.id) ? 1.4 : 1),
    sizeScale: sentinelSizePx(zoom),
    sizeUnits: 'pixels',
    updateTriggers: { getSize: selectedIds },
  });

/** How many points a cluster stands for. */
export const createClusterCountsLayer = (marks: readonly SentinelMark[], palette: MapPalette, zoom: number) =>
  new TextLayer<Cluster>({
    ...placeOf('cluster-counts'),
    data: marks.filter((mark) => mark.kind === 'cluster'),
    getText: ({ count }) => String(count),
    getPosition: ({ lngLat }) => lngLat,
    getSize: sentinelSizePx(zoom) * 0.56,
    getColor: withAlpha(palette.clusterInk, 255),
    ...labelFont('0123456789'),
    updateTriggers: { getColor: palette, getSize: zoom },
  });
