import type { LiveUnits } from './live-units.ts';
import { WayEnds } from './way-ends.ts';

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

/** The recent way of every unit in sight, as told by the live ticks. */
export class Trails {
  readonly chunks: TrailChunk[] = [];
  #nextId = 0;
  readonly #ends = new WayEnds();

  /** Adds the steps of one tick and forgets what is too old to be seen. */
  record(live: LiveUnits, nowMs: number): void {
    const ends = this.#ends;
    const { numbers, current, moving } = live;
    // Only moving slots can have made a step; the others are looked at when they appear.
    for (let slot = 0; slot < live.count && live.movingCount > 0; slot++) {
      if (moving[slot] === 0) continue;
      const end = ends.slotOf(numbers[slot]!);
      if (end >= 0) {
        // Nearly all of a city's units have moved less since their last step, whatever their latitude.
        const eastDeg = current[2 * slot]! - ends.places[2 * end]!;
        const northDeg = current[2 * slot + 1]! - ends.places[2 * end + 1]!;
        if (eastDeg * eastDeg + northDeg * northDeg < minStepDeg ** 2) continue;
      }
      this.#step(live, slot, end, nowMs);
    }
    if (ends.count < live.count) {
      for (let slot = 0; slot < live.count; slot++)
        if (ends.slotOf(numbers[slot]!) < 0) this.#step(live, slot, -1, nowMs);
    }
    // Where a unit comes back after it was out of sight is no step from where it left.
    for (let end = ends.count - 1; end >= 0 && ends.count > live.count; end--)
      if (live.slotOf(ends.numbers[end]!) === undefined) ends.remove(end);
    while (this.chunks.length > maxChunks || this.#isFaded(this.chunks[0], nowMs)) this.chunks.shift();
  }

  clear(): void {
    this.chunks.length = 0;
    this.#ends.clear();
  }

  /** @param end of the unit's way; -1: it has none yet */
  #step(live: LiveUnits, slot: number, end: number, nowMs: number): void {
    const ends = this.#ends;
    const lng = live.current[2 * slot]!;
    const lat = live.current[2 * slot + 1]!;
    if (end < 0) {
      ends.begin(ends.append(live.numbers[slot]!), lng, lat, nowMs);
      return;
    }
    const { places, fromPlaces, atMs, fromAtMs } = ends;
    const [lastLng, lastLat] = [places[2 * end]!, places[2 * end + 1]!];
    const squared = ((lng - lastLng) * Math.cos((lat * Math.PI) / 180)) ** 2 + (lat - lastLat) ** 2;
    if (squared < minStepDeg ** 2) return;
    if (squared > maxStepDeg ** 2) {
      ends.begin(end, lng, lat, nowMs);
      return;
    }
    const isBeginning = ends.isBeginning[end] === 1;
    const chunk = this.#openChunk();
    const at = chunk.count++;
    chunk.from[2 * at] = lastLng;
    chunk.from[2 * at + 1] = lastLat;
    chunk.to[2 * at] = lng;
    chunk.to[2 * at + 1] = lat;
    chunk.before[2 * at] = fromPlaces[2 * end]!;
    chunk.before[2 * at + 1] = fromPlaces[2 * end + 1]!;
    chunk.kinds[at] = live.kinds[slot]!;
    chunk.toAtMs[at] = nowMs;
    chunk.fromAtMs[at] = isBeginning ? nowMs : atMs[end]!;
    chunk.beforeAtMs[at] = isBeginning ? nowMs : fromAtMs[end]!;
    ends.goOn(end, lng, lat, nowMs, chunk.fromAtMs[at]!);
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
