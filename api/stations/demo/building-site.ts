import {
  direction,
  distanceM,
  distanceToLine,
  isInside,
  sidesOf,
  squaredDistance,
  type Point,
  type Ring,
} from './plane.ts';

/** A rectangle on the ground. */
export interface Footprint {
  centre: Point;
  /** Unit vector along its length. */
  axis: Point;
  lengthM: number;
  depthM: number;
}

export function cornersOf({ centre: [x, y], axis: [ux, uy], lengthM, depthM }: Footprint): Point[] {
  const corner = (along: number, across: number): Point => [x + ux * along - uy * across, y + uy * along + ux * across];
  const [l, d] = [lengthM / 2, depthM / 2];
  return [corner(-l, -d), corner(l, -d), corner(l, d), corner(-l, d)];
}

/** Ground of one block: what may be built where, given the streets around it and what stands already. */
export class BuildingSite {
  readonly ring: Ring;
  /** Distance that buildings keep from the middle of the street on each side, m. */
  readonly #setbacksM: readonly number[];
  readonly #sides: readonly [Point, Point][];
  readonly #taken: Taken[] = [];
  readonly #keepOff: { line: readonly Point[]; distance: number }[];

  constructor(ring: Ring, setbacksM: readonly number[], keepOff: { line: readonly Point[]; distance: number }[] = []) {
    this.ring = ring;
    this.#sides = sidesOf(ring);
    this.#setbacksM = setbacksM;
    this.#keepOff = keepOff;
  }

  setbackM(side: number): number {
    return this.#setbacksM[side] ?? 10;
  }

  /** Keeps a strip along a line free. */
  reserve(line: readonly Point[], widthM: number): void {
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1] as Point, line[i] as Point];
      const footprint = {
        centre: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as const,
        axis: direction(a, b),
        lengthM: distanceM(a, b),
        depthM: widthM,
      };
      this.#taken.push(takenBy(footprint));
    }
  }

  /** Builds there when the ground is free; whether it did. */
  build(footprint: Footprint, gapM: number): boolean {
    // Most places that are tried fail, and nearly all of these by their middle alone.
    if (!this.#mayStand(footprint.centre, Math.min(footprint.lengthM, footprint.depthM) / 2)) return false;
    const wide = takenBy({ ...footprint, lengthM: footprint.lengthM + gapM * 2, depthM: footprint.depthM + gapM * 2 });
    for (const taken of this.#taken) {
      const far = taken.reachM + wide.reachM;
      const dx = taken.footprint.centre[0] - footprint.centre[0];
      const dy = taken.footprint.centre[1] - footprint.centre[1];
      if (dx * dx + dy * dy < far * far && overlap(wide, taken)) return false;
    }
    const built = takenBy(footprint);
    if (!built.corners.every((corner) => this.#mayStand(corner, 0))) return false;
    this.#taken.push(built);
    return true;
  }

  #mayStand(point: Point, roomM: number): boolean {
    if (!isInside(this.ring, point)) return false;
    if (this.#keepOff.some(({ line, distance }) => distanceToLine(point, line) < distance + roomM)) return false;
    for (let side = 0; side < this.#sides.length; side++) {
      const [a, b] = this.#sides[side] as [Point, Point];
      const awayM = this.setbackM(side) + roomM;
      // Most sides are far away.
      if (point[0] < Math.min(a[0], b[0]) - awayM || point[0] > Math.max(a[0], b[0]) + awayM) continue;
      if (squaredDistance(point, a, b) < awayM * awayM) return false;
    }
    return true;
  }
}

interface Taken {
  footprint: Footprint;
  corners: Point[];
  /** From its middle to a corner. */
  reachM: number;
}

const takenBy = (footprint: Footprint): Taken => ({
  footprint,
  corners: cornersOf(footprint),
  reachM: Math.sqrt(footprint.lengthM ** 2 + footprint.depthM ** 2) / 2,
});

/** Whether two rectangles overlap: they do not when an axis of either keeps them apart. */
function overlap(one: Taken, other: Taken): boolean {
  for (const { axis } of [one.footprint, other.footprint]) {
    if (isApart(one, other, axis[0], axis[1]) || isApart(one, other, -axis[1], axis[0])) return false;
  }
  return true;
}

function isApart(one: Taken, other: Taken, ux: number, uy: number): boolean {
  let [low, high, otherLow, otherHigh] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of one.corners) {
    low = Math.min(low, x * ux + y * uy);
    high = Math.max(high, x * ux + y * uy);
  }
  for (const [x, y] of other.corners) {
    otherLow = Math.min(otherLow, x * ux + y * uy);
    otherHigh = Math.max(otherHigh, x * ux + y * uy);
  }
  return high <= otherLow || otherHigh <= low;
}
