import { ScatterplotLayer } from '@deck.gl/layers';
import type { LngLat } from '$api/positions/contract.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette } from './palette.ts';

/** The place that somebody is about to write down: a ring around a dot, told by its form from an incident's dot. */
export function createChosenPlaceLayers(lngLat: LngLat, palette: MapPalette) {
  const common = {
    ...placeOf('chosen-place'),
    data: [lngLat],
    getPosition: (place: LngLat) => place,
    radiusUnits: 'pixels',
    lineWidthUnits: 'pixels',
    stroked: true,
    updateTriggers: { getFillColor: palette, getLineColor: palette },
  } as const;
  return [
    new ScatterplotLayer<LngLat>({
      ...common,
      id: 'chosen-place-ring',
      getRadius: 15,
      filled: true,
      getFillColor: withAlpha(palette.selected, 40),
      getLineColor: withAlpha(palette.selected, 255),
      getLineWidth: 3,
    }),
    new ScatterplotLayer<LngLat>({
      ...common,
      getRadius: 5,
      filled: true,
      getFillColor: withAlpha(palette.selected, 255),
      getLineColor: withAlpha(palette.rim, 255),
      getLineWidth: 2,
    }),
  ];
}
