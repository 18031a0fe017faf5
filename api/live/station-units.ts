import { unitKinds } from '../positions/contract.ts';
import type { LatestFix } from '../positions/latest-fixes.ts';
import { cellOf, southOf, stepDeg, westOf } from './frame-cells.ts';
import { encodeHeading } from './frame-codes.ts';

/** What changed in one cell between two ticks: slots of units that entered or moved within, numbers of those that left. */
export interface CellChange {
  entered: number[];
  moved: number[];
  removed: number[];
}

/** Cell of a unit that is not on the map. */
const nowhere = 0xffff_ffff;

const changed = 1;
const changedKind = 2;

const kindCodes = new Map<string, number>(unitKinds.map((kind, index) => [kind, index]));

/**
 * The newest state of one station's units, in columns: 27 bytes a unit and one map entry. What changed is gathered at
 * each tick, so that a unit that reports five times, or leaves and comes back, within one tick counts once.
 */
export class StationUnits {
  numbers = new Uint32Array(64);
  /** x, y in steps inside the cell. */
  positions = new Uint16Array(128);
  headings = new Uint8Array(64);
  kinds = new Uint8Array(64);
  observedAtMs = new Float64Array(64);
  #cells = new Uint32Array(64);
  /** The cell each unit was in at the last tick. */
  #tickCells = new Uint32Array(64);
  #isChanged = new Uint8Array(64);
  #changed: number[] = [];
  #slots = new Map<number, number>();
  #freeSlots: number[] = [];
  #slotCount = 0;
  #slotsInCell = new Map<number, Set<number>>();

  get size(): number {
    return this.#slots.size;
  }

  /** Cells that had units at the last tick. */
  occupiedCells(): Iterable<number> {
    return this.#slotsInCell.keys();
  }

  /** Slots of the units in a cell at the last tick, without those that have left it since. */
  slotsIn(cell: number): number[] {
    const slots: number[] = [];
    for (const slot of this.#slotsInCell.get(cell) ?? []) if (this.#cells[slot] === cell) slots.push(slot);
    return slots;
  }

  put(fix: LatestFix): void {
    const slot = this.#slots.get(fix.unitNumber) ?? this.#takeSlot(fix.unitNumber);
    const cell = cellOf(fix.lng, fix.lat);
    const wasElsewhere = this.#cells[slot] !== cell;
    this.#cells[slot] = cell;
    this.positions[slot * 2] = stepOf(fix.lng - westOf(cell));
    this.positions[slot * 2 + 1] = stepOf(fix.lat - southOf(cell));
    this.headings[slot] = encodeHeading(fix.headingDeg);
    this.observedAtMs[slot] = fix.observedAtMs;
    this.#markChanged(slot);
    const kind = kindCodes.get(fix.unitKind) ?? 0;
    // One that was away and came back within a tick is missing from snapshots taken meanwhile: it enters again, kind and all.
    if (this.kinds[slot] !== kind || wasElsewhere) this.#isChanged[slot] = changedKind;
    this.kinds[slot] = kind;
  }

  remove(unitNumber: number): void {
    const slot = this.#slots.get(unitNumber);
    if (slot === undefined) return;
    this.#cells[slot] = nowhere;
    this.#markChanged(slot);
  }

  /** A store of its own with the newest state of these units, as far as they are on the map. */
  copyOf(unitNumbers: Iterable<number>): StationUnits {
    const copy = new StationUnits();
    for (const unitNumber of unitNumbers) {
      const from = this.#slots.get(unitNumber);
      if (from === undefined || this.#cells[from] === nowhere) continue;
      const to = copy.#takeSlot(unitNumber);
      copy.#cells[to] = this.#cells[from]!;
      copy.positions.set(this.positions.subarray(from * 2, from * 2 + 2), to * 2);
      copy.headings[to] = this.headings[from]!;
      copy.kinds[to] = this.kinds[from]!;
      copy.observedAtMs[to] = this.observedAtMs[from]!;
      copy.#markChanged(to);
    }
    copy.takeChanges();
    return copy;
  }

  /** Ends the tick: what changed since the last one, by cell. */
  takeChanges(): Map<number, CellChange> {
    const changes = new Map<number, CellChange>();
    for (const slot of this.#changed) {
      const isOtherKind = this.#isChanged[slot] === changedKind;
      this.#isChanged[slot] = 0;
      const before = this.#tickCells[slot]!;
      const now = this.#cells[slot]!;
      this.#tickCells[slot] = now;
      if (before === now && now !== nowhere) {
        // A kind is told of units that enter: one that becomes another kind enters where it is.
        changeOf(changes, now)[isOtherKind ? 'entered' : 'moved'].push(slot);
        continue;
      }
      if (before !== nowhere) {
        changeOf(changes, before).removed.push(this.numbers[slot]!);
        this.#leave(before, slot);
      }
      if (now !== nowhere) {
        changeOf(changes, now).entered.push(slot);
        this.#enter(now, slot);
      } else {
        this.#slots.delete(this.numbers[slot]!);
        this.#freeSlots.push(slot);
      }
    }
    this.#changed = [];
    return changes;
  }

  #markChanged(slot: number): void {
    if (this.#isChanged[slot]) return;
    this.#isChanged[slot] = changed;
    this.#changed.push(slot);
  }

  #enter(cell: number, slot: number): void {
    const slots = this.#slotsInCell.get(cell);
    if (slots) slots.add(slot);
    else this.#slotsInCell.set(cell, new Set([slot]));
  }

  #leave(cell: number, slot: number): void {
    const slots = this.#slotsInCell.get(cell);
    slots?.delete(slot);
    if (slots?.size === 0) this.#slotsInCell.delete(cell);
  }

  #takeSlot(unitNumber: number): number {
    const slot = this.#freeSlots.pop() ?? this.#slotCount++;
    if (slot >= this.numbers.length) this.#grow();
    this.#slots.set(unitNumber, slot);
    this.numbers[slot] = unitNumber;
    this.#cells[slot] = nowhere;
    this.#tickCells[slot] = nowhere;
    return slot;
  }

  #grow(): void {
    const capacity = this.numbers.length * 2;
    const grown = <T extends { set(from: T): void }>(to: T, from: T): T => (to.set(from), to);
    this.numbers = grown(new Uint32Array(capacity), this.numbers);
    this.positions = grown(new Uint16Array(capacity * 2), this.positions);
    this.headings = grown(new Uint8Array(capacity), this.headings);
    this.kinds = grown(new Uint8Array(capacity), this.kinds);
    this.observedAtMs = grown(new Float64Array(capacity), this.observedAtMs);
    this.#cells = grown(new Uint32Array(capacity), this.#cells);
    this.#tickCells = grown(new Uint32Array(capacity), this.#tickCells);
    this.#isChanged = grown(new Uint8Array(capacity), this.#isChanged);
  }
}

function changeOf(changes: Map<number, CellChange>, cell: number): CellChange {
  let change = changes.get(cell);
  if (!change) changes.set(cell, (change = { entered: [], moved: [], removed: [] }));
  return change;
}

/** The floor of a position on a cell's edge can come out one step outside through rounding. */
function stepOf(deg: number): number {
  const step = Math.floor(deg / stepDeg);
  return step < 0 ? 0 : step > 0xffff ? 0xffff : step;
}
