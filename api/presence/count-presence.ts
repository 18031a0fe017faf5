import type { UnitKind } from '../positions/contract.ts';
import { absenceMs, visitMs, visitWithinMs } from './contract.ts';
import type { GridIndex } from './grid-index.ts';

/** Time in grids and visits to them, by kind of unit; arrays by the grid's place in the index. */
export class PresenceTotals {
  readonly seconds = new Map<UnitKind, Float64Array>();
  readonly visits = new Map<UnitKind, Uint32Array>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  addTime(kind: UnitKind, grid: number, ms: number): void {
    let column = this.seconds.get(kind);
    if (!column) this.seconds.set(kind, (column = new Float64Array(this.#size)));
    column[grid]! += ms / 1000;
  }

  addVisit(kind: UnitKind, grid: number): void {
    let column = this.visits.get(kind);
    if (!column) this.visits.set(kind, (column = new Uint32Array(this.#size)));
    column[grid]! += 1;
  }

  clone(): PresenceTotals {
    const copy = new PresenceTotals(this.#size);
    for (const [kind, column] of this.seconds) copy.seconds.set(kind, column.slice());
    for (const [kind, column] of this.visits) copy.visits.set(kind, column.slice());
    return copy;
  }
}

/** What is counted: moments in from ≤ time < to, ms since 1970, and visits that began in it. */
export interface Window {
  fromMs: number;
  toMs: number;
}

interface LastFix {
  atMs: number;
  lng: number;
  lat: number;
}

interface Stay {
  beganMs: number;
  lastMs: number;
  /** Time inside during the first `visitWithinMs`. */
  insideMs: number;
  isVisit: boolean;
}

/** Counts the presence of one unit from its fixes, given in the order of time whatever device they are of. */
export class UnitPresence {
  readonly #kind: UnitKind;
  readonly #maxGapMs: number;
  readonly #index: GridIndex;
  readonly #window: Window;
  readonly #lastOfDevice = new Map<number, LastFix>();
  readonly #stays = new Map<number, Stay>();
  /** Until when moments are accounted for: the time of two devices is one time. */
  #doneMs = -Infinity;

  constructor(kind: UnitKind, maxGapMs: number, index: GridIndex, window: Window) {
    this.#kind = kind;
    this.#maxGapMs = maxGapMs;
    this.#index = index;
    this.#window = window;
  }

  add(device: number, fix: LastFix, totals: PresenceTotals): void {
    const last = this.#lastOfDevice.get(device);
    this.#lastOfDevice.set(device, fix);
    if (!last || fix.atMs - last.atMs > this.#maxGapMs || fix.atMs <= this.#doneMs) return;
    const durationMs = fix.atMs - last.atMs;
    for (const { grid, from, to } of this.#index.split(last.lng, last.lat, fix.lng, fix.lat)) {
      const startMs = Math.max(this.#doneMs, last.atMs + from * durationMs);
      const endMs = last.atMs + to * durationMs;
      if (grid >= 0 && endMs > startMs) this.#stay(grid, startMs, endMs, totals);
    }
    this.#doneMs = fix.atMs;
  }

  clone(): UnitPresence {
    const copy = new UnitPresence(this.#kind, this.#maxGapMs, this.#index, this.#window);
    for (const [device, last] of this.#lastOfDevice) copy.#lastOfDevice.set(device, last);
    for (const [grid, stay] of this.#stays) copy.#stays.set(grid, { ...stay });
    copy.#doneMs = this.#doneMs;
    return copy;
  }

  #stay(grid: number, startMs: number, endMs: number, totals: PresenceTotals): void {
    const { fromMs, toMs } = this.#window;
    const countedMs = Math.min(endMs, toMs) - Math.max(startMs, fromMs);
    if (countedMs > 0) totals.addTime(this.#kind, grid, countedMs);
    let stay = this.#stays.get(grid);
    if (!stay || startMs - stay.lastMs > absenceMs) {
      stay = { beganMs: startMs, lastMs: startMs, insideMs: 0, isVisit: false };
      this.#stays.set(grid, stay);
    }
    stay.lastMs = endMs;
    if (stay.isVisit) return;
    stay.insideMs += Math.max(0, Math.min(endMs, stay.beganMs + visitWithinMs) - startMs);
    if (stay.insideMs < visitMs) return;
    stay.isVisit = true;
    if (stay.beganMs >= fromMs && stay.beganMs < toMs) totals.addVisit(this.#kind, grid);
  }
}
