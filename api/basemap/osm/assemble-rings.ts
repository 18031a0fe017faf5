import type { Position } from 'geojson';
import { signedRingArea } from '../area.ts';

/** A way as its node ids and their places, one each. */
export interface RingPiece {
  nodeIds: readonly number[];
  lngLats: readonly Position[];
}

/**
 * Joins ways end to end, turning them where needed, as multipolygon relations and coastlines are drawn.
 * @param mayTurn false for coastlines, whose direction says on which side the water is.
 * @returns closed rings, and what stayed open.
 */
export function joinPieces(pieces: readonly RingPiece[], mayTurn = true): { rings: RingPiece[]; open: RingPiece[] } {
  const rings: RingPiece[] = [];
  const open: RingPiece[] = [];
  const unused = new Set<RingPiece>();
  const byEnd = new Map<number, RingPiece[]>();
  for (const piece of pieces) {
    if (piece.nodeIds.length < 2) continue;
    if (piece.nodeIds[0] === piece.nodeIds.at(-1)) {
      rings.push(piece);
      continue;
    }
    unused.add(piece);
    for (const end of mayTurn ? [piece.nodeIds[0]!, piece.nodeIds.at(-1)!] : [piece.nodeIds[0]!])
      byEnd.set(end, [...(byEnd.get(end) ?? []), piece]);
  }
  for (const first of pieces) {
    if (!unused.delete(first)) continue;
    const nodeIds = [...first.nodeIds];
    const lngLats = [...first.lngLats];
    while (nodeIds[0] !== nodeIds.at(-1)) {
      const end = nodeIds.at(-1)!;
      const next = byEnd.get(end)?.find((piece) => unused.has(piece));
      if (!next) break;
      unused.delete(next);
      const isForward = next.nodeIds[0] === end;
      nodeIds.push(...(isForward ? next.nodeIds : next.nodeIds.toReversed()).slice(1));
      lngLats.push(...(isForward ? next.lngLats : next.lngLats.toReversed()).slice(1));
    }
    (nodeIds[0] === nodeIds.at(-1) ? rings : open).push({ nodeIds, lngLats });
  }
  return mayTurn ? { rings, open } : { rings, open: joinFronts(open) };
}

/** Coastline chains that began in the middle: one's end may be another's start, found in a second round. */
function joinFronts(chains: RingPiece[]): RingPiece[] {
  const byStart = new Map(chains.map((chain) => [chain.nodeIds[0]!, chain]));
  const followers = new Set(
    chains.map((chain) => byStart.get(chain.nodeIds.at(-1)!)).filter((chain) => chain !== undefined),
  );
  return chains
    .filter((chain) => !followers.has(chain))
    .map((chain) => {
      const nodeIds = [...chain.nodeIds];
      const lngLats = [...chain.lngLats];
      for (let next = byStart.get(nodeIds.at(-1)!); next; next = byStart.get(nodeIds.at(-1)!)) {
        byStart.delete(next.nodeIds[0]!);
        nodeIds.push(...next.nodeIds.slice(1));
        lngLats.push(...next.lngLats.slice(1));
      }
      return { nodeIds, lngLats };
    });
}

/**
 * Sorts rings into polygons: a ring inside an odd number of others is a hole of the smallest one around it, whatever
 * its role says (roles are often wrong).
 */
export function nestRings(rings: readonly (readonly Position[])[]): Position[][][] {
  const sorted = rings
    .filter((ring) => ring.length >= 4 && signedRingArea(ring) !== 0)
    .map((ring) => ({ ring, area: Math.abs(signedRingArea(ring)), depth: 0, polygon: [] as Position[][] }))
    .sort((a, b) => b.area - a.area);
  const polygons: Position[][][] = [];
  sorted.forEach((inner, index) => {
    const around = sorted
      .slice(0, index)
      .filter((outer) => outer.area > inner.area && containsRing(outer.ring, inner.ring));
    inner.depth = around.length;
    const parent = around.at(-1);
    if (inner.depth % 2 === 1 && parent) parent.polygon.push(wind(inner.ring, -1));
    else {
      inner.polygon.push(wind(inner.ring, 1));
      polygons.push(inner.polygon);
    }
  });
  return polygons;
}

/** RFC 7946: outer rings counter-clockwise, holes clockwise. */
const wind = (ring: readonly Position[], sign: 1 | -1): Position[] =>
  Math.sign(signedRingArea(ring)) === sign ? [...ring] : ring.toReversed();

/** Rings of one relation may touch: the first corner that is not on the other ring's corners decides. */
function containsRing(outer: readonly Position[], inner: readonly Position[]): boolean {
  const corners = new Set(outer.map(([x, y]) => `${x},${y}`));
  const corner = inner.find(([x, y]) => !corners.has(`${x},${y}`));
  if (corner) return containsPoint(outer, corner);
  const [a, b] = inner;
  return a !== undefined && b !== undefined && containsPoint(outer, [(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2]);
}

/** Even-odd rule. https://wrfranklin.org/Research/Short_Notes/pnpoly.html */
export function containsPoint(ring: readonly Position[], [x = 0, y = 0]: Position): boolean {
  let isInside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi = 0, yi = 0] = ring[i]!;
    const [xj = 0, yj = 0] = ring[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) isInside = !isInside;
  }
  return isInside;
}
