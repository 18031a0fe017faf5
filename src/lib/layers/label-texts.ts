import { isInBbox } from '$lib/geo/bbox.ts';
import { labelPointOf } from '$lib/geo/label-point.ts';
import type { Bbox } from '$api/positions/contract.ts';
import { staleAfterS, type Unit } from '$api/units/contract.ts';
import type { CallSign } from './label-layers.ts';
import { placeLabels, textWidthPx, type LabelCandidate, type Obstacle } from './place-labels.ts';
import type { SentinelMark } from './sentinel-clusters.ts';
import { labelSizePx, sentinelSizePx, unitRadiusPx } from './symbol-sizes.ts';
import type { GridFeature } from '$lib/state/base-data-state.svelte.ts';
import { unitKindOrder, type LiveUnits } from '$lib/state/live-units.ts';

/** What of the map is in sight. */
export interface Sight {
  zoom: number;
  bearingDeg: number;
  bbox: Bbox;
}

/** Numbers from here on, with the officer from there on: zooms at which a grid of 500 m has room for them. */
const gridNumberZoom = 13.2;
const gridOfficerZoom = 15;
const sentinelNameZoom = 15.5;
export const callSignZoom = 13.5;

/** Number and officer of each grid in sight. */
export function gridLabels(grids: readonly GridFeature[], { zoom, bbox, bearingDeg }: Sight): LabelCandidate[] {
  if (zoom < gridNumberZoom) return [];
  const candidates: LabelCandidate[] = [];
  for (const { id, geometry, properties } of grids) {
    const lngLat = labelPointOf(geometry);
    if (!lngLat || !isInBbox(bbox, lngLat)) continue;
    const text =
      zoom >= gridOfficerZoom && properties.officer ? `${properties.number}\n${properties.officer}` : properties.number;
    candidates.push({ id: String(id), text, lngLat, sizePx: labelSizePx(zoom), offsetPx: [0, 0], priority: 0 });
  }
  return placeLabels(candidates, { zoom, bearingDeg });
}

/** Names of the sentinel points that stand alone. */
export function sentinelLabels(marks: readonly SentinelMark[], { zoom, bearingDeg }: Sight): LabelCandidate[] {
  if (zoom < sentinelNameZoom) return [];
  const sizePx = labelSizePx(zoom) - 1;
  const candidates = marks.flatMap((mark) =>
    mark.kind === 'cluster'
      ? []
      : [
          {
            id: mark.id,
            text: mark.name,
            lngLat: mark.lngLat,
            sizePx,
            offsetPx: [0, sentinelSizePx(zoom) / 2 + sizePx * 0.75] as const,
            priority: 0,
          },
        ],
  );
  return placeLabels(candidates, { zoom, bearingDeg });
}

/** Call signs of the units in sight, the selected one always. */
export function callSigns(
  live: Pick<LiveUnits, 'count' | 'current' | 'previous' | 'numbers' | 'kinds' | 'observedAtMs'>,
  recordOf: (number: number) => Pick<Unit, 'callSign'> | undefined,
  { zoom, bbox, bearingDeg }: Sight,
  { selectedNumber, nowMs, shown }: { selectedNumber: number | undefined; nowMs: number; shown: ReadonlySet<string> },
): CallSign[] {
  const candidates: CallSign[] = [];
  const obstacles: Obstacle[] = [];
  const { current, previous, numbers, kinds, observedAtMs } = live;
  const sizePx = labelSizePx(zoom) - 1;
  for (let slot = 0; slot < live.count; slot++) {
    const number = numbers[slot]!;
    const isSelected = number === selectedNumber;
    if (zoom < callSignZoom && !isSelected) continue;
    const lngLat: [number, number] = [current[2 * slot]!, current[2 * slot + 1]!];
    if (!isInBbox(bbox, lngLat)) continue;
    const radiusPx = unitRadiusPx(zoom);
    obstacles.push({ id: String(number), lngLat, radiusPx });
    const record = recordOf(number);
    if (!record) continue;
    const besidePx = radiusPx * (isSelected ? 2 : 1.3);
    const halfWidth = textWidthPx(record.callSign, sizePx) / 2 + 6;
    candidates.push({
      id: String(number),
      text: record.callSign,
      lngLat,
      previousLngLat: [previous[2 * slot]!, previous[2 * slot + 1]!],
      sizePx,
      offsetPx: [0, besidePx + sizePx * 0.9],
      otherOffsetsPx: [
        [0, -besidePx - sizePx * 0.9],
        [besidePx + halfWidth, 0],
        [-besidePx - halfWidth, 0],
      ],
      priority: isSelected ? 1 : 0,
      isSelected,
      isStale: nowMs - observedAtMs[slot]! > staleAfterS[unitKindOrder[kinds[slot]!]!] * 1000,
    });
  }
  return placeLabels(candidates, { zoom, bearingDeg, shown, obstacles });
}
