// Geometry on the plane of the town: metres east and north of its centre. Rings are open (the first point is not repeated).
export type Point = readonly [x: number, y: number];
export type Ring = readonly Point[];

export const distanceM = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1]);

export const between = (a: Point, b: Point, share: number): Point => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
];

/** Unit vector from a to b; [1, 0] when they are one point. */
export function direction(a: Point, b: Point): Point {
  const length = distanceM(a, b);
  return length === 0 ? [1, 0] : [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
}

export const lengthOf = (line: readonly Point[]): number =>
  line.reduce((sum, point, i) => (i === 0 ? 0 : sum + distanceM(line[i - 1] as Point, point)), 0);

/** Segments of a ring, the closing one included. */
export const sidesOf = (ring: Ring): [Point, Point][] =>
  ring.map((point, i) => [point, ring[(i + 1) % ring.length] as Point]);

/** Square metres; negative when the ring runs clockwise. */
export function signedArea(ring: Ring): number {
  let doubled = 0;
  for (const [a, b] of sidesOf(ring)) doubled += a[0] * b[1] - b[0] * a[1];
  return doubled / 2;
}

export const areaOf = (ring: Ring): number => Math.abs(signedArea(ring));

export function centroidOf(ring: Ring): Point {
  let x = 0;
  let y = 0;
  let doubled = 0;
  for (const [a, b] of sidesOf(ring)) {
    const cross = a[0] * b[1] - b[0] * a[1];
    x += (a[0] + b[0]) * cross;
    y += (a[1] + b[1]) * cross;
    doubled += cross;
  }
  return doubled === 0 ? (ring[0] as Point) : [x / (3 * doubled), y / (3 * doubled)];
}

export function isInside(ring: Ring, [x, y]: Point): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i] as Point;
    const b = ring[j] as Point;
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  }
  return inside;
}

/** Where on the segment is nearest, as a share of its length, and how far away that is. */
export function nearestOnSegment(point: Point, a: Point, b: Point): { share: number; distance: number } {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const squared = dx * dx + dy * dy;
  const share =
    squared === 0 ? 0 : Math.min(1, Math.max(0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / squared));
  return { share, distance: Math.hypot(point[0] - a[0] - dx * share, point[1] - a[1] - dy * share) };
}

/** Square metres from a point to the nearest place on a segment; without an object, for it is asked by the million. */
export function squaredDistance(point: Point, a: Point, b: Point): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const px = point[0] - a[0];
  const py = point[1] - a[1];
  const squared = dx * dx + dy * dy;
  const share = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared));
  return (px - dx * share) ** 2 + (py - dy * share) ** 2;
}

/** Distance from a point to a line of several segments; infinity for an empty line. */
export function distanceToLine(point: Point, line: readonly Point[]): number {
  let nearest = Infinity;
  for (let i = 1; i < line.length; i++)
    nearest = Math.min(nearest, squaredDistance(point, line[i - 1] as Point, line[i] as Point));
  return Math.sqrt(nearest);
}

export function distanceToRing(point: Point, ring: Ring): number {
  const closing = squaredDistance(point, ring[ring.length - 1] as Point, ring[0] as Point);
  return Math.min(distanceToLine(point, ring), Math.sqrt(closing));
}

/** Where segments ab and cd cross, as shares of each; undefined when they do not or are parallel. */
export function crossingOf(a: Point, b: Point, c: Point, d: Point): { onFirst: number; onSecond: number } | undefined {
  const rx = b[0] - a[0];
  const ry = b[1] - a[1];
  const sx = d[0] - c[0];
  const sy = d[1] - c[1];
  const cross = rx * sy - ry * sx;
  if (Math.abs(cross) < 1e-12) return undefined;
  const onFirst = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
  const onSecond = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
  return onFirst >= 0 && onFirst <= 1 && onSecond >= 0 && onSecond <= 1 ? { onFirst, onSecond } : undefined;
}

/** Smooth line through the points (Catmull–Rom), `steps` segments between two of them. */
export function smoothLine(points: readonly Point[], steps: number): Point[] {
  const at = (i: number) => points[Math.min(points.length - 1, Math.max(0, i))] as Point;
  const smooth: Point[] = [at(0)];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let step = 1; step <= steps; step++) {
      const t = step / steps;
      const blend = (k: 0 | 1) =>
        0.5 *
        (2 * p1[k] +
          (p2[k] - p0[k]) * t +
          (2 * p0[k] - 5 * p1[k] + 4 * p2[k] - p3[k]) * t * t +
          (3 * p1[k] - p0[k] - 3 * p2[k] + p3[k]) * t * t * t);
      smooth.push([blend(0), blend(1)]);
    }
  }
  return smooth;
}

/** The line moved sideways: to its left by `offsetM(i)` at its i-th point (to its right when negative). */
export function offsetLine(line: readonly Point[], offsetM: (index: number) => number): Point[] {
  return line.map((point, i) => {
    const [dx, dy] = direction(line[Math.max(0, i - 1)] as Point, line[Math.min(line.length - 1, i + 1)] as Point);
    return [point[0] - dy * offsetM(i), point[1] + dx * offsetM(i)];
  });
}

/** Point and direction at a distance along a line; its end when the line is shorter. */
export function pointAlong(line: readonly Point[], alongM: number): { point: Point; heading: Point } {
  let left = alongM;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1] as Point;
    const b = line[i] as Point;
    const length = distanceM(a, b);
    if (left <= length && length > 0) return { point: between(a, b, left / length), heading: direction(a, b) };
    left -= length;
  }
  const last = line.length - 1;
  return { point: line[last] as Point, heading: direction(line[Math.max(0, last - 1)] as Point, line[last] as Point) };
}

/** Smallest rectangle around the ring among those along one of its sides: centre, unit vector of its long side, sizes. */
export function boxAround(ring: Ring): { centre: Point; axis: Point; longM: number; shortM: number } {
  let best = { centre: ring[0] as Point, axis: [1, 0] as Point, longM: Infinity, shortM: Infinity };
  for (const [a, b] of sidesOf(ring)) {
    if (distanceM(a, b) < 1e-6) continue;
    const [ux, uy] = direction(a, b);
    let [lowU, highU, lowV, highV] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of ring) {
      const u = x * ux + y * uy;
      const v = -x * uy + y * ux;
      lowU = Math.min(lowU, u);
      highU = Math.max(highU, u);
      lowV = Math.min(lowV, v);
      highV = Math.max(highV, v);
    }
    const [u, v] = [(lowU + highU) / 2, (lowV + highV) / 2];
    const [alongM, acrossM] = [highU - lowU, highV - lowV];
    if (alongM * acrossM >= best.longM * best.shortM) continue;
    best = {
      centre: [u * ux - v * uy, u * uy + v * ux],
      axis: alongM >= acrossM ? [ux, uy] : [-uy, ux],
      longM: Math.max(alongM, acrossM),
      shortM: Math.min(alongM, acrossM),
    };
  }
  return best;
}
