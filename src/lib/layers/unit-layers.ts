import { unitKinds } from '$api/positions/contract.ts';
import { staleAfterS } from '$api/units/contract.ts';
import type { LiveUnits } from '$lib/state/live-units.ts';
import type { ReadFrameTime } from './movement.ts';
import { placeOf } from './order.ts';
import type { MapPalette } from './palette.ts';
import { unitRadiusPx } from './symbol-sizes.ts';
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
