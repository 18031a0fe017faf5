import { unitKinds, type UnitKind } from '$api/positions/contract.ts';
import { unknownFact, type TrackedUnit } from '$api/tracks/contract.ts';
import { staleAfterS } from '$api/units/contract.ts';

/** A record batch of tracks as it came: rows of one length. */
export interface TrackBatch {
  units: Uint8Array | Uint16Array | Uint32Array;
  lngs: Int32Array;
  lats: Int32Array;
  times: Uint32Array;
  headings: Int16Array;
}

/** About 12 m: below it the receiver's noise is longer than the way, and a trail becomes a saw. */
const minStep = 12;

/** So long a unit of each kind may be silent before nobody can say where it was, ms, in the order of `unitKinds`. */
export const silenceMs: readonly number[] = unitKinds.map((kind) => staleAfterS[kind] * 1000);

/**
 * The fixes of a period as columns, 14 bytes each and never an object: those of a unit lie together, in the order of
 * time. Places are in 1e-5 degrees, times in milliseconds since `from`.
 */
export class ReplayTracks {
  readonly from: number;
  readonly units: readonly TrackedUnit[];
  readonly lngs: Int32Array;
  readonly lats: Int32Array;
  readonly times: Uint32Array;
  /** Degrees; -1: the device did not say. */
  readonly headings: Int16Array;
  /** The fixes of unit i are those from starts[i] to before starts[i + 1]. */
  readonly starts: Uint32Array;
  /** Index into `unitKinds` by unit. */
  readonly kinds: Uint8Array;
  /** Fixes a trail goes through: far enough apart, and both ends of every silence. */
  readonly steps: Uint32Array;
  /** Whether the unit was silent for too long before that step, so that no way leads to it. */
  readonly isBeginning: Uint8Array;
  readonly stepStarts: Uint32Array;

  /** @param batches in any order, as long as the rows of one device come in the order of time */
  constructor(from: number, units: readonly TrackedUnit[], batches: readonly TrackBatch[]) {
    this.from = from;
    this.units = units;
    this.kinds = Uint8Array.from(units, ({ kind }: { kind: UnitKind }) => unitKinds.indexOf(kind));
    const places = new Map(units.map(({ number }, index) => [number, index]));
    this.starts = countStarts(units.length, batches, places);
    const count = this.starts[units.length]!;
    this.lngs = new Int32Array(count);
    this.lats = new Int32Array(count);
    this.times = new Uint32Array(count);
    this.headings = new Int16Array(count);
    this.#fill(batches, places);
    for (let unit = 0; unit < units.length; unit++) this.#sort(this.starts[unit]!, this.starts[unit + 1]!);
    const steps = this.#findSteps();
    this.steps = Uint32Array.from(steps.steps);
    this.isBeginning = Uint8Array.from(steps.isBeginning);
    this.stepStarts = Uint32Array.from(steps.starts);
  }

  get count(): number {
    return this.times.length;
  }

  /** Index of a unit's number; -1: it is not here. */
  indexOf(number: number): number {
    return this.units.findIndex((unit) => unit.number === number);
  }

  /** The last fix of a unit at or before this moment (ms since `from`), found anew; -1: none. */
  findFix(unit: number, atMs: number): number {
    let [low, high] = [this.starts[unit]!, this.starts[unit + 1]!];
    const first = low;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle]! <= atMs) low = middle + 1;
      else high = middle;
    }
    return low === first ? -1 : low - 1;
  }

  /** When a unit was silent for too long within the period [0, lengthMs], ms since `from`. */
  gapsOf(unit: number, lengthMs: number): [fromMs: number, toMs: number][] {
    const limit = silenceMs[this.kinds[unit]!]!;
    const gaps: [number, number][] = [];
    let last = 0;
    for (let fix = this.starts[unit]!; fix < this.starts[unit + 1]!; fix++) {
      const time = this.times[fix]!;
      if (time - last > limit) gaps.push([last, time]);
      last = time;
    }
    if (lengthMs - last > limit) gaps.push([last, lengthMs]);
    return gaps;
  }

  #fill(batches: readonly TrackBatch[], places: ReadonlyMap<number, number>): void {
    const next = this.starts.slice();
    for (const { units, lngs, lats, times, headings } of batches) {
      for (let row = 0; row < units.length; row++) {
        const place = places.get(units[row]!);
        if (place === undefined) continue;
        const at = next[place]!++;
        this.lngs[at] = lngs[row]!;
        this.lats[at] = lats[row]!;
        this.times[at] = times[row]!;
        this.headings[at] = headings[row]!;
      }
    }
  }

  /** A unit with several devices came device by device. */
  #sort(start: number, end: number): void {
    const { times } = this;
    let isSorted = true;
    for (let fix = start + 1; fix < end && isSorted; fix++) isSorted = times[fix - 1]! <= times[fix]!;
    if (isSorted) return;
    const order = Uint32Array.from({ length: end - start }, (_, i) => start + i).sort((a, b) => times[a]! - times[b]!);
    for (const column of [this.lngs, this.lats, this.headings, this.times]) {
      const sorted = column.slice(start, end);
      for (let i = 0; i < order.length; i++) sorted[i] = column[order[i]!]!;
      column.set(sorted, start);
    }
  }

  #findSteps(): { steps: number[]; isBeginning: number[]; starts: number[] } {
    const steps: number[] = [];
    const isBeginning: number[] = [];
    const starts = [0];
    for (let unit = 0; unit < this.units.length; unit++) {
      const limit = silenceMs[this.kinds[unit]!]!;
      const end = this.starts[unit + 1]!;
      let kept = -1;
      for (let fix = this.starts[unit]!; fix < end; fix++) {
        const begins = kept < 0 || this.times[fix]! - this.times[fix - 1]! > limit;
        const ends = fix + 1 < end && this.times[fix + 1]! - this.times[fix]! > limit;
        if (!begins && !ends && this.#metres(kept, fix) < minStep) continue;
        steps.push(fix);
        isBeginning.push(Number(begins));
        kept = fix;
      }
      starts.push(steps.length);
    }
    return { steps, isBeginning, starts };
  }

  /** Near enough for what lies so close together. */
  #metres(a: number, b: number): number {
    const metresAUnit = 1.11;
    const narrow = Math.cos((this.lats[a]! * 1e-5 * Math.PI) / 180);
    return metresAUnit * Math.hypot((this.lngs[b]! - this.lngs[a]!) * narrow, this.lats[b]! - this.lats[a]!);
  }
}

function countStarts(
  unitCount: number,
  batches: readonly TrackBatch[],
  places: ReadonlyMap<number, number>,
): Uint32Array {
  const starts = new Uint32Array(unitCount + 1);
  for (const { units } of batches) {
    for (let row = 0; row < units.length; row++) {
      const place = places.get(units[row]!);
      if (place !== undefined) starts[place + 1]!++;
    }
  }
  for (let unit = 0; unit < unitCount; unit++) starts[unit + 1]! += starts[unit]!;
  return starts;
}

/** A heading where the device said one. */
export const isKnown = (heading: number): boolean => heading !== unknownFact;
