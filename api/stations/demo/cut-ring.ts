import {
  between,
  crossingOf,
  distanceM,
  isInside,
  nearestOnSegment,
  pointAlong,
  lengthOf,
  sidesOf,
  type Point,
  type Ring,
} from './plane.ts';

/** The parts of a path that run through the ring from side to side; a part that ends inside is none. In path order. */
export function piecesInside(ring: Ring, path: readonly Point[]): Point[][] {
  const crossings: { at: number; point: Point }[] = [];
  for (let i = 1; i < path.length; i++) {
    const [a, b] = [path[i - 1] as Point, path[i] as Point];
    for (const [c, d] of sidesOf(ring)) {
      const crossing = crossingOf(a, b, c, d);
      if (crossing) crossings.push({ at: i - 1 + crossing.onFirst, point: between(c, d, crossing.onSecond) });
    }
  }
  crossings.sort((a, b) => a.at - b.at);
  const pieces: Point[][] = [];
  for (let i = 1; i < crossings.length; i++) {
    const [from, to] = [crossings[i - 1] as (typeof crossings)[0], crossings[i] as (typeof crossings)[0]];
    if (to.at - from.at < 1e-9) continue;
    const inner = path.slice(Math.floor(from.at) + 1, Math.ceil(to.at));
    const piece = [from.point, ...inner, to.point].filter(
      (point, j, all) => j === 0 || distanceM(point, all[j - 1] as Point) > 1e-6,
    );
    if (piece.length >= 2 && isInside(ring, pointAlong(piece, lengthOf(piece) / 2).point)) pieces.push(piece);
  }
  return pieces;
}

/** Cuts a ring in two along a piece whose ends lie on its sides and whose rest lies within; both keep the ring's direction. */
export function cutRing(ring: Ring, piece: readonly Point[]): [Point[], Point[]] {
  const start = piece[0] as Point;
  const end = piece[piece.length - 1] as Point;
  const from = findSide(ring, start);
  const to = findSide(ring, end);
  const inner = piece.slice(1, -1);
  return [
    clean([start, ...walk(ring, from, to), end, ...inner.toReversed()]),
    clean([end, ...walk(ring, to, from), start, ...inner]),
  ];
}

/** Cuts all rings along a path; returns the rings that result and the pieces of the path that cut. */
export function cutRings(rings: readonly Ring[], path: readonly Point[]): { rings: Ring[]; pieces: Point[][] } {
  const all: Point[][] = [];
  const result = rings.flatMap((ring) => {
    let parts: Ring[] = [ring];
    for (const piece of piecesInside(ring, path)) {
      const middle = pointAlong(piece, lengthOf(piece) / 2).point;
      const index = parts.findIndex((part) => isInside(part, middle));
      if (index < 0) continue;
      all.push(piece);
      parts = parts.toSpliced(index, 1, ...cutRing(parts[index] as Ring, piece));
    }
    return parts;
  });
  return { rings: result, pieces: all };
}

/** The straight cut through a point inside the ring along a direction; undefined when the point is not inside. */
export function chordThrough(ring: Ring, through: Point, [dx, dy]: Point): [Point, Point] | undefined {
  if (!isInside(ring, through)) return undefined;
  const reach = 20_000;
  const hit = (sign: 1 | -1): Point | undefined => {
    let nearest: { onFirst: number; point: Point } | undefined;
    const far: Point = [through[0] + dx * reach * sign, through[1] + dy * reach * sign];
    for (const [c, d] of sidesOf(ring)) {
      const crossing = crossingOf(through, far, c, d);
      if (crossing && (!nearest || crossing.onFirst < nearest.onFirst))
        nearest = { onFirst: crossing.onFirst, point: between(c, d, crossing.onSecond) };
    }
    return nearest?.point;
  };
  const [a, b] = [hit(-1), hit(1)];
  return a && b && distanceM(a, b) > 1 ? [a, b] : undefined;
}

interface Side {
  index: number;
  share: number;
}

function findSide(ring: Ring, point: Point): Side {
  let best = { index: 0, share: 0, distance: Infinity };
  sidesOf(ring).forEach(([a, b], index) => {
    const { share, distance } = nearestOnSegment(point, a, b);
    if (distance < best.distance - 1e-9) best = { index, share, distance };
  });
  return best;
}

/** Corners passed going along the ring from one place on its sides to another. */
function walk(ring: Ring, from: Side, to: Side): Point[] {
  if (from.index === to.index && to.share > from.share) return [];
  const steps = (to.index - from.index + ring.length) % ring.length || ring.length;
  return Array.from({ length: steps }, (_, step) => ring[(from.index + 1 + step) % ring.length] as Point);
}

const clean = (points: Point[]): Point[] =>
  points.filter((point, i) => distanceM(point, points[(i + points.length - 1) % points.length] as Point) > 1e-6);
