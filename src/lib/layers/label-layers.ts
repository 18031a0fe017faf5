import { TextLayer } from '@deck.gl/layers';
import type { LngLat } from '$api/positions/contract.ts';
import { labelFont } from './label-font.ts';
import type { MovementExtension } from './movement.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette } from './palette.ts';
import type { LabelCandidate } from './place-labels.ts';

/** A call sign and the way its unit is on. */
export interface CallSign extends LabelCandidate {
  previousLngLat: LngLat;
  isSelected: boolean;
  isStale: boolean;
}

const haloed = (palette: MapPalette) => ({
  outlineWidth: 3,
  outlineColor: withAlpha(palette.labelHalo, 235),
});

/** Numbers of grids and, where there is room, who is responsible (一格一警). */
export const createGridLabelsLayer = (
  labels: readonly LabelCandidate[],
  characters: Iterable<string>,
  palette: MapPalette,
) =>
  new TextLayer<LabelCandidate>({
    ...placeOf('grid-labels'),
    ...labelFont(characters),
    ...haloed(palette),
    data: labels as LabelCandidate[],
    getText: ({ text }) => text,
    getPosition: ({ lngLat }) => lngLat,
    getSize: ({ sizePx }) => sizePx,
    getPixelOffset: ({ offsetPx }) => [offsetPx[0], offsetPx[1]],
    getColor: withAlpha(palette.gridInk, 255),
    lineHeight: 1.3,
    updateTriggers: { getColor: palette },
  });

/** Names of sentinel points under their symbols. */
export const createSentinelLabelsLayer = (
  labels: readonly LabelCandidate[],
  characters: Iterable<string>,
  palette: MapPalette,
) =>
  new TextLayer<LabelCandidate>({
    ...placeOf('sentinel-labels'),
    ...labelFont(characters),
    ...haloed(palette),
    data: labels as LabelCandidate[],
    getText: ({ text }) => text,
    getPosition: ({ lngLat }) => lngLat,
    getSize: ({ sizePx }) => sizePx,
    getPixelOffset: ({ offsetPx }) => [offsetPx[0], offsetPx[1]],
    getColor: withAlpha(palette.sentinelInk, 255),
    updateTriggers: { getColor: palette },
  });

/** Call signs on plates, moving with their units. */
export const createCallSignsLayer = (
  labels: readonly CallSign[],
  characters: Iterable<string>,
  palette: MapPalette,
  movement: MovementExtension,
) =>
  new TextLayer<CallSign>({
    ...placeOf('call-signs'),
    ...labelFont(characters),
    data: labels as CallSign[],
    getText: ({ text }) => text,
    getPosition: ({ lngLat }) => lngLat,
    ...({ getPreviousPosition: ({ previousLngLat }: CallSign) => previousLngLat } as object),
    getSize: ({ sizePx }) => sizePx,
    getPixelOffset: ({ offsetPx }) => [offsetPx[0], offsetPx[1]],
    getColor: ({ isSelected, isStale }) =>
      withAlpha(isSelected ? palette.labelHalo : isStale ? palette.stale : palette.labelInk, 255),
    background: true,
    backgroundPadding: [5, 2, 5, 2],
    backgroundBorderRadius: 4,
    getBackgroundColor: ({ isSelected }) => withAlpha(isSelected ? palette.selected : palette.labelHalo, 245),
    extensions: [movement],
    updateTriggers: { getColor: palette, getBackgroundColor: palette },
  });
