import {
  direction,
  distanceM,
  distanceToLine,
  isInside,
  nearestOnSegment,
  sidesOf,
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
  readonly #taken: { footprint: Footprint; corners: Point[] }[] = [];
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
      this.#taken.push({ footprint, corners: cornersOf(footprint) });
    }
  }

  /** Builds there when the ground is free; whether it did. */
  build(footprint: Footprint, gapM: number): boolean {
    if (!isInside(this.ring, footprint.centre)) return false;
    const corners = cornersOf(footprint);
    if (!corners.every((corner) => this.#mayStand(corner))) return false;
    const wide = { ...footprint, lengthM: footprint.lengthM + gapM * 2, depthM: footprint.depthM + gapM * 2 };
    const wideCorners = cornersOf(wide);
    const reach = Math.hypot(wide.lengthM, wide.depthM) / 2;
    for (const taken of this.#taken) {
      const far = Math.hypot(taken.footprint.lengthM, taken.footprint.depthM) / 2 + reach;
      if (distanceM(taken.footprint.centre, footprint.centre) < far && overlap(wide, wideCorners, taken)) return false;
    }
    this.#taken.push({ footprint, corners });
    return true;
  }

  #mayStand(corner: Point): boolean {
    if (!isInside(this.ring, corner)) return false;
    if (this.#keepOff.some(({ line, distance }) => distanceToLine(corner, line) < distance)) return false;
    return this.#sides.every(([a, b], side) => {
      const setbackM = this.setbackM(side);
      // Most sides are far away: told without a root.
      if (corner[0] < Math.min(a[0], b[0]) - setbackM || corner[0] > Math.max(a[0], b[0]) + setbackM) return true;
      return nearestOnSegment(corner, a, b).distance >= setbackM;
    });
  }
}

/** Whether two rectangles overlap: they do not when an axis of either keeps them apart. */
function overlap(
  one: Footprint,
  corners: readonly Point[],
  other: { footprint: Footprint; corners: readonly Point[] },
): boolean {
  for (const [ux, uy] of [one.axis, other.footprint.axis]) {
    for (const [ax, ay] of [
      [ux, uy],
      [-uy, ux],
    ] as const) {
      const along = (points: readonly Point[]) => points.map(([x, y]) => x * ax + y * ay);
      const [a, b] = [along(corners), along(other.corners)];
      if (Math.max(...a) <= Math.min(...b) || Math.max(...b) <= Math.min(...a)) return false;
    }
  }
  return true;
}
