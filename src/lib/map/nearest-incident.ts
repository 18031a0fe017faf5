import type { LngLat } from '$api/positions/contract.ts';
import { distancePx, lngLatOfMercator, mercatorOf } from '$lib/geo/mercator.ts';
import { rowIntegers, type IncidentColumns } from '$lib/state/incident-columns.ts';
import { passes, type IncidentBounds } from '$lib/state/incident-filter.ts';

/**
 * Row of the shown incident nearest to a place on the map, at most so many CSS pixels away; -1: none. Where two lie
 * alike, the later one, which is drawn on top. A million rows are a look of about a millisecond: to have the graphics
 * card draw them once more for every move of the pointer takes longer, on software rendering longer than a click may.
 */
export function nearestIncident(
  { rows, count }: IncidentColumns,
  bounds: IncidentBounds,
  place: LngLat,
  zoom: number,
  reachPx: number,
): number {
  const [x, y] = mercatorOf(place);
  const reach = reachPx / distancePx([0, 0], [360, 0], zoom);
  const [west, north] = lngLatOfMercator([x - reach, y - reach]).map((deg) => deg * 1e5) as LngLat;
  const [east, south] = lngLatOfMercator([x + reach, y + reach]).map((deg) => deg * 1e5) as LngLat;
  let nearest = -1;
  let nearestPx = reachPx;
  for (let i = 0, at = 0; i < count; i++, at += rowIntegers) {
    const lng = rows[at]!;
    if (lng < west || lng > east) continue;
    const lat = rows[at + 1]!;
    if (lat < south || lat > north || !passes(rows, at, bounds)) continue;
    const px = distancePx(place, [lng / 1e5, lat / 1e5], zoom);
    if (px <= nearestPx) [nearest, nearestPx] = [i, px];
  }
  return nearest;
}
