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

/** Rows from ≤ i < to that were written over; `to` Infinity: all from there on stand elsewhere than before. */
export interface PatchedRows {
  from: number;
  to: number;
}

/**
 * All incidents of a station as the graphics card takes them, 16 bytes each, in the order of their numbers: never an
 * object. They grow in place; one that comes is written behind the last, and one that changed over itself.
 */
export class IncidentColumns {
  count = 0;
  rows = new Int32Array(0);
  numbers = new Uint32Array(0);
  /** By code, in the order in which they were first met. */
  readonly categories: string[] = [];
  /** Every change of rows that stood already, in order: who copied rows reads on from where they were. */
  readonly patched: PatchedRows[] = [];
  readonly #codes = new Map<string, number>();
  readonly #localHours: LocalHours;

  constructor(localHours: LocalHours) {
    this.#localHours = localHours;
  }

  /** The highest number there is; 0: none. What is asked for next comes after it. */
  get lastNumber(): number {
    return this.numbers[this.count - 1] ?? 0;
  }

  append(batch: IncidentBatch): void {
    const { numbers, names } = batch;
    const codes = names.map((name) => this.#codeOf(name));
    this.#reserve(this.count + numbers.length);
    this.numbers.set(numbers, this.count);
    for (let i = 0; i < numbers.length; i++) this.#write(this.count + i, batch, i, codes);
    this.count += numbers.length;
  }

  /** Rows as they are now, in the order of their numbers: known ones change in place, others come where they belong. */
  merge(batch: IncidentBatch): void {
    const { numbers, names } = batch;
    if (numbers.length === 0) return;
    if (numbers[0]! > this.lastNumber) {
      this.append(batch);
      return;
    }
    const codes = names.map((name) => this.#codeOf(name));
    for (let i = 0; i < numbers.length; i++) {
      const index = this.#lowerBound(numbers[i]!);
      const isKnown = index < this.count && this.numbers[index] === numbers[i];
      if (!isKnown) this.#makeRoom(index, numbers[i]!);
      this.#write(index, batch, i, codes);
      this.patched.push({ from: index, to: isKnown ? index + 1 : Infinity });
    }
  }

  /** Withdrawn: those behind move up. */
  remove(numbers: readonly number[]): void {
    for (const number of numbers) {
      const index = this.indexOf(number);
      if (index < 0) continue;
      this.rows.copyWithin(rowIntegers * index, rowIntegers * (index + 1), rowIntegers * this.count);
      this.numbers.copyWithin(index, index + 1, this.count);
      this.count--;
      this.patched.push({ from: index, to: Infinity });
    }
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
    const index = this.#lowerBound(number);
    return index < this.count && this.numbers[index] === number ? index : -1;
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

  /** Where a number stands or would stand. */
  #lowerBound(number: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.numbers[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #write(index: number, batch: IncidentBatch, i: number, codes: readonly number[]): void {
    const at = rowIntegers * index;
    const minute = batch.minutes[i]!;
    this.rows[at] = batch.lngs[i]!;
    this.rows[at + 1] = batch.lats[i]!;
    this.rows[at + 2] = minute;
    this.rows[at + 3] = packKind(
      this.#localHours.packed(toTimeMs(minute)),
      codes[batch.categories[i]!]!,
      batch.sources[i]!,
    );
  }

  #makeRoom(index: number, number: number): void {
    this.#reserve(this.count + 1);
    this.rows.copyWithin(rowIntegers * (index + 1), rowIntegers * index, rowIntegers * this.count);
    this.numbers.copyWithin(index + 1, index, this.count);
    this.numbers[index] = number;
    this.count++;
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
