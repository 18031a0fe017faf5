import type { UnitKind } from '$api/positions/contract.ts';

/** Order of the kinds in columns and on the GPU. */
export const unitKindOrder: readonly UnitKind[] = ['foot', 'car', 'bike', 'uav'];

/** One unit's newest fix, as the screen's words need it. */
export interface LivePosition {
  number: number;
  kind: UnitKind;
  lngLat: [lng: number, lat: number];
  speedMps: number | undefined;
  headingDeg: number | undefined;
  accuracyM: number | undefined;
  batteryPct: number | undefined;
  observedAtMs: number;
}

/** What one frame says of a unit. NaN: the device did not say. */
export interface LiveFix {
  lng: number;
  lat: number;
  kind: number;
  speedMps: number;
  headingDeg: number;
  accuracyM: number;
  batteryPct: number;
  observedAtMs: number;
}

/**
 * The units in sight as columns that grow in place: slot i of every column is one unit. Slots are dense; a unit that
 * leaves gives its slot to the last one. `previous` is where the marker was seen when the tick came, `current` where
 * it is to be at the tick's end: the GPU draws what lies between, so nothing here runs per frame.
 */
export class LiveUnits {
  count = 0;
  numbers = new Uint32Array(64);
  kinds = new Uint8Array(64);
  /** lng, lat per slot. */
  current = new Float64Array(128);
  previous = new Float64Array(128);
  headingsDeg = new Float32Array(64);
  speedsMps = new Float32Array(64);
  accuraciesM = new Float32Array(64);
  batteriesPct = new Float32Array(64);
  observedAtMs = new Float64Array(64);
  /** Slots whose `previous` differs from `current`. */
  readonly moving = new Set<number>();
  readonly #slots = new Map<number, number>();

  slotOf(number: number): number | undefined {
    return this.#slots.get(number);
  }

  /** Freezes where every marker is seen now: `progress` (0–1) of the way of the tick that ends. */
  settle(progress: number): void {
    const { previous, current } = this;
    for (const slot of this.moving) {
      for (let i = 2 * slot; i < 2 * slot + 2; i++) {
        previous[i] = progress >= 1 ? current[i]! : previous[i]! + (current[i]! - previous[i]!) * progress;
      }
      if (progress >= 1) this.moving.delete(slot);
    }
  }

  /** The unit is now there; a unit that was not known appears in place, without a way. */
  put(number: number, fix: LiveFix): void {
    const known = this.#slots.get(number);
    const slot = known ?? this.#append(number);
    const at = 2 * slot;
    if (known === undefined) {
      this.previous[at] = fix.lng;
      this.previous[at + 1] = fix.lat;
    }
    this.current[at] = fix.lng;
    this.current[at + 1] = fix.lat;
    if (this.previous[at] !== fix.lng || this.previous[at + 1] !== fix.lat) this.moving.add(slot);
    this.kinds[slot] = fix.kind;
    this.headingsDeg[slot] = fix.headingDeg;
    this.speedsMps[slot] = fix.speedMps;
    this.accuraciesM[slot] = fix.accuracyM;
    this.batteriesPct[slot] = fix.batteryPct;
    this.observedAtMs[slot] = fix.observedAtMs;
  }

  remove(number: number): void {
    const slot = this.#slots.get(number);
    if (slot === undefined) return;
    const last = --this.count;
    this.#slots.delete(number);
    this.moving.delete(slot);
    if (slot === last) return;
    for (const column of this.#columns()) {
      const width = column === this.current || column === this.previous ? 2 : 1;
      column.copyWithin(slot * width, last * width, (last + 1) * width);
    }
    this.#slots.set(this.numbers[slot]!, slot);
    if (this.moving.delete(last)) this.moving.add(slot);
  }

  clear(): void {
    this.count = 0;
    this.moving.clear();
    this.#slots.clear();
  }

  read(slot: number): LivePosition {
    const said = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
    return {
      number: this.numbers[slot]!,
      kind: unitKindOrder[this.kinds[slot]!]!,
      lngLat: [this.current[2 * slot]!, this.current[2 * slot + 1]!],
      speedMps: said(this.speedsMps[slot]!),
      headingDeg: said(this.headingsDeg[slot]!),
      accuracyM: said(this.accuraciesM[slot]!),
      batteryPct: said(this.batteriesPct[slot]!),
      observedAtMs: this.observedAtMs[slot]!,
    };
  }

  #append(number: number): number {
    if (this.count === this.numbers.length) this.#grow();
    const slot = this.count++;
    this.numbers[slot] = number;
    this.#slots.set(number, slot);
    return slot;
  }

  #columns() {
    return [
      this.numbers,
      this.kinds,
      this.current,
      this.previous,
      this.headingsDeg,
      this.speedsMps,
      this.accuraciesM,
      this.batteriesPct,
      this.observedAtMs,
    ];
  }

  #grow(): void {
    const doubled = <T extends Uint32Array | Uint8Array | Float64Array | Float32Array>(column: T): T => {
      const bigger = new (column.constructor as new (length: number) => T)(column.length * 2);
      bigger.set(column);
      return bigger;
    };
    this.numbers = doubled(this.numbers);
    this.kinds = doubled(this.kinds);
    this.current = doubled(this.current);
    this.previous = doubled(this.previous);
    this.headingsDeg = doubled(this.headingsDeg);
    this.speedsMps = doubled(this.speedsMps);
    this.accuraciesM = doubled(this.accuraciesM);
    this.batteriesPct = doubled(this.batteriesPct);
    this.observedAtMs = doubled(this.observedAtMs);
  }
}
