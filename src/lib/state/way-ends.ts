import { doubled } from './doubled.ts';
import { SlotIndex } from './slot-index.ts';

const firstSize = 64;

/**
 * Where the way of each unit ends, and its last step up to there, as columns: an object a unit costs a tick of a city
 * milliseconds.
 */
export class WayEnds {
  count = 0;
  numbers = new Uint32Array(firstSize);
  /** lng, lat of the end. */
  places = new Float64Array(2 * firstSize);
  /** lng, lat where the last step began; the end itself where there is none. */
  fromPlaces = new Float64Array(2 * firstSize);
  atMs = new Float64Array(firstSize);
  fromAtMs = new Float64Array(firstSize);
  /** 1: nothing to go on from yet. */
  isBeginning = new Uint8Array(firstSize);
  readonly #slots = new SlotIndex();

  /** -1: this unit has not been seen. */
  slotOf(number: number): number {
    return this.#slots.slotOf(number);
  }

  /** @returns the slot, which is to begin. */
  append(number: number): number {
    if (this.count === this.numbers.length) this.#grow();
    const slot = this.count++;
    this.numbers[slot] = number;
    this.#slots.set(number, slot);
    return slot;
  }

  begin(slot: number, lng: number, lat: number, atMs: number): void {
    this.#put(this.places, slot, lng, lat);
    this.#put(this.fromPlaces, slot, lng, lat);
    this.atMs[slot] = atMs;
    this.fromAtMs[slot] = atMs;
    this.isBeginning[slot] = 1;
  }

  /** A step was made. */
  goOn(slot: number, lng: number, lat: number, atMs: number, fromAtMs: number): void {
    this.#put(this.fromPlaces, slot, this.places[2 * slot]!, this.places[2 * slot + 1]!);
    this.#put(this.places, slot, lng, lat);
    this.fromAtMs[slot] = fromAtMs;
    this.atMs[slot] = atMs;
    this.isBeginning[slot] = 0;
  }

  /** The last one takes the slot. */
  remove(slot: number): void {
    const last = --this.count;
    this.#slots.delete(this.numbers[slot]!);
    if (slot === last) return;
    for (const column of [this.numbers, this.atMs, this.fromAtMs, this.isBeginning])
      column.copyWithin(slot, last, last + 1);
    for (const column of [this.places, this.fromPlaces]) column.copyWithin(2 * slot, 2 * last, 2 * last + 2);
    this.#slots.set(this.numbers[slot]!, slot);
  }

  clear(): void {
    this.count = 0;
    this.#slots.clear();
  }

  #put(places: Float64Array, slot: number, lng: number, lat: number): void {
    places[2 * slot] = lng;
    places[2 * slot + 1] = lat;
  }

  #grow(): void {
    this.numbers = doubled(this.numbers);
    this.places = doubled(this.places);
    this.fromPlaces = doubled(this.fromPlaces);
    this.atMs = doubled(this.atMs);
    this.fromAtMs = doubled(this.fromAtMs);
    this.isBeginning = doubled(this.isBeginning);
  }
}
