import { unitKinds, type UnitKind } from '$api/positions/contract.ts';
import { doubled } from './doubled.ts';
import { SlotIndex } from './slot-index.ts';

/** One unit's newest fix, as the screen's words need it. */
export interface LivePosition {
  number: number;
  kind: UnitKind;
  lngLat: [lng: number, lat: number];
  /** Undefined: the device did not say. */
  headingDeg: number | undefined;
  observedAtMs: number;
}

/** Order of the kinds in columns, on the GPU and in every list of the screen. */
export const unitKindOrder = unitKinds;

const firstSize = 64;

/** Time between two live ticks, and so how long a marker takes from one fix to the next, ms. */
export const tickMs = 1000;

/** How far the markers are on their way, 0–1, `nowMs` being `performance.now()`. */
export const progressOf = (tickedAtMs: number, nowMs: number): number =>
  Math.min(1, Math.max(0, (nowMs - tickedAtMs) / tickMs));

/**
 * The units in sight as columns that grow in place: slot i of every column is one unit. Slots are dense; a unit that
 * leaves gives its slot to the last one. `previous` is where the marker was seen when the tick came, `current` where
 * it is to be at the tick's end: the GPU draws what lies between, so nothing here runs per frame.
 */
export class LiveUnits {
  count = 0;
  numbers = new Uint32Array(firstSize);
  /** Index into `unitKinds`. */
  kinds = new Uint8Array(firstSize);
  /** The live cell the unit was last told in. */
  cells = new Uint32Array(firstSize);
  /** lng, lat per slot. */
  current = new Float64Array(2 * firstSize);
  previous = new Float64Array(2 * firstSize);
  /** NaN: the device did not say. */
  headingsDeg = new Float32Array(firstSize);
  observedAtMs = new Float64Array(firstSize);
  /** 1: `previous` differs from `current`. A column, because a set of all units, made anew each tick, costs milliseconds. */
  moving = new Uint8Array(firstSize);
  #movingCount = 0;
  readonly #slots = new SlotIndex();

  get movingCount(): number {
    return this.#movingCount;
  }

  /** Undefined: not in sight. */
  slotOf(number: number): number | undefined {
    const slot = this.#slots.slotOf(number);
    return slot < 0 ? undefined : slot;
  }

  /** Freezes where every marker is seen now: `progress` (0–1) of the way of the tick that ends. */
  settle(progress: number): void {
    const { previous, current, moving, count } = this;
    if (this.#movingCount === 0) return;
    if (progress >= 1) {
      previous.set(current.subarray(0, 2 * count));
      moving.fill(0, 0, count);
      this.#movingCount = 0;
      return;
    }
    for (let slot = 0; slot < count; slot++) {
      if (moving[slot] === 0) continue;
      const at = 2 * slot;
      previous[at]! += (current[at]! - previous[at]!) * progress;
      previous[at + 1]! += (current[at + 1]! - previous[at + 1]!) * progress;
    }
  }

  /**
   * The unit is now there; one that was not known appears in place, without a way. `kind` undefined: as before.
   * @returns its slot.
   */
  put(number: number, lng: number, lat: number, cell: number, kind?: number): number {
    const known = this.#slots.slotOf(number);
    const slot = known < 0 ? this.#append(number) : known;
    const at = 2 * slot;
    const { previous, current } = this;
    if (known < 0) {
      previous[at] = lng;
      previous[at + 1] = lat;
    }
    current[at] = lng;
    current[at + 1] = lat;
    if (this.moving[slot] === 0 && (previous[at] !== lng || previous[at + 1] !== lat)) {
      this.moving[slot] = 1;
      this.#movingCount++;
    }
    this.cells[slot] = cell;
    if (kind !== undefined) this.kinds[slot] = kind;
    return slot;
  }

  remove(number: number): void {
    const slot = this.#slots.slotOf(number);
    if (slot < 0) return;
    const last = --this.count;
    this.#slots.delete(number);
    this.#movingCount -= this.moving[slot]!;
    if (slot === last) return;
    for (const column of [this.numbers, this.kinds, this.cells, this.headingsDeg, this.observedAtMs, this.moving])
      column.copyWithin(slot, last, last + 1);
    for (const column of [this.current, this.previous]) column.copyWithin(2 * slot, 2 * last, 2 * last + 2);
    this.#slots.set(this.numbers[slot]!, slot);
  }

  clear(): void {
    this.count = 0;
    this.#movingCount = 0;
    this.#slots.clear();
  }

  read(slot: number): LivePosition {
    const headingDeg = this.headingsDeg[slot]!;
    return {
      number: this.numbers[slot]!,
      kind: unitKinds[this.kinds[slot]!]!,
      lngLat: [this.current[2 * slot]!, this.current[2 * slot + 1]!],
      headingDeg: Number.isNaN(headingDeg) ? undefined : headingDeg,
      observedAtMs: this.observedAtMs[slot]!,
    };
  }

  #append(number: number): number {
    if (this.count === this.numbers.length) this.#grow();
    const slot = this.count++;
    this.numbers[slot] = number;
    this.kinds[slot] = 0;
    this.moving[slot] = 0;
    this.headingsDeg[slot] = NaN;
    this.#slots.set(number, slot);
    return slot;
  }

  #grow(): void {
    this.numbers = doubled(this.numbers);
    this.kinds = doubled(this.kinds);
    this.cells = doubled(this.cells);
    this.current = doubled(this.current);
    this.previous = doubled(this.previous);
    this.headingsDeg = doubled(this.headingsDeg);
    this.observedAtMs = doubled(this.observedAtMs);
    this.moving = doubled(this.moving);
  }
}
