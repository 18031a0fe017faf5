/** A square from `min` to `max` on both axes. */
export interface ClipSquare {
  min: number;
  max: number;
}

/** The pieces of a flat x, y line inside the square; a line that leaves and returns is several. */
export function clipLine(line: Float64Array, { min, max }: ClipSquare): number[][] {
  const pieces: number[][] = [];
  let piece: number[] = [];
  for (let i = 2; i < line.length; i += 2) {
    const [x1, y1, x2, y2] = [line[i - 2]!, line[i - 1]!, line[i]!, line[i + 1]!];
    // Liang–Barsky: the part of the segment inside, as fractions of its length.
    let from = 0;
    let to = 1;
    for (const [start, delta] of [
      [x1, x2 - x1],
      [y1, y2 - y1],
    ] as const) {
      if (delta === 0) {
        if (start < min || start > max) to = -1;
        continue;
      }
      const enters = ((delta > 0 ? min : max) - start) / delta;
      const leaves = ((delta > 0 ? max : min) - start) / delta;
      if (enters > from) from = enters;
      if (leaves < to) to = leaves;
    }
    if (from > to) continue;
    if (from > 0 || piece.length === 0) {
      if (piece.length > 2) pieces.push(piece);
      piece = [x1 + from * (x2 - x1), y1 + from * (y2 - y1)];
    }
    piece.push(x1 + to * (x2 - x1), y1 + to * (y2 - y1));
    if (to < 1) {
      pieces.push(piece);
      piece = [];
    }
  }
  if (piece.length > 2) pieces.push(piece);
  return pieces;
}

/**
 * A flat x, y ring cut to the square (Sutherland–Hodgman); empty when nothing is left. A ring that leaves and returns
 * stays one ring that runs along the square's edge, which lies in the tile's buffer where nobody sees it.
 */
export function clipRing(ring: Float64Array, { min, max }: ClipSquare): number[] {
  let points: ArrayLike<number> = ring;
  for (const [axis, limit, isMax] of [
    [0, min, false],
    [0, max, true],
    [1, min, false],
    [1, max, true],
  ] as const) {
    const isInside = (at: number) => (isMax ? points[at + axis]! <= limit : points[at + axis]! >= limit);
    let isWhole = true;
    for (let i = 0; i < points.length && isWhole; i += 2) isWhole = isInside(i);
    if (isWhole) continue;
    const kept: number[] = [];
    for (let i = 2; i < points.length; i += 2) {
      const [was, is] = [isInside(i - 2), isInside(i)];
      if (was) kept.push(points[i - 2]!, points[i - 1]!);
      if (was !== is) {
        const part = (limit - points[i - 2 + axis]!) / (points[i + axis]! - points[i - 2 + axis]!);
        const x = points[i - 2]! + part * (points[i]! - points[i - 2]!);
        const y = points[i - 1]! + part * (points[i + 1]! - points[i - 1]!);
        kept.push(axis === 0 ? limit : x, axis === 1 ? limit : y);
      }
    }
    if (kept.length < 6) return [];
    kept.push(kept[0]!, kept[1]!);
    points = kept;
  }
  return points instanceof Float64Array ? [...points] : (points as number[]);
}
