import { ScatterplotLayer } from '@deck.gl/layers';
import { unitKinds } from '$api/positions/contract.ts';
import { staleAfterS } from '$api/units/contract.ts';
import type { ReplayEvent } from '$lib/state/replay-events.ts';
import type { ReplayTrails } from '$lib/state/replay-trails.ts';
import { trailLifeMs } from '$lib/state/trails.ts';
import type { FrameTime } from './movement.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette } from './palette.ts';
import { packReplayTrails } from './replay-columns.ts';
import { incidentRadiusPx, unitRadiusPx } from './symbol-sizes.ts';
import { TrailLayer } from './trail-layer.ts';
import { UnitMarkerLayer } from './unit-marker-layer.ts';
import type { UnitRows } from './unit-rows.ts';

/** Places are those of the moment, and times are told from it: nothing is on its way and nothing ages by itself. */
const still: FrameTime = { progress: 1, nowS: 0, tickS: 0 };
export const readStill = (): FrameTime => still;
const staleLimits = unitKinds.map((kind) => staleAfterS[kind]);

interface Look {
  palette: MapPalette;
  zoom: number;
}

/** Units where they were, hollow where the last fix before a silence was. */
export const createReplayMarkersLayer = (
  rows: UnitRows,
  { palette, zoom, pictograms, selectedSlot }: Look & { pictograms: OffscreenCanvas; selectedSlot: number },
) =>
  new UnitMarkerLayer({
    ...placeOf('replay-markers'),
    pickable: true,
    readRows: () => rows,
    pictograms,
    radiusPx: unitRadiusPx(zoom),
    readSelectedIndex: () => selectedSlot,
    kindColors: unitKinds.map((kind) => palette.units[kind]),
    inkColor: palette.unitInk,
    rimColor: palette.rim,
    staleColor: palette.stale,
    selectedColor: palette.selected,
    staleAfterS: staleLimits,
    readFrameTime: readStill,
  });

export const createReplayTrailsLayer = (trails: ReplayTrails, { palette, zoom }: Look) =>
  new TrailLayer({
    ...placeOf('replay-trails'),
    data: packReplayTrails(trails) as never,
    kindColors: unitKinds.map((kind) => palette.units[kind]),
    widthPx: Math.max(2.25, unitRadiusPx(zoom) * 0.54),
    lifeS: trailLifeMs / 1000,
    readFrameTime: readStill,
  });

type Placed = ReplayEvent & { lngLat: [number, number] };
export const hasPlace = (event: ReplayEvent): event is Placed => event.lngLat !== null;

/** Incidents of the period that have happened by now. @param happened the same array as long as they are the same */
export const createReplayIncidentsLayer = (happened: readonly Placed[], { palette, zoom }: Look) =>
  new ScatterplotLayer<Placed>({
    ...placeOf('replay-incidents'),
    data: happened as Placed[],
    pickable: true,
    getPosition: ({ lngLat }) => lngLat,
    getRadius: incidentRadiusPx(zoom) + 2,
    radiusUnits: 'pixels',
    getFillColor: withAlpha(palette.incident, 255),
    stroked: true,
    getLineColor: withAlpha(palette.incidentRim, 255),
    getLineWidth: 1.5,
    lineWidthUnits: 'pixels',
    updateTriggers: { getFillColor: palette, getLineColor: palette, getRadius: zoom },
  });

/** A ring around what happened just now, which grows and fades. */
export const createFlashesLayer = (fresh: readonly { event: Placed; age: number }[], { palette, zoom }: Look) =>
  new ScatterplotLayer<{ event: Placed; age: number }>({
    ...placeOf('incident-flashes'),
    data: fresh as { event: Placed; age: number }[],
    getPosition: ({ event }) => event.lngLat,
    getRadius: ({ age }) => incidentRadiusPx(zoom) + 6 + 22 * age,
    radiusUnits: 'pixels',
    filled: false,
    stroked: true,
    getLineColor: ({ age }) => withAlpha(palette.selected, Math.round(255 * (1 - age))),
    getLineWidth: 3,
    lineWidthUnits: 'pixels',
  });
