import { secondsSinceEpoch } from './movement.ts';

/** Degrees of one step of a place: 2.2 cm, and a difference of any two places still fits 32 bits. */
export const stepsPerDeg = 5_000_000;
/** Integers of one row: lng, lat where it is and where it was, seconds of observation (a float), and `look`. */
export const unitRowIntegers = 6;
/** Bits of `look`: kind 0–7; then the heading in 1/64 degrees and one, 0 where nobody said it. */
const headingBit = 8;
const headingSteps = 64;

/** A unit's columns as states hold them; slot i of each is one unit. */
export interface UnitColumns {
  count: number;
  kinds: Uint8Array;
  /** lng, lat per slot. */
  current: Float64Array;
  previous: Float64Array;
  /** NaN: nobody said. */
  headingsDeg: Float32Array;
}

/**
 * Units as the graphics card takes them, 24 bytes each, written over for each tick: no array is made, none is split into
 * two halves of 64 bits, and it goes to the card in one piece.
 */
export class UnitRows {
  count = 0;
  /** Rises when they were written over. */
  version = 0;
  integers = new Int32Array(0);
  #floats = new Float32Array(0);

  /** @param observedS seconds since the layers' epoch, by slot */
  pack({ count, kinds, current, previous, headingsDeg }: UnitColumns, observedS: (slot: number) => number): void {
    if (this.integers.length < unitRowIntegers * count) this.#reserve(kinds.length);
    const { integers } = this;
    const floats = this.#floats;
    for (let slot = 0, at = 0; slot < count; slot++, at += unitRowIntegers) {
      const headingDeg = headingsDeg[slot]!;
      integers[at] = Math.round(current[2 * slot]! * stepsPerDeg);
      integers[at + 1] = Math.round(current[2 * slot + 1]! * stepsPerDeg);
      integers[at + 2] = Math.round(previous[2 * slot]! * stepsPerDeg);
      integers[at + 3] = Math.round(previous[2 * slot + 1]! * stepsPerDeg);
      floats[at + 4] = observedS(slot);
      const heading = headingDeg >= 0 ? 1 + Math.round(headingDeg * headingSteps) : 0;
      integers[at + 5] = kinds[slot]! | (heading << headingBit);
    }
    this.count = count;
    this.version++;
  }

  #reserve(size: number): void {
    this.integers = new Int32Array(unitRowIntegers * size);
    this.#floats = new Float32Array(this.integers.buffer);
  }
}

/** Columns of the live map. */
export function packLiveUnits(live: UnitColumns & { observedAtMs: Float64Array }, rows: UnitRows): UnitRows {
  const { observedAtMs } = live;
  rows.pack(live, (slot) => secondsSinceEpoch(observedAtMs[slot]!));
  return rows;
}

/** Reads a row; the prefix of a vertex shader with `plane-shader.ts`. */
export const unitRowFunctions = /* glsl */ `\
in ivec2 place;
in ivec2 previousPlace;
in float observedS;
in int look;

int unit_kind() { return look & 255; }
/** Below 0: nobody said. */
float unit_headingDeg() { return float((look >> ${headingBit}) - 1) / ${headingSteps.toFixed(1)}; }
vec2 unit_fromAnchor(ivec2 at, ivec2 anchor) {
  const float radians = ${(Math.PI / 180 / stepsPerDeg).toExponential(12)};
  return plane_along(vec2(at - anchor) * radians, float(anchor.y) * radians);
}
`;

export const unitBufferLayout = [
  {
    name: 'rows',
    stepMode: 'instance' as const,
    byteStride: 4 * unitRowIntegers,
    attributes: [
      { attribute: 'place', format: 'sint32x2' as const, byteOffset: 0 },
      { attribute: 'previousPlace', format: 'sint32x2' as const, byteOffset: 8 },
      { attribute: 'observedS', format: 'float32' as const, byteOffset: 16 },
      { attribute: 'look', format: 'sint32' as const, byteOffset: 20 },
    ],
  },
];
