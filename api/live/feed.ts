import { resumableTicks } from './contract.ts';
import { encodeDelta, encodePreamble, encodeSnapshot, encodeTrailer, type LiveAudience } from './encode-tick.ts';
import { isInRange, isSameRange, type CellRange } from './frame-cells.ts';
import type { CellChange, StationUnits } from './station-units.ts';

interface CellDelta {
  cell: number;
  /** With its WebSocket header. */
  frame: Buffer;
}

interface TickRecord {
  tick: number;
  timeMs: number;
  preamble: Buffer;
  /** Of each cell that changed. An array, because reading a Map's entries makes an object each, a hundred ranges a tick. */
  deltas: readonly CellDelta[];
}

/**
 * One station as one audience sees it: every cell encoded once a tick, the last 30 ticks kept for viewers that come back.
 * Answers are whole WebSocket messages, ready to be written to a socket.
 */
export class Feed {
  readonly audience: LiveAudience;
  readonly #units: StationUnits;
  readonly #epoch: number;
  /** The tick this feed began after: what changed in it was not encoded. */
  readonly #beganAt: number;
  readonly #ticks: TickRecord[];
  #now: TickRecord;
  #snapshots = new Map<number, Buffer>();

  constructor(units: StationUnits, audience: LiveAudience, epoch: number, tick: number, timeMs: number) {
    this.#units = units;
    this.audience = audience;
    this.#epoch = epoch;
    this.#beganAt = tick;
    this.#now = this.#record(tick, timeMs, []);
    this.#ticks = [this.#now];
  }

  get tick(): number {
    return this.#now.tick;
  }

  advance(tick: number, timeMs: number, changes: ReadonlyMap<number, CellChange>): void {
    const deltas: CellDelta[] = [];
    for (const [cell, change] of changes)
      deltas.push({ cell, frame: encodeDelta(this.#units, cell, change, timeMs, this.audience) });
    this.#now = this.#record(tick, timeMs, deltas);
    this.#ticks.push(this.#now);
    if (this.#ticks.length > resumableTicks) this.#ticks.shift();
    this.#snapshots.clear();
  }

  /** A unit was taken off the map: no snapshot of before may show it any more. */
  forgetSnapshots(): void {
    this.#snapshots.clear();
  }

  /** What the last tick changed in `range`, for a viewer that has all of `range` up to the tick before. */
  delta(range: CellRange): Buffer {
    return this.#deltaOf(this.#now, range);
  }

  /** Everything in `range`; the viewer forgets what it held. */
  reset(range: CellRange): Buffer {
    const frames: Buffer[] = [];
    for (const cell of this.#units.occupiedCells()) if (isInRange(range, cell)) frames.push(this.#snapshotOf(cell));
    return Buffer.concat([this.#now.preamble, ...frames, encodeTrailer(this.#now.tick, true, range, frames.length)]);
  }

  /** For a viewer that has all of `held` and now wants `range`: the cells that are new to it. */
  change(held: CellRange, range: CellRange): Buffer {
    const frames = this.#newCells(held, range);
    return Buffer.concat([this.#now.preamble, ...frames, encodeTrailer(this.#now.tick, false, range, frames.length)]);
  }

  /** The last tick and a change of view in one message, for a viewer that has all of `held` up to the tick before. */
  deltaAndChange(held: CellRange, range: CellRange): Buffer {
    const { preamble, deltas, tick } = this.#now;
    const frames = this.#newCells(held, range);
    for (const { cell, frame } of deltas) if (isInRange(held, cell) && isInRange(range, cell)) frames.push(frame);
    return Buffer.concat([preamble, ...frames, encodeTrailer(tick - 1, false, range, frames.length)]);
  }

  /**
   * What a viewer missed that had all of `held` up to `tick`, then what is new in `range`, one message a tick;
   * undefined when that is too long ago.
   */
  resume(tick: number, held: CellRange, range: CellRange): Buffer[] | undefined {
    if (tick > this.#now.tick || tick < this.#beganAt || tick < this.#ticks[0]!.tick - 1) return undefined;
    const missed = this.#ticks.filter((record) => record.tick > tick);
    const messages = missed.map((record) => this.#deltaOf(record, held));
    if (missed.length === 0 || !isSameRange(held, range)) messages.push(this.change(held, range));
    return messages;
  }

  #record(tick: number, timeMs: number, deltas: readonly CellDelta[]): TickRecord {
    return { tick, timeMs, preamble: encodePreamble({ epoch: this.#epoch, tick, timeMs }), deltas };
  }

  #deltaOf({ preamble, deltas, tick }: TickRecord, range: CellRange): Buffer {
    const parts = [preamble];
    for (const { cell, frame } of deltas) if (isInRange(range, cell)) parts.push(frame);
    parts.push(encodeTrailer(tick - 1, false, range, parts.length - 1));
    return Buffer.concat(parts);
  }

  #newCells(held: CellRange, range: CellRange): Buffer[] {
    const frames: Buffer[] = [];
    for (const cell of this.#units.occupiedCells())
      if (isInRange(range, cell) && !isInRange(held, cell)) frames.push(this.#snapshotOf(cell));
    return frames;
  }

  /** Ages count from the last tick, whose time stands in the preamble, so that a snapshot serves all until the next. */
  #snapshotOf(cell: number): Buffer {
    let snapshot = this.#snapshots.get(cell);
    if (!snapshot)
      this.#snapshots.set(cell, (snapshot = encodeSnapshot(this.#units, cell, this.#now.timeMs, this.audience)));
    return snapshot;
  }
}
