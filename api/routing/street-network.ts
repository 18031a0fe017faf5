import type { Bbox, LngLat } from '../positions/contract.ts';
import { snappingGrid, type SnappingGrid } from './snapping-grid.ts';
import { streetClasses, streetKinds, streetSpeedMps, type StreetKind } from './travel-speeds.ts';

/** A street between two junctions, as it is stored. */
export interface Street {
  fromNode: number;
  toNode: number;
  /** Connected piece of the graph it belongs to; 1 is the largest. */
  component: number;
  lengthM: number;
  oneway: number;
  class: string;
  /** Lng, lat in turn, from the one junction to the other. */
  positions: Float64Array;
}

/** The streets of an area in flat arrays, by number. Never changed once built. */
export interface StreetNetwork {
  readonly bbox: Bbox;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly component: Uint32Array;
  readonly lengthM: Float64Array;
  /** Seconds along an edge as it was drawn, and against; Infinity: not that way. */
  readonly alongS: Readonly<Record<StreetKind, Float64Array>>;
  readonly againstS: Readonly<Record<StreetKind, Float64Array>>;
  /** Positions of edge e: `positions[2 * positionStart[e]]` … before `positions[2 * positionStart[e + 1]]`. */
  readonly positionStart: Uint32Array;
  readonly positions: Float64Array;
  /** Edges that touch node n: `touching[touchingStart[n]]` … before `touching[touchingStart[n + 1]]`. */
  readonly touchingStart: Uint32Array;
  readonly touching: Uint32Array;
  readonly grid: SnappingGrid;
}

const classCodes = new Map<string, (typeof streetClasses)[number]>(streetClasses.map((name) => [name, name]));

/** Streets of a class that is none of ours (rails) are left out. */
export function buildStreetNetwork(all: readonly Street[], bbox: Bbox): StreetNetwork {
  const streets = all.filter((street) => classCodes.has(street.class));
  const edgeCount = streets.length;
  const from = new Uint32Array(edgeCount);
  const to = new Uint32Array(edgeCount);
  const component = new Uint32Array(edgeCount);
  const lengthM = new Float64Array(edgeCount);
  const alongS = {
    foot: new Float64Array(edgeCount),
    bike: new Float64Array(edgeCount),
    car: new Float64Array(edgeCount),
  };
  const againstS = {
    foot: new Float64Array(edgeCount),
    bike: new Float64Array(edgeCount),
    car: new Float64Array(edgeCount),
  };
  const positionStart = new Uint32Array(edgeCount + 1);
  const positions = new Float64Array(streets.reduce((sum, street) => sum + street.positions.length, 0));
  const nodes = new Map<number, number>();
  const numberOf = (id: number): number => {
    let number = nodes.get(id);
    if (number === undefined) nodes.set(id, (number = nodes.size));
    return number;
  };
  streets.forEach((street, edge) => {
    from[edge] = numberOf(street.fromNode);
    to[edge] = numberOf(street.toNode);
    component[edge] = street.component;
    lengthM[edge] = street.lengthM;
    const streetClass = classCodes.get(street.class)!;
    for (const kind of streetKinds) {
      // A speed of 0 makes Infinity: no way.
      alongS[kind][edge] = street.lengthM / streetSpeedMps(kind, streetClass, street.oneway < 0) || 0;
      againstS[kind][edge] = street.lengthM / streetSpeedMps(kind, streetClass, street.oneway > 0) || 0;
    }
    positions.set(street.positions, 2 * positionStart[edge]!);
    positionStart[edge + 1] = positionStart[edge]! + street.positions.length / 2;
  });
  const { start: touchingStart, entries: touching } = listTouching(from, to, nodes.size);
  return {
    bbox,
    nodeCount: nodes.size,
    edgeCount,
    from,
    to,
    component,
    lengthM,
    alongS,
    againstS,
    positionStart,
    positions,
    touchingStart,
    touching,
    grid: snappingGrid(positions, positionStart, bbox),
  };
}

/** Which edges touch each node, in one array with the place where each node's begin. */
function listTouching(from: Uint32Array, to: Uint32Array, nodeCount: number) {
  const start = new Uint32Array(nodeCount + 1);
  for (const ends of [from, to]) for (const node of ends) start[node + 1]!++;
  for (let node = 0; node < nodeCount; node++) start[node + 1]! += start[node]!;
  const next = start.slice(0, nodeCount);
  const entries = new Uint32Array(2 * from.length);
  for (const ends of [from, to]) ends.forEach((node, edge) => (entries[next[node]!++] = edge));
  return { start, entries };
}

export const positionAt = ({ positions }: Pick<StreetNetwork, 'positions'>, index: number): LngLat => [
  positions[2 * index]!,
  positions[2 * index + 1]!,
];
