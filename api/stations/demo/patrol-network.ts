import { buildStreetGraph } from '../../basemap/street-graph.ts';
import { streetWays } from './basemap-features.ts';
import { toPoint } from './ground.ts';
import { distanceM, distanceToRing, isInside, lengthOf, nearestOnSegment, type Point } from './plane.ts';
import type { Town } from './town.ts';

export interface PatrolEdge {
  from: number;
  to: number;
  class: string;
  points: readonly Point[];
  lengthM: number;
}

/** The streets that units patrol: those within the area of responsibility, as a graph in metres. */
export interface PatrolNetwork {
  nodes: Point[];
  edges: PatrolEdge[];
  /** Indexes of the edges at each node. */
  edgesAt: number[][];
}

export function makePatrolNetwork(town: Town): PatrolNetwork {
  const graph = buildStreetGraph(streetWays(town));
  const isWithin = (point: Point) => isInside(town.boundary, point) || distanceToRing(point, town.boundary) < 1;
  const indexOf = new Map<number, number>();
  const nodes: Point[] = [];
  for (const { osmId, lngLat, component } of graph.nodes) {
    const point = toPoint(lngLat);
    if (component === 1 && isWithin(point)) indexOf.set(osmId, nodes.push(point) - 1);
  }
  const edges: PatrolEdge[] = [];
  const edgesAt: number[][] = nodes.map(() => []);
  for (const edge of graph.edges) {
    const [from, to] = [indexOf.get(edge.fromNode), indexOf.get(edge.toNode)];
    if (from === undefined || to === undefined || from === to) continue;
    const points = edge.lngLats.map(toPoint);
    const index = edges.push({ from, to, class: edge.class, points, lengthM: lengthOf(points) }) - 1;
    edgesAt[from]?.push(index);
    edgesAt[to]?.push(index);
  }
  return { nodes, edges, edgesAt };
}

/** A place on a street: metres from the `from` end of the edge. */
export interface StreetPlace {
  edge: number;
  alongM: number;
}

/** The place on the streets nearest to a point. */
export function findNearestPlace({ edges }: PatrolNetwork, point: Point): StreetPlace {
  let best = { edge: 0, alongM: 0, distance: Infinity };
  edges.forEach(({ points }, edge) => {
    let passedM = 0;
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1] as Point, points[i] as Point];
      const { share, distance } = nearestOnSegment(point, a, b);
      if (distance < best.distance) best = { edge, alongM: passedM + share * distanceM(a, b), distance };
      passedM += distanceM(a, b);
    }
  });
  return best;
}
