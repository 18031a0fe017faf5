import type { LiveUnits } from './live-units.ts';

/** Steps of units in one chunk. */
export const chunkSize = 2048;
/** How long a step is seen, ms. */
export const trailLifeMs = 180_000;
/** With many units trails get shorter before the browser gets slower. */
const maxChunks = 24;

/** About 12 m: below it the receiver's noise is longer than the way, and a trail becomes a saw. */
const minStepDeg = 0.00012;
/** About a kilometre: a longer step is a place found again, not a way that was gone. */
const maxStepDeg = 0.01;

/** Steps that units made, in the order of time; full chunks never change, so the GPU gets them once. */
export interface TrailChunk {
  id: number;
  count: number;
  /** Rises when a step was added. */
  version: number;
  /** lng, lat per step. */
  from: Float64Array;
  to: Float64Array;
  /** Where the step that ended at `from` began; `from` itself where a way begins. */
  before: Float64Array;
  kinds: Uint8Array;
  /** Server times at which the unit was told to be at `to`, `from` and `before`; where a way begins all are one. */
  toAtMs: Float64Array;
  fromAtMs: Float64Array;
  beforeAtMs: Float64Array;
}

/** Where a unit's way ends, and its step up to there. */
interface WayEnd {
  lng: number;
  lat: number;
  atMs: number;
  fromLng: number;
  fromLat: number;
  fromAtMs: number;
  /** Nothing to go on from yet. */
  isBeginning: boolean;
}

/** The recent way of every unit in sight, as told by the live ticks. */
export class Trails {
  readonly chunks: TrailChunk[] = [];
  #nextId = 0;
  /** Where each unit was at the last tick, by unit number. */
  readonly #last = new Map<number, WayEnd>();

  /** Adds the steps of one tick and forgets what is too old to be seen. */
  record(live: LiveUnits, nowMs: number): void {
    // Only moving slots can have made a step; the others are looked at when they appear.
    for (let slot = 0; slot < live.count && live.movingCount > 0; slot++)
      if (live.moving[slot] === 1) this.#step(live, slot, nowMs);
    if (this.#last.size < live.count) {
      for (let slot = 0; slot < live.count; slot++)
        if (!this.#last.has(live.numbers[slot]!)) this.#step(live, slot, nowMs);
    }
    // Where a unit comes back after it was out of sight is no step from where it left.
    if (this.#last.size > live.count) {
      for (const number of this.#last.keys()) if (live.slotOf(number) === undefined) this.#last.delete(number);
    }
    while (this.chunks.length > maxChunks || this.#isFaded(this.chunks[0], nowMs)) this.chunks.shift();
  }

  clear(): void {
    this.chunks.length = 0;
    this.#last.clear();
  }

  #step(live: LiveUnits, slot: number, nowMs: number): void {
    const number = live.numbers[slot]!;
    const lng = live.current[2 * slot]!;
    const lat = live.current[2 * slot + 1]!;
    const last = this.#last.get(number);
    if (!last) {
      this.#last.set(number, beginAt(lng, lat, nowMs));
      return;
    }
    // Squares, and the cosine only of what may be a step: nearly all of a city's units have moved less since the last.
    const [eastDeg, northDeg] = [lng - last.lng, lat - last.lat];
    if (eastDeg * eastDeg + northDeg * northDeg < minStepDeg ** 2) return;
    const east = eastDeg * Math.cos((lat * Math.PI) / 180);
    const squared = east * east + northDeg * northDeg;
    if (squared < minStepDeg ** 2) return;
    if (squared > maxStepDeg ** 2) {
      Object.assign(last, beginAt(lng, lat, nowMs));
      return;
    }
    const chunk = this.#openChunk();
    const at = chunk.count++;
    chunk.from[2 * at] = last.lng;
    chunk.from[2 * at + 1] = last.lat;
    chunk.to[2 * at] = lng;
    chunk.to[2 * at + 1] = lat;
    chunk.before[2 * at] = last.fromLng;
    chunk.before[2 * at + 1] = last.fromLat;
    chunk.kinds[at] = live.kinds[slot]!;
    chunk.toAtMs[at] = nowMs;
    chunk.fromAtMs[at] = last.isBeginning ? nowMs : last.atMs;
    chunk.beforeAtMs[at] = last.isBeginning ? nowMs : last.fromAtMs;
    last.fromLng = last.lng;
    last.fromLat = last.lat;
    last.fromAtMs = chunk.fromAtMs[at]!;
    last.lng = lng;
    last.lat = lat;
    last.atMs = nowMs;
    last.isBeginning = false;
    chunk.version++;
  }

  #openChunk(): TrailChunk {
    const newest = this.chunks.at(-1);
    if (newest && newest.count < chunkSize) return newest;
    const chunk: TrailChunk = {
      id: this.#nextId++,
      count: 0,
      version: 0,
      from: new Float64Array(2 * chunkSize),
      to: new Float64Array(2 * chunkSize),
      before: new Float64Array(2 * chunkSize),
      kinds: new Uint8Array(chunkSize),
      toAtMs: new Float64Array(chunkSize),
      fromAtMs: new Float64Array(chunkSize),
      beforeAtMs: new Float64Array(chunkSize),
    };
    this.chunks.push(chunk);
    return chunk;
  }

  #isFaded(chunk: TrailChunk | undefined, nowMs: number): boolean {
    return chunk !== undefined && chunk.count > 0 && nowMs - chunk.toAtMs[chunk.count - 1]! > trailLifeMs;
  }
}

const beginAt = (lng: number, lat: number, atMs: number): WayEnd => ({
  lng,
  lat,
  atMs,
  fromLng: lng,
  fromLat: lat,
  fromAtMs: atMs,
  isBeginning: true,
});
