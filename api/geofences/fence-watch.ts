import type { LatestFix, LivePublisher } from '../positions/latest-fixes.ts';
import type { Geofence } from './contract.ts';
import { isActive } from './is-active.ts';
import { judgeSide, marginOf, unknownSide, type Side } from './judge-side.ts';
import { measureArea, measureClearance, metresPerLat, type MeasuredArea } from './measure-clearance.ts';
import type { Stay } from './stay-queries.ts';

/** What fixes decided about a unit and a geofence. */
export interface FenceEvent {
  /** `side`: it is inside or outside now; `dwell`: it has been inside for longer than the geofence allows. */
  kind: 'side' | 'dwell';
  fence: Geofence;
  unitNumber: number;
  isInside: boolean;
  /** Nothing was known before: it did not cross, it was there when it was first seen. */
  isFirst: boolean;
  /** Whether the geofence raises alerts at this hour. */
  isActive: boolean;
  sinceMs: number;
  /** The deciding fix. */
  atMs: number;
  lng: number;
  lat: number;
}

interface WatchedFence {
  fence: Geofence;
  area: MeasuredArea;
  areaText: string;
  timeZone: string;
}

interface WatchedUnit {
  atMs: number;
  /** By place in `fences`. */
  sides: Side[];
  isDwellTold: boolean[];
  /** Known to be outside of all, with nothing against it: a fix far from all of them changes nothing. */
  isOutside: boolean;
}

interface WatchedStation {
  fences: readonly WatchedFence[];
  /** Around all of them, degrees. */
  west: number;
  south: number;
  east: number;
  north: number;
  units: Map<number, WatchedUnit>;
}

/**
 * Geofences in memory, beside the path of fixes: told of each newest fix after its commit. A station without geofences
 * costs one look-up a fix; a unit far from all of them a comparison more; nothing is allocated but for a unit's first fix.
 */
export class FenceWatch implements LivePublisher {
  #stations = new Map<string, WatchedStation>();
  #onEvent: (event: FenceEvent) => void = () => {};

  onEvent(listener: (event: FenceEvent) => void): void {
    this.#onEvent = listener;
  }

  /**
   * Takes a station's geofences as they are now. What is known of units stays where the area stays.
   * @param stays what was known before a restart
   */
  setStation(
    stationId: string,
    fences: readonly (Geofence & { timeZone: string })[],
    stays: readonly Stay[] = [],
  ): void {
    const before = this.#stations.get(stationId);
    if (fences.length === 0) {
      this.#stations.delete(stationId);
      return;
    }
    const watched = fences.map(({ timeZone, ...fence }) => {
      const areaText = JSON.stringify(fence.area);
      const known = before?.fences.find((one) => one.fence.id === fence.id && one.areaText === areaText);
      return { fence, areaText, timeZone, area: known?.area ?? measureArea(fence.area) };
    });
    const station: WatchedStation = {
      fences: watched,
      west: Math.min(...watched.map(({ area }) => area.west)),
      south: Math.min(...watched.map(({ area }) => area.south)),
      east: Math.max(...watched.map(({ area }) => area.east)),
      north: Math.max(...watched.map(({ area }) => area.north)),
      units: new Map(),
    };
    for (const [unitNumber, unit] of before?.units ?? []) {
      const carried = newUnit(watched.length, unit.atMs);
      watched.forEach(({ fence, area }, index) => {
        const old = before!.fences.findIndex((one) => one.fence.id === fence.id && one.area === area);
        if (old < 0) return;
        carried.sides[index] = unit.sides[old]!;
        carried.isDwellTold[index] = unit.isDwellTold[old]!;
      });
      station.units.set(unitNumber, carried);
    }
    for (const { geofenceId, unitNumber, isInside, sinceMs, isDwellTold } of stays) {
      const index = watched.findIndex(({ fence }) => fence.id === geofenceId);
      if (index < 0) continue;
      const unit = station.units.get(unitNumber) ?? newUnit(watched.length, -Infinity);
      station.units.set(unitNumber, unit);
      unit.sides[index] = { ...unknownSide(), isInside, sinceMs };
      unit.isDwellTold[index] = isDwellTold;
    }
    this.#stations.set(stationId, station);
  }

  publishFixes(fixes: readonly LatestFix[]): void {
    for (const fix of fixes) {
      const station = this.#stations.get(fix.stationId);
      if (station !== undefined) this.#take(station, fix);
    }
  }

  /** Off duty: what is known of it is forgotten. */
  publishRemoval(stationId: string, unitNumber: number): void {
    this.#stations.get(stationId)?.units.delete(unitNumber);
  }

  #take(station: WatchedStation, fix: LatestFix): void {
    const { lng, lat, accuracyM, observedAtMs: atMs } = fix;
    let unit = station.units.get(fix.unitNumber);
    if (unit === undefined) station.units.set(fix.unitNumber, (unit = newUnit(station.fences.length, -Infinity)));
    // Told again when the unit's kind changed.
    if (atMs <= unit.atMs) return;
    unit.atMs = atMs;
    const marginM = marginOf(accuracyM);
    if (unit.isOutside && isBeyond(station, lng, lat, marginM)) return;
    unit.isOutside = true;
    for (let index = 0; index < station.fences.length; index++) {
      const { fence, area, timeZone } = station.fences[index]!;
      if (fence.unitKinds.length > 0 && !fence.unitKinds.includes(fix.unitKind)) continue;
      const side = unit.sides[index]!;
      const isFirst = side.isInside === null;
      // Beyond its box by more than the margin is clearly outside, whatever its shape.
      const clearanceM = isBeyond(area, lng, lat, marginM) ? -Infinity : measureClearance(area, lng, lat);
      if (judgeSide(side, atMs, clearanceM, accuracyM)) {
        unit.isDwellTold[index] = false;
        this.#tell('side', fence, side, fix, isFirst, isActive(fence.activeHours, atMs, timeZone));
      }
      if (
        side.isInside === true &&
        side.against === 0 &&
        fence.dwellMinutes !== null &&
        !unit.isDwellTold[index] &&
        atMs - side.sinceMs >= fence.dwellMinutes * 60_000 &&
        isActive(fence.activeHours, atMs, timeZone)
      ) {
        unit.isDwellTold[index] = true;
        this.#tell('dwell', fence, side, fix, false, true);
      }
      if (side.isInside !== false || side.against !== 0) unit.isOutside = false;
    }
  }

  #tell(
    kind: FenceEvent['kind'],
    fence: Geofence,
    { isInside, sinceMs }: Side,
    { unitNumber, observedAtMs: atMs, lng, lat }: LatestFix,
    isFirst: boolean,
    active: boolean,
  ): void {
    this.#onEvent({
      kind,
      fence,
      unitNumber,
      isInside: isInside === true,
      isFirst,
      isActive: active,
      sinceMs,
      atMs,
      lng,
      lat,
    });
  }
}

const newUnit = (fences: number, atMs: number): WatchedUnit => ({
  atMs,
  sides: Array.from({ length: fences }, unknownSide),
  isDwellTold: Array.from({ length: fences }, () => false),
  isOutside: false,
});

function isBeyond(
  { west, south, east, north }: Pick<WatchedStation, 'west' | 'south' | 'east' | 'north'>,
  lng: number,
  lat: number,
  marginM: number,
): boolean {
  const latDeg = marginM / metresPerLat;
  if (lat < south - latDeg || lat > north + latDeg) return true;
  const lngDeg = latDeg / Math.cos((lat * Math.PI) / 180);
  return lng < west - lngDeg || lng > east + lngDeg;
}
