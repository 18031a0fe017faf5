import { direction, distanceM, pointAlong, type Point } from './plane.ts';
import type { PatrolNetwork, StreetPlace } from './patrol-network.ts';
import type { Random } from './random.ts';
import type { UnitHabits } from './unit-habits.ts';

/** Where a unit is and how it moves. */
export interface Motion {
  point: Point;
  speedMps: number;
  headingDeg: number;
  altitudeM: number | undefined;
}

export interface Patrol {
  /** Lets time pass. */
  step(seconds: number): void;
  readonly motion: Motion;
}

/** A unit on foot, on a bike or in a car: along streets, slower through corners, with pauses. */
export class StreetPatrol implements Patrol {
  #network: PatrolNetwork;
  #habits: UnitHabits;
  #random: Random;
  /** Middle of its beat. */
  #home: Point;
  #isSentinelNode: (node: number) => boolean;
  #edge: number;
  /** Metres from the end it came from. */
  #alongM: number;
  #forward: boolean;
  #next: number | undefined;
  #cornerMps = 0;
  #speedMps = 0;
  #cruiseMps: number;
  #pauseS = 0;
  #pauseAheadS = 0;

  /** @param home middle of its beat @param start where it begins */
  constructor(
    network: PatrolNetwork,
    habits: UnitHabits,
    random: Random,
    { home, start, isSentinelNode }: { home: Point; start: StreetPlace; isSentinelNode: (node: number) => boolean },
  ) {
    this.#network = network;
    this.#habits = habits;
    this.#random = random;
    this.#home = home;
    this.#isSentinelNode = isSentinelNode;
    this.#cruiseMps = random.between(...habits.cruiseMps);
    this.#edge = start.edge;
    this.#forward = random.chance(0.5);
    this.#alongM = this.#forward ? start.alongM : this.#length - start.alongM;
    this.#lookAhead();
  }

  get #length(): number {
    return this.#network.edges[this.#edge]?.lengthM ?? 0;
  }

  step(seconds: number): void {
    // Never more than a second at once: braking is worked out per step.
    for (let left = seconds; left > 1e-9; left -= 1) this.#stepOnce(Math.min(1, left));
  }

  get motion(): Motion {
    const edge = this.#network.edges[this.#edge];
    if (!edge) return { point: this.#home, speedMps: 0, headingDeg: 0, altitudeM: undefined };
    const { point, heading } = pointAlong(edge.points, this.#forward ? this.#alongM : edge.lengthM - this.#alongM);
    const sign = this.#forward ? 1 : -1;
    return {
      point,
      speedMps: this.#speedMps,
      headingDeg: headingOf([heading[0] * sign, heading[1] * sign]),
      altitudeM: undefined,
    };
  }

  #stepOnce(seconds: number): void {
    if (this.#pauseS > 0) {
      this.#pauseS -= seconds;
      this.#speedMps = 0;
      return;
    }
    const { accelerationMps2 } = this.#habits;
    const brakingMps = Math.sqrt(
      this.#cornerMps ** 2 + 2 * accelerationMps2 * Math.max(0, this.#length - this.#alongM),
    );
    const wanted = Math.min(this.#cruiseMps, brakingMps);
    const change = accelerationMps2 * seconds;
    this.#speedMps += Math.max(-2 * change, Math.min(change, wanted - this.#speedMps));
    this.#alongM += Math.max(0.1, this.#speedMps) * seconds;
    while (this.#alongM >= this.#length) this.#passNode();
  }

  #passNode(): void {
    const node = this.#endNode();
    this.#alongM -= this.#length;
    this.#edge = this.#next ?? this.#edge;
    this.#forward = this.#network.edges[this.#edge]?.from === node;
    if (this.#random.chance(0.3)) this.#cruiseMps = this.#random.between(...this.#habits.cruiseMps);
    if (this.#pauseAheadS > 0) {
      this.#pauseS = this.#pauseAheadS;
      this.#alongM = this.#speedMps = 0;
    }
    this.#lookAhead();
  }

  #endNode(): number {
    const edge = this.#network.edges[this.#edge];
    return edge ? (this.#forward ? edge.to : edge.from) : 0;
  }

  /** Decides early where to turn and whether to stop there, so that it brakes for it. */
  #lookAhead(): void {
    const node = this.#endNode();
    this.#next = this.#chooseEdge(node, this.#edge);
    const turn = this.#turnAt(node, this.#edge, this.#next);
    const { cornerMps } = this.#habits;
    const pause = this.#isSentinelNode(node) ? this.#habits.sentinelPause : this.#habits.junctionPause;
    this.#pauseAheadS = this.#random.chance(pause.chance) ? this.#random.between(...pause.seconds) : 0;
    if (this.#pauseAheadS > 0) this.#cornerMps = 0;
    else this.#cornerMps = turn < 0.35 ? this.#cruiseMps : cornerMps * (turn > 2.4 ? 0.3 : 1);
  }

  #chooseEdge(node: number, from: number | undefined): number {
    const choices = this.#network.edgesAt[node] ?? [];
    const weights = choices.map((edge) => (edge === from ? 0 : this.#weighEdge(edge, node, from)));
    // A dead end: turn round.
    if (weights.every((weight) => weight === 0)) return from ?? choices[0] ?? 0;
    return choices[this.#random.pickIndex(weights)] ?? 0;
  }

  #weighEdge(index: number, node: number, from: number | undefined): number {
    const edge = this.#network.edges[index];
    if (!edge) return 0;
    const liking = this.#habits.streets[edge.class] ?? 0;
    const end = this.#network.nodes[edge.from === node ? edge.to : edge.from] as Point;
    const here = this.#network.nodes[node] as Point;
    const awayM = Math.max(0, distanceM(end, this.#home) - this.#habits.beatM);
    // Beyond its beat it goes for home.
    const homeward =
      awayM === 0 ? 1 : distanceM(end, this.#home) < distanceM(here, this.#home) ? 1 : Math.exp(-awayM / 60) * 0.2;
    const straight = from === undefined ? 1 : 0.4 + Math.cos(Math.min(Math.PI / 2, this.#turnAt(node, from, index)));
    return liking * homeward * straight;
  }

  /** Angle between coming along one edge and leaving by another, in radians; 0 straight on, π back. */
  #turnAt(node: number, from: number, to: number): number {
    if (from === to) return Math.PI;
    const into = this.#leaving(from, node);
    const out = this.#leaving(to, node);
    return Math.acos(Math.max(-1, Math.min(1, -(into[0] * out[0] + into[1] * out[1]))));
  }

  #leaving(index: number, node: number): Point {
    const edge = this.#network.edges[index];
    if (!edge) return [1, 0];
    const points = edge.from === node ? edge.points : edge.points.toReversed();
    return direction(points[0] as Point, points[1] as Point);
  }
}

/** Degrees clockwise from north. */
export const headingOf = ([dx, dy]: Point): number => ((Math.atan2(dx, dy) * 180) / Math.PI + 360) % 360;
