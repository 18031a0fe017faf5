import type { LngLat } from '../positions/contract.ts';
import type { StreetWay } from './feature.ts';
import { haversineDistanceM } from './mercator.ts';

export interface StreetNode {
  osmId: number;
  component: number;
  lngLat: LngLat;
}

export interface StreetEdge {
  wayId: number;
  segment: number;
  fromNode: number;
  toNode: number;
  component: number;
  lengthM: number;
  oneway: -1 | 0 | 1;
  class: string;
  name: string | undefined;
  lngLats: LngLat[];
}

export interface StreetGraph {
  nodes: StreetNode[];
  edges: StreetEdge[];
  /** Edges per connected piece, largest first; its number is its place, from 1. */
  componentEdgeCounts: number[];
}

/**
 * Splits ways where they meet (a node of two ways, or one that a way passes twice) and at their ends, and numbers the
 * connected pieces by size. Ways with fewer than two places are left out.
 */
export function buildStreetGraph(ways: readonly StreetWay[]): StreetGraph {
  const visits = new Map<number, number>();
  for (const way of ways) {
    way.nodeIds.forEach((id, index) => {
      const isEnd = index === 0 || index === way.nodeIds.length - 1;
      visits.set(id, (visits.get(id) ?? 0) + (isEnd ? 2 : 1));
    });
  }
  const pieces = new DisjointSets();
  const nodes = new Map<number, StreetNode>();
  const edges: StreetEdge[] = [];
  for (const way of ways) {
    if (way.nodeIds.length < 2) continue;
    let start = 0;
    let segment = 0;
    for (let i = 1; i < way.nodeIds.length; i++) {
      const toNode = way.nodeIds[i]!;
      if ((visits.get(toNode) ?? 0) < 2) continue;
      const fromNode = way.nodeIds[start]!;
      const lngLats = way.lngLats.slice(start, i + 1);
      start = i;
      // A node written twice in a row makes no street.
      if (fromNode === toNode && lngLats.length < 3) continue;
      nodes.set(fromNode, { osmId: fromNode, component: 0, lngLat: lngLats[0]! });
      nodes.set(toNode, { osmId: toNode, component: 0, lngLat: lngLats.at(-1)! });
      pieces.join(fromNode, toNode);
      edges.push({
        wayId: way.wayId,
        segment: segment++,
        fromNode,
        toNode,
        component: 0,
        lengthM: lngLats.reduce(
          (sum, lngLat, k) => (k === 0 ? 0 : sum + haversineDistanceM(lngLats[k - 1]!, lngLat)),
          0,
        ),
        oneway: way.oneway,
        class: way.class,
        name: way.name,
        lngLats,
      });
    }
  }
  const counts = new Map<number, number>();
  for (const edge of edges) {
    const root = pieces.find(edge.fromNode);
    counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  const bySize = [...counts].sort(([rootA, a], [rootB, b]) => b - a || rootA - rootB);
  const numbers = new Map(bySize.map(([root], index) => [root, index + 1]));
  for (const edge of edges) edge.component = numbers.get(pieces.find(edge.fromNode))!;
  for (const node of nodes.values()) node.component = numbers.get(pieces.find(node.osmId))!;
  return { nodes: [...nodes.values()], edges, componentEdgeCounts: bySize.map(([, count]) => count) };
}

/** Union-find with path halving. https://en.wikipedia.org/wiki/Disjoint-set_data_structure */
class DisjointSets {
  readonly #parents = new Map<number, number>();

  find(id: number): number {
    let at = id;
    for (;;) {
      const parent = this.#parents.get(at) ?? at;
      if (parent === at) return at;
      const above = this.#parents.get(parent) ?? parent;
      this.#parents.set(at, above);
      at = above;
    }
  }

  join(a: number, b: number): void {
    const rootA = this.find(a);
    const rootB = this.find(b);
    if (rootA !== rootB) this.#parents.set(Math.max(rootA, rootB), Math.min(rootA, rootB));
  }
}
