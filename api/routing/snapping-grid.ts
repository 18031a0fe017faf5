import type { Bbox, LngLat } from '../positions/contract.ts';
import type { StreetNetwork } from './street-network.ts';
import type { StreetKind } from './travel-speeds.ts';

/** Edges by the squares they pass, to find those near a place without looking at all. */
export interface SnappingGrid {
  readonly columns: number;
  readonly rows: number;
  readonly start: Uint32Array;
  readonly edges: Uint32Array;
}

const cellM = 120;
const metresPerDegree = (Math.PI / 180) * 6_371_008.8;

/** A place of a street near a place: where one gets onto it, or off. */
export interface Snap {
  edge: number;
  /** Of the edge's length, from its beginning. */
  fraction: number;
  distanceM: number;
  lngLat: LngLat;
}

/** Places farther than this from every street are reached by no street. */
export const maxSnapM = 300;
/** Streets so much farther than the nearest one are no choice any more… */
const alikeM = 30;
/** …and of those alike so many are tried: both sides of a wide road, the corner. */
const maxSnaps = 6;

export function snappingGrid(positions: Float64Array, positionStart: Uint32Array, bbox: Bbox): SnappingGrid {
  const [west, south, east, north] = bbox;
  const scale = scaleAt(south, north);
  const columns = Math.max(1, Math.ceil(((east - west) * scale.x) / cellM));
  const rows = Math.max(1, Math.ceil(((north - south) * scale.y) / cellM));
  const column = (lng: number) => clamp(Math.floor(((lng - west) * scale.x) / cellM), columns);
  const row = (lat: number) => clamp(Math.floor(((lat - south) * scale.y) / cellM), rows);
  const visit = (put: (cell: number, edge: number) => void): void => {
    for (let edge = 0; edge + 1 < positionStart.length; edge++)
      for (let i = positionStart[edge]!; i + 1 < positionStart[edge + 1]!; i++) {
        const [column1, column2] = [column(positions[2 * i]!), column(positions[2 * i + 2]!)];
        const [row1, row2] = [row(positions[2 * i + 1]!), row(positions[2 * i + 3]!)];
        for (let r = Math.min(row1, row2); r <= Math.max(row1, row2); r++)
          for (let c = Math.min(column1, column2); c <= Math.max(column1, column2); c++) put(r * columns + c, edge);
      }
  };
  const start = new Uint32Array(columns * rows + 1);
  visit((cell) => start[cell + 1]!++);
  for (let cell = 0; cell < columns * rows; cell++) start[cell + 1]! += start[cell]!;
  const next = start.slice(0, -1);
  const edges = new Uint32Array(start[columns * rows]!);
  visit((cell, edge) => (edges[next[cell]!++] = edge));
  return { columns, rows, start, edges };
}

/**
 * Where someone of this kind gets onto the streets from a place: the nearest street and what is about as near, and one
 * of the largest connected piece when none of those is in it. Empty: no street within `maxSnapM`.
 */
export function snap(network: StreetNetwork, kind: StreetKind, [lng, lat]: LngLat): Snap[] {
  const { bbox, grid, alongS, againstS } = network;
  const scale = scaleAt(bbox[1], bbox[3]);
  const reach = Math.ceil(maxSnapM / cellM);
  const column = Math.floor(((lng - bbox[0]) * scale.x) / cellM);
  const row = Math.floor(((lat - bbox[1]) * scale.y) / cellM);
  const found = new Map<number, Snap>();
  for (let r = Math.max(0, row - reach); r <= Math.min(grid.rows - 1, row + reach); r++)
    for (let c = Math.max(0, column - reach); c <= Math.min(grid.columns - 1, column + reach); c++)
      for (let i = grid.start[r * grid.columns + c]!; i < grid.start[r * grid.columns + c + 1]!; i++) {
        const edge = grid.edges[i]!;
        if (found.has(edge) || (alongS[kind][edge] === Infinity && againstS[kind][edge] === Infinity)) continue;
        found.set(edge, nearestOnEdge(network, edge, [lng, lat], scale));
      }
  const near = [...found.values()]
    .filter(({ distanceM }) => distanceM <= maxSnapM)
    .sort((a, b) => a.distanceM - b.distanceM);
  const chosen = near.filter(({ distanceM }) => distanceM <= near[0]!.distanceM + alikeM).slice(0, maxSnaps);
  const isLargest = ({ edge }: Snap) => network.component[edge] === 1;
  const largest = chosen.some(isLargest) ? undefined : near.find(isLargest);
  return largest ? [...chosen, largest] : chosen;
}

/** The place of an edge nearest to this one, on a plane that is right to a per mille over a town. */
function nearestOnEdge(
  { positions, positionStart }: StreetNetwork,
  edge: number,
  [lng, lat]: LngLat,
  scale: { x: number; y: number },
): Snap {
  let best = { distance2: Infinity, alongM: 0, lngLat: [lng, lat] as LngLat };
  let passedM = 0;
  for (let i = positionStart[edge]!; i + 1 < positionStart[edge + 1]!; i++) {
    const x1 = (positions[2 * i]! - lng) * scale.x;
    const y1 = (positions[2 * i + 1]! - lat) * scale.y;
    const dx = (positions[2 * i + 2]! - positions[2 * i]!) * scale.x;
    const dy = (positions[2 * i + 3]! - positions[2 * i + 1]!) * scale.y;
    const length2 = dx * dx + dy * dy;
    const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, -(x1 * dx + y1 * dy) / length2));
    const [x, y] = [x1 + t * dx, y1 + t * dy];
    const distance2 = x * x + y * y;
    if (distance2 < best.distance2)
      best = { distance2, alongM: passedM + t * Math.sqrt(length2), lngLat: [lng + x / scale.x, lat + y / scale.y] };
    passedM += Math.sqrt(length2);
  }
  return {
    edge,
    fraction: passedM === 0 ? 0 : best.alongM / passedM,
    distanceM: Math.sqrt(best.distance2),
    lngLat: best.lngLat,
  };
}

const scaleAt = (south: number, north: number) => ({
  x: metresPerDegree * Math.cos((((south + north) / 2) * Math.PI) / 180),
  y: metresPerDegree,
});

const clamp = (cell: number, count: number): number => Math.max(0, Math.min(count - 1, cell));
