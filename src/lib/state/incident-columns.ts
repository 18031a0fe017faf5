import { columnEpochMs, incidentSources, type IncidentSource } from '$api/incidents/contract.ts';
import type { LngLat } from '$api/positions/contract.ts';
import { planeX, planeY, type PlaneBox } from '$lib/geo/density.ts';
import type { LocalHours } from '$lib/geo/local-hours.ts';

/** A record batch as it came: rows of one length, categories by their place in `names`. */
export interface IncidentBatch {
  numbers: Uint32Array;
  lngs: Int32Array;
  lats: Int32Array;
  minutes: Int32Array;
  categories: Uint8Array;
  sources: Uint8Array;
  names: readonly string[];
}

export interface IncidentRow {
  index: number;
  number: number;
  lngLat: LngLat;
  atMs: number;
  category: string;
  source: IncidentSource;
}

/** Integers of one row: lng and lat in 1e-5 degrees, minutes since the columns' epoch, and `kind`. */
export const rowIntegers = 4;
/** Bits of `kind`: local hour 0–4, local weekday 5–7 (Monday 0), category 8–15, source 16–17. */
export const kindBits = { weekday: 5, category: 8, source: 16 } as const;

export const packKind = (localHour: number, category: number, source: number): number =>
  localHour | (category << kindBits.category) | (source << kindBits.source);

export const minuteMs = 60_000;
export const toMinutes = (timeMs: number): number => Math.floor((timeMs - columnEpochMs) / minuteMs);
export const toTimeMs = (minutes: number): number => columnEpochMs + minutes * minuteMs;

/**
 * All incidents of a station as the graphics card takes them, 16 bytes each, in the order of their numbers: never an
 * object. They grow in place; one that comes is written behind the last.
 */
export class IncidentColumns {
  count = 0;
  rows = new Int32Array(0);
  numbers = new Uint32Array(0);
  /** By code, in the order in which they were first met. */
  readonly categories: string[] = [];
  readonly #codes = new Map<string, number>();
  readonly #localHours: LocalHours;

  constructor(localHours: LocalHours) {
    this.#localHours = localHours;
  }

  /** The highest number there is; 0: none. What is asked for next comes after it. */
  get lastNumber(): number {
    return this.numbers[this.count - 1] ?? 0;
  }

  append({ numbers, lngs, lats, minutes, categories, sources, names }: IncidentBatch): void {
    const codes = names.map((name) => this.#codeOf(name));
    this.#reserve(this.count + numbers.length);
    const { rows } = this;
    this.numbers.set(numbers, this.count);
    for (let i = 0, at = rowIntegers * this.count; i < numbers.length; i++, at += rowIntegers) {
      rows[at] = lngs[i]!;
      rows[at + 1] = lats[i]!;
      rows[at + 2] = minutes[i]!;
      const localHour = this.#localHours.packed(toTimeMs(minutes[i]!));
      rows[at + 3] = packKind(localHour, codes[categories[i]!]!, sources[i]!);
    }
    this.count += numbers.length;
  }

  read(index: number): IncidentRow {
    const at = rowIntegers * index;
    const kind = this.rows[at + 3]!;
    return {
      index,
      number: this.numbers[index]!,
      lngLat: [this.rows[at]! / 1e5, this.rows[at + 1]! / 1e5],
      atMs: toTimeMs(this.rows[at + 2]!),
      category: this.categories[(kind >> kindBits.category) & 255]!,
      source: incidentSources[(kind >> kindBits.source) & 3]!,
    };
  }

  /** Where the incident with this number stands; -1: it is not here. */
  indexOf(number: number): number {
    let [low, high] = [0, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.numbers[middle]!;
      if (found === number) return middle;
      if (found < number) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** West, south, east, north on the plane of `density.ts`, from a place on it. Reads every row. */
  boxFrom(place: { x: number; y: number }): PlaneBox {
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = 0; at < rowIntegers * this.count; at += rowIntegers) {
      const [lng, lat] = [this.rows[at]!, this.rows[at + 1]!];
      if (lng < west) west = lng;
      if (lng > east) east = lng;
      if (lat < south) south = lat;
      if (lat > north) north = lat;
    }
    const [left, right] = [planeX(west / 1e5), planeX(east / 1e5)];
    return [left - place.x, planeY(south / 1e5) - place.y, right - place.x, planeY(north / 1e5) - place.y];
  }

  #codeOf(name: string): number {
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = Math.min(this.categories.length, 255);
      this.#codes.set(name, code);
      this.categories[code] ??= name;
    }
    return code;
  }

  #reserve(count: number): void {
    if (count <= this.numbers.length) return;
    const size = Math.max(1024, count, 2 * this.numbers.length);
    const [rows, numbers] = [new Int32Array(rowIntegers * size), new Uint32Array(size)];
    rows.set(this.rows.subarray(0, rowIntegers * this.count));
    numbers.set(this.numbers.subarray(0, this.count));
    [this.rows, this.numbers] = [rows, numbers];
  }
}
