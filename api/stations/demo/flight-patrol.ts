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

  /** @param reachM half width and half height of the area around `middle` */
  constructor(middle: Point, reachM: readonly [number, number], random: Random) {
    this.#loop = mow(middle, reachM);
    this.#lengthM = lengthOf(this.#loop);
    this.#alongM = random.between(0, this.#lengthM);
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
  return cutCorners(cutCorners(corners));
}

/** One round of Chaikin's corner cutting, at most 40 m from a corner; closed. */
function cutCorners(ring: readonly Point[]): Point[] {
  const cut = ring.flatMap((point, i): Point[] => {
    const next = ring[(i + 1) % ring.length] as Point;
    const share = Math.min(0.25, 40 / Math.max(1, distanceM(point, next)));
    const at = (t: number): Point => [point[0] + (next[0] - point[0]) * t, point[1] + (next[1] - point[1]) * t];
    return [at(share), at(1 - share)];
  });
  return cut[0] === cut[cut.length - 1]
    ? cut
    : [...cut.slice(cut[0]?.join() === cut[cut.length - 1]?.join() ? 1 : 0), cut[0] as Point];
}
