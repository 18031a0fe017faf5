import { isKnown, silenceMs, type ReplayTracks } from './replay-tracks.ts';

/** How far a cursor is moved fix by fix before it is looked for. */
const fewFixes = 16;
/** Where fixes lie closer than this (1e-5 degrees) they say nothing of a direction. */
const stillUnits = 2;

/**
 * Where units were at one moment, as columns that are written over for the next. Slot i of every column is one unit that
 * is to be seen; those whose whereabouts nobody knows have no slot.
 */
export class ReplayPlaces {
  count = 0;
  /** Index of the unit in the tracks. */
  units: Uint32Array<ArrayBuffer>;
  /** Station-local number. */
  numbers: Uint32Array<ArrayBuffer>;
  kinds: Uint8Array<ArrayBuffer>;
  /** lng, lat per slot. */
  current: Float64Array<ArrayBuffer>;
  /** NaN: nobody said, and it stood still. */
  headingsDeg: Float32Array<ArrayBuffer>;
  /** Age of what is shown: 0 between two fixes, else since the last one before a silence. */
  agesMs: Float64Array<ArrayBuffer>;
  /** Last fix at or before the moment, by unit of the tracks; -1: none. */
  readonly cursors: Int32Array;
  readonly #slots: Int32Array;

  constructor(unitCount: number) {
    this.units = new Uint32Array(unitCount);
    this.numbers = new Uint32Array(unitCount);
    this.kinds = new Uint8Array(unitCount);
    this.current = new Float64Array(2 * unitCount);
    this.headingsDeg = new Float32Array(unitCount);
    this.agesMs = new Float64Array(unitCount);
    this.cursors = new Int32Array(unitCount).fill(-1);
    this.#slots = new Int32Array(unitCount).fill(-1);
  }

  /** -1: the unit is not to be seen. */
  slotOf(unit: number): number {
    return this.#slots[unit] ?? -1;
  }

  begin(): void {
    this.count = 0;
    this.#slots.fill(-1);
  }

  put(unit: number, number: number, kind: number, lng: number, lat: number): number {
    const slot = this.count++;
    this.units[slot] = unit;
    this.numbers[slot] = number;
    this.kinds[slot] = kind;
    this.current[2 * slot] = lng;
    this.current[2 * slot + 1] = lat;
    this.#slots[unit] = slot;
    return slot;
  }
}

/**
 * Writes where each unit was at a moment. Between two fixes a unit is on the straight way from one to the other; where
 * they are further apart in time than its kind may be silent nobody knows the way: it is kept at the last fix for as
 * long as a silent unit is shown, with its age, and then not shown at all.
 * @param atMs since the tracks' `from`
 * @param chosen numbers of the units to show; undefined: all
 */
export function placesAt(tracks: ReplayTracks, atMs: number, places: ReplayPlaces, chosen?: ReadonlySet<number>): void {
  const { times, lngs, lats, starts, kinds } = tracks;
  places.begin();
  for (let unit = 0; unit < tracks.units.length; unit++) {
    const { number } = tracks.units[unit]!;
    if (chosen && !chosen.has(number)) continue;
    const fix = moveCursor(tracks, unit, atMs, places.cursors[unit]!);
    places.cursors[unit] = fix;
    if (fix < 0) continue;
    const kind = kinds[unit]!;
    const limit = silenceMs[kind]!;
    const next = fix + 1;
    const since = atMs - times[fix]!;
    const between = next < starts[unit + 1]! ? times[next]! - times[fix]! : Infinity;
    const isOnTheWay = between <= limit;
    if (!isOnTheWay && since > limit) continue;
    const part = isOnTheWay && between > 0 ? since / between : 0;
    const [lng, lat] = [lngs[fix]!, lats[fix]!];
    const [east, north] = isOnTheWay ? [lngs[next]! - lng, lats[next]! - lat] : [0, 0];
    const slot = places.put(unit, number, kind, (lng + east * part) / 1e5, (lat + north * part) / 1e5);
    places.agesMs[slot] = isOnTheWay ? 0 : since;
    places.headingsDeg[slot] = headingOf(tracks.headings[fix]!, east, north, lat);
  }
}

function headingOf(told: number, east: number, north: number, lat: number): number {
  if (isKnown(told)) return told;
  if (Math.abs(east) + Math.abs(north) < stillUnits) return NaN;
  const narrow = Math.cos((lat * 1e-5 * Math.PI) / 180);
  return ((Math.atan2(east * narrow, north) * 180) / Math.PI + 360) % 360;
}

/** From where the last frame left it: a clock that plays needs a step or none. */
function moveCursor(tracks: ReplayTracks, unit: number, atMs: number, cursor: number): number {
  const { times, starts } = tracks;
  const end = starts[unit + 1]!;
  if (cursor >= 0 && times[cursor]! <= atMs) {
    for (let steps = 0; steps < fewFixes; steps++, cursor++)
      if (cursor + 1 >= end || times[cursor + 1]! > atMs) return cursor;
  }
  return tracks.findFix(unit, atMs);
}
