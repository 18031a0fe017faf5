import { nearestOnSegment, type Point } from './plane.ts';

const cellM = 60;
const toleranceM = 1e-3;

/** All corners of the town, so that what touches has its corners in common. */
export class Corners {
  #cells = new Map<string, Point[]>();

  /** The corner already known at this place, else this point, known from now on. */
  share(point: Point): Point {
    for (const known of this.#near(point[0], point[1], point[0], point[1]))
      if (Math.abs(known[0] - point[0]) < toleranceM && Math.abs(known[1] - point[1]) < toleranceM) return known;
    const key = cellKey(Math.floor(point[0] / cellM), Math.floor(point[1] / cellM));
    const cell = this.#cells.get(key);
    if (cell) cell.push(point);
    else this.#cells.set(key, [point]);
    return point;
  }

  /**
   * The line with every known corner that lies on it among its points. Without that a street that ends on the side of
   * a grid would bend away from it, and two grids would gape by a rounding error.
   */
  insertInto(line: readonly Point[]): Point[] {
    return line.flatMap((end, i) => {
      if (i === 0) return [this.share(end)];
      const start = line[i - 1] as Point;
      const on = this.#near(
        Math.min(start[0], end[0]),
        Math.min(start[1], end[1]),
        Math.max(start[0], end[0]),
        Math.max(start[1], end[1]),
      )
        .map((corner) => ({ corner, ...nearestOnSegment(corner, start, end) }))
        .filter(({ share, distance }) => distance < toleranceM && share > 0 && share < 1)
        .toSorted((a, b) => a.share - b.share)
        .map(({ corner }) => corner);
      return [...on, this.share(end)].filter((point, j, all) => point !== (j === 0 ? this.share(start) : all[j - 1]));
    });
  }

  #near(west: number, south: number, east: number, north: number): Point[] {
    const found: Point[] = [];
    for (let x = Math.floor((west - toleranceM) / cellM); x <= Math.floor((east + toleranceM) / cellM); x++)
      for (let y = Math.floor((south - toleranceM) / cellM); y <= Math.floor((north + toleranceM) / cellM); y++) {
        const cell = this.#cells.get(cellKey(x, y));
        if (cell) found.push(...cell);
      }
    return found;
  }
}

const cellKey = (x: number, y: number): string => `${x},${y}`;
