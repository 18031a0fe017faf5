/**
 * Douglas–Peucker on a flat x, y list, ends kept: the same rule as ST_Simplify, so that both tile encoders keep the same
 * vertices. https://en.wikipedia.org/wiki/Ramer%E2%80%93Douglas%E2%80%93Peucker_algorithm
 * @param tolerance in the unit of the coordinates; 0 returns the line as it is.
 */
export function simplifyLine(line: Float64Array, tolerance: number): Float64Array {
  const count = line.length / 2;
  if (tolerance <= 0 || count < 3) return line;
  const keeps = new Uint8Array(count);
  keeps[0] = keeps[count - 1] = 1;
  const stack: [number, number][] = [[0, count - 1]];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [first, last] = span;
    let farthest = -1;
    let farthestSquared = tolerance * tolerance;
    for (let i = first + 1; i < last; i++) {
      const squared = squaredDistanceToSegment(line, i, first, last);
      if (squared > farthestSquared) {
        farthest = i;
        farthestSquared = squared;
      }
    }
    if (farthest < 0) continue;
    keeps[farthest] = 1;
    stack.push([first, farthest], [farthest, last]);
  }
  const kept: number[] = [];
  for (let i = 0; i < count; i++) if (keeps[i]) kept.push(line[2 * i]!, line[2 * i + 1]!);
  return Float64Array.from(kept);
}

function squaredDistanceToSegment(line: Float64Array, point: number, from: number, to: number): number {
  const [x, y] = [line[2 * from]!, line[2 * from + 1]!];
  const [dx, dy] = [line[2 * to]! - x, line[2 * to + 1]! - y];
  const [px, py] = [line[2 * point]! - x, line[2 * point + 1]! - y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length));
  return (px - along * dx) ** 2 + (py - along * dy) ** 2;
}
