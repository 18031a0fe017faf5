import { unitKinds } from '$api/positions/contract.ts';
import { staleAfterS } from '$api/units/contract.ts';
import type { LiveUnits } from '$lib/state/live-units.ts';
import { trailLifeMs, type Trails } from '$lib/state/trails.ts';
import type { ReadFrameTime } from './movement.ts';
import { placeOf } from './order.ts';
import type { MapPalette } from './palette.ts';
import { unitRadiusPx } from './symbol-sizes.ts';
import { packTrailColumns } from './trail-columns.ts';
import { TrailLayer } from './trail-layer.ts';
import { UnitMarkerLayer } from './unit-marker-layer.ts';
import type { UnitRows } from './unit-rows.ts';

const staleLimits = unitKinds.map((kind) => staleAfterS[kind]);

export interface UnitMarkerOptions {
  live: LiveUnits;
  /** Of the newest tick. */
  readRows: () => UnitRows;
  palette: MapPalette;
  zoom: number;
  pictograms: OffscreenCanvas;
  selectedNumber: number | undefined;
  readFrameTime: ReadFrameTime;
}

/** All units in sight in one draw call. */
export const createUnitMarkersLayer = ({
  live,
  readRows,
  palette,
  zoom,
  pictograms,
  selectedNumber,
  readFrameTime,
}: UnitMarkerOptions) =>
  new UnitMarkerLayer({
    ...placeOf('unit-markers'),
    pickable: true,
    readRows,
    pictograms,
    radiusPx: unitRadiusPx(zoom),
    readSelectedIndex: () => (selectedNumber === undefined ? undefined : live.slotOf(selectedNumber)) ?? -1,
    kindColors: unitKinds.map((kind) => palette.units[kind]),
    inkColor: palette.unitInk,
    rimColor: palette.rim,
    staleColor: palette.stale,
    selectedColor: palette.selected,
    staleAfterS: staleLimits,
    readFrameTime,
  });

/** One layer a chunk: those that are full keep their data and so cost nothing. */
export const createTrailLayers = (trails: Trails, palette: MapPalette, zoom: number, readFrameTime: ReadFrameTime) =>
  trails.chunks.map(
    (chunk) =>
      new TrailLayer({
        ...placeOf('trails'),
        id: `trails-${chunk.id}`,
        data: packTrailColumns(chunk) as never,
        kindColors: unitKinds.map((kind) => palette.units[kind]),
        widthPx: Math.max(2.25, unitRadiusPx(zoom) * 0.54),
        lifeS: trailLifeMs / 1000,
        readFrameTime,
      }),
  );
