import { distanceM, pointAlong, lengthOf, type Point } from './plane.ts';
import type { Random } from './random.ts';
import { headingOf, type Motion, type Patrol } from './street-patrol.ts';

const cruiseMps = 9;
const laneM = 180;
const heightM = 90;

/** A UAV that mows its area lane by lane, round and round; rounded turns, steady height. */
export class FlightPatrol implements Patrol {
  #loop: Point[];
  #lengthM: number;
  #alongM: number;

  /**
   * @param reachM half width and half height of the area around `middle`
   * @param near where it begins, as near as its lanes are; anywhere when undefined
   */
  constructor(middle: Point, reachM: readonly [number, number], random: Random, near: Point | undefined) {
    this.#loop = mow(middle, reachM);
    this.#lengthM = lengthOf(this.#loop);
    this.#alongM = random.between(0, this.#lengthM);
    if (!near) return;
    let nearest = Infinity;
    for (let alongM = 0; alongM < this.#lengthM; alongM += 5) {
      const distance = distanceM(pointAlong(this.#loop, alongM).point, near);
      if (distance < nearest) [nearest, this.#alongM] = [distance, alongM];
    }
  }

  step(seconds: number): void {
    this.#alongM = (this.#alongM + cruiseMps * seconds) % this.#lengthM;
  }

  get motion(): Motion {
    const { point, heading } = pointAlong(this.#loop, this.#alongM);
    return { point, speedMps: cruiseMps, headingDeg: headingOf(heading), altitudeM: heightM };
  }
}

/** There and back again in lanes, the corners cut twice so that turns are round; closed. */
function mow([x, y]: Point, [reachX, reachY]: readonly [number, number]): Point[] {
  const corners: Point[] = [];
  const lanes = Math.max(2, Math.round((reachY * 2) / laneM));
  for (let lane = 0; lane <= lanes; lane++) {
    const laneY = y - reachY + (lane * reachY * 2) / lanes;
    const [west, east]: [Point, Point] = [
      [x - reachX, laneY],
      [x + reachX, laneY],
    ];
    corners.push(...(lane % 2 === 0 ? [west, east] : [east, west]));
  }
  // Back to the start outside the lanes.
  const last = corners[corners.length - 1] as Point;
  corners.push([x - reachX - laneM, last[1]], [x - reachX - laneM, y - reachY]);
  const round = cutCorners(cutCorners(corners));
  return [...round, round[0] as Point];
}

/** One round of Chaikin's corner cutting, at most 40 m from a corner; closed. */
function cutCorners(ring: readonly Point[]): Point[] {
  return ring.flatMap((point, i): Point[] => {
    const next = ring[(i + 1) % ring.length] as Point;
    const share = Math.min(0.25, 40 / Math.max(1, distanceM(point, next)));
    const at = (t: number): Point => [point[0] + (next[0] - point[0]) * t, point[1] + (next[1] - point[1]) * t];
    return [at(share), at(1 - share)];
  });
}
