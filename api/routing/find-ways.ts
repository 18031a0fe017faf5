import type { LngLat } from '../positions/contract.ts';
import { NodeQueue } from './node-queue.ts';
import { snap, type Snap } from './snapping-grid.ts';
import { positionAt, type StreetNetwork } from './street-network.ts';
import { walkingMps, type StreetKind } from './travel-speeds.ts';

/** A way along streets, with the walk to the first of them and from the last. */
export interface StreetWay {
  seconds: number;
  metres: number;
  /** From where it begins to the place. */
  lngLats: LngLat[];
}

const none = 0xffff_ffff;

/**
 * The quickest way of each of many to one place, for one kind of unit: Dijkstra's search, once, from the place backwards,
 * until all who can come are found. https://doi.org/10.1007/BF01386390
 * @returns in the order of `origins`; null: no street near, or none that leads there
 */
export function findWays(
  network: StreetNetwork,
  kind: StreetKind,
  place: LngLat,
  origins: readonly LngLat[],
): (StreetWay | null)[] {
  const ends = snap(network, kind, place);
  if (ends.length === 0) return origins.map(() => null);
  const starts = origins.map((origin) => snap(network, kind, origin));
  const tree = searchBackwards(network, kind, ends, starts.flat());
  return origins.map((origin, index) => {
    const first = chooseFirst(network, kind, tree, starts[index]!, ends);
    return first && followWay(network, tree, { origin, place, first, ends });
  });
}

interface Tree {
  /** Seconds from a node to the place; Infinity: not found. */
  seconds: Float64Array;
  /** The edge by which to leave a node. */
  nextEdge: Uint32Array;
  /** 1: in the direction it was drawn in. */
  nextAlong: Uint8Array;
  /** Which end that edge leads to; `none`: to its other node. */
  nextEnd: Uint32Array;
}

function searchBackwards(
  network: StreetNetwork,
  kind: StreetKind,
  ends: readonly Snap[],
  starts: readonly Snap[],
): Tree {
  const { from, to, touching, touchingStart } = network;
  const alongS = network.alongS[kind];
  const againstS = network.againstS[kind];
  const seconds = new Float64Array(network.nodeCount).fill(Infinity);
  const nextEdge = new Uint32Array(network.nodeCount).fill(none);
  const nextAlong = new Uint8Array(network.nodeCount);
  const nextEnd = new Uint32Array(network.nodeCount).fill(none);
  const queue = new NodeQueue(1024);
  const reach = (node: number, atS: number, edge: number, along: 0 | 1, end: number): void => {
    if (!(atS < seconds[node]!)) return;
    seconds[node] = atS;
    nextEdge[node] = edge;
    nextAlong[node] = along;
    nextEnd[node] = end;
    queue.push(node, atS);
  };
  ends.forEach(({ edge, fraction, distanceM }, end) => {
    const walkS = distanceM / walkingMps;
    reach(from[edge]!, walkS + partOf(alongS[edge]!, fraction), edge, 1, end);
    reach(to[edge]!, walkS + partOf(againstS[edge]!, 1 - fraction), edge, 0, end);
  });
  const wanted = new Set<number>();
  for (const { edge } of starts) wanted.add(from[edge]!).add(to[edge]!);
  while (queue.size > 0 && wanted.size > 0) {
    const { node, seconds: atS } = queue.pop();
    // Reached again, sooner, after this was queued.
    if (atS > seconds[node]!) continue;
    wanted.delete(node);
    for (let i = touchingStart[node]!; i < touchingStart[node + 1]!; i++) {
      const edge = touching[i]!;
      if (to[edge] === node) reach(from[edge]!, atS + alongS[edge]!, edge, 1, none);
      if (from[edge] === node) reach(to[edge]!, atS + againstS[edge]!, edge, 0, none);
    }
  }
  return { seconds, nextEdge, nextAlong, nextEnd };
}

/** Standing at a junction costs nothing, also where the street there is not allowed that way; 0 × Infinity is no number. */
const partOf = (edgeS: number, fraction: number): number => (fraction < 1e-9 ? 0 : edgeS * fraction);

/** How a way begins: where it gets onto the streets, and to which node it goes then, or straight to an end on that edge. */
interface First {
  seconds: number;
  start: Snap;
  towards: { node: number; isAlong: boolean } | { end: number };
}

function chooseFirst(
  network: StreetNetwork,
  kind: StreetKind,
  { seconds }: Tree,
  starts: readonly Snap[],
  ends: readonly Snap[],
): First | null {
  let best: First | null = null;
  const offer = (first: First): void => {
    if (first.seconds < (best?.seconds ?? Infinity)) best = first;
  };
  for (const start of starts) {
    const walkS = start.distanceM / walkingMps;
    const alongS = network.alongS[kind][start.edge]!;
    const againstS = network.againstS[kind][start.edge]!;
    const from = network.from[start.edge]!;
    const to = network.to[start.edge]!;
    offer({
      seconds: walkS + partOf(alongS, 1 - start.fraction) + seconds[to]!,
      start,
      towards: { node: to, isAlong: true },
    });
    offer({
      seconds: walkS + partOf(againstS, start.fraction) + seconds[from]!,
      start,
      towards: { node: from, isAlong: false },
    });
    ends.forEach((end, index) => {
      if (end.edge !== start.edge) return;
      const part = end.fraction - start.fraction;
      const rideS = part >= 0 ? partOf(alongS, part) : partOf(againstS, -part);
      offer({ seconds: walkS + rideS + end.distanceM / walkingMps, start, towards: { end: index } });
    });
  }
  return best;
}

function followWay(
  network: StreetNetwork,
  { nextEdge, nextAlong, nextEnd }: Tree,
  { origin, place, first, ends }: { origin: LngLat; place: LngLat; first: First; ends: readonly Snap[] },
): StreetWay {
  const { start, towards, seconds } = first;
  const lngLats: LngLat[] = [origin, start.lngLat];
  let metres = start.distanceM;
  const ride = (edge: number, from: number, to: number): void => {
    metres += Math.abs(to - from) * network.lengthM[edge]!;
    lngLats.push(...positionsBetween(network, edge, from, to));
  };
  let end: Snap;
  if ('end' in towards) {
    end = ends[towards.end]!;
    ride(start.edge, start.fraction, end.fraction);
  } else {
    let { node } = towards;
    ride(start.edge, start.fraction, towards.isAlong ? 1 : 0);
    for (;;) {
      const edge = nextEdge[node]!;
      const isAlong = nextAlong[node] === 1;
      const last = nextEnd[node]!;
      if (last !== none) {
        end = ends[last]!;
        ride(edge, isAlong ? 0 : 1, end.fraction);
        break;
      }
      ride(edge, isAlong ? 0 : 1, isAlong ? 1 : 0);
      node = isAlong ? network.to[edge]! : network.from[edge]!;
    }
  }
  lngLats.push(end.lngLat, place);
  return { seconds, metres: metres + end.distanceM, lngLats: lngLats.filter(isNew) };
}

const isNew = (lngLat: LngLat, index: number, all: readonly LngLat[]): boolean => {
  const before = all[index - 1];
  return before?.[0] !== lngLat[0] || before[1] !== lngLat[1];
};

/** The bends of an edge between two fractions of its length, in the order of going; both ends of an edge only where it is gone to its end. */
function positionsBetween(network: StreetNetwork, edge: number, from: number, to: number): LngLat[] {
  const { positionStart, positions } = network;
  const first = positionStart[edge]!;
  const last = positionStart[edge + 1]! - 1;
  const along: number[] = [0];
  const scaleX = Math.cos((positions[2 * first + 1]! * Math.PI) / 180);
  for (let i = first + 1; i <= last; i++) {
    const dx = (positions[2 * i]! - positions[2 * i - 2]!) * scaleX;
    const dy = positions[2 * i + 1]! - positions[2 * i - 1]!;
    along.push(along.at(-1)! + Math.hypot(dx, dy));
  }
  const whole = along.at(-1)!;
  const [low, high] = from <= to ? [from, to] : [to, from];
  const between: LngLat[] = [];
  for (let i = first; i <= last; i++) {
    const fraction = whole === 0 ? 0 : along[i - first]! / whole;
    if (fraction >= low && fraction <= high) between.push(positionAt(network, i));
  }
  return from <= to ? between : between.reverse();
}
