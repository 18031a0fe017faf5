import { GeoJsonLayer } from '@deck.gl/layers';
import type { TrackCollection } from '$lib/state/track-state.svelte.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette } from './palette.ts';

/** The recorded track a person asked for: one line over the streets, gaps where the unit was silent. */
export const createTrackLayer = (track: TrackCollection, palette: MapPalette) =>
  new GeoJsonLayer({
    ...placeOf('tracks'),
    data: track,
    stroked: true,
    filled: true,
    getLineColor: withAlpha(palette.track, 210),
    getFillColor: withAlpha(palette.track, 210),
    getLineWidth: 4,
    lineWidthUnits: 'pixels',
    lineCapRounded: true,
    lineJointRounded: true,
    pointType: 'circle',
    getPointRadius: 4,
    pointRadiusUnits: 'pixels',
    updateTriggers: { getFillColor: palette, getLineColor: palette },
  });
