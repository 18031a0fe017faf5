/** A grid as its rings, WGS 84 degrees; holes and islands as they come. */
export interface IndexedGrid {
  id: string;
  rings: readonly (readonly (readonly [number, number])[])[];
}

/** A part of a straight line: from and to as shares of its length, 0–1, and the place of its grid in the index; -1: in none. */
export interface LinePart {
  grid: number;
  from: number;
  to: number;
}

const maxCells = 128;
const nothing: readonly number[] = [];

/**
 * Which grid a place lies in, and how a line is shared among grids. A raster tells most of it: a cell that no border
 * touches lies in one grid as a whole. Where grids overlap, the one that was given first counts; on a common border
 * exactly one does (even-odd rule, half open: https://wrfranklin.org/Research/Short_Notes/pnpoly.html).
 */
export class GridIndex {
  readonly ids: readonly string[];
  readonly #grids: readonly { bbox: readonly [number, number, number, number]; edges: Float64Array }[];
  /** x0, y0, x1, y1 of every edge. */
  readonly #edges: Float64Array;
  readonly #west: number;
  readonly #south: number;
  readonly #cellWidth: number;
  readonly #cellHeight: number;
  readonly #side: number;
  readonly #edgesOfCell: (number[] | undefined)[];
  readonly #gridOfCell: Int32Array;

  constructor(grids: readonly IndexedGrid[]) {
    this.ids = grids.map(({ id }) => id);
    this.#grids = grids.map(({ rings }) => {
      const edges = Float64Array.from(
        rings.flatMap((ring) => ring.slice(1).flatMap(([x, y], i) => [ring[i]![0], ring[i]![1], x, y])),
      );
      return { edges, bbox: bboxOf(edges) };
    });
    this.#edges = Float64Array.from(this.#grids.flatMap(({ edges }) => [...edges]));
    const [west, south, east, north] = grids.length > 0 ? bboxOf(this.#edges) : [0, 0, 0, 0];
    this.#side = Math.min(maxCells, 8 + Math.ceil(Math.sqrt(this.#edges.length)));
    [this.#west, this.#south] = [west, south];
    this.#cellWidth = (east - west) / this.#side || 1;
    this.#cellHeight = (north - south) / this.#side || 1;
    this.#edgesOfCell = new Array<number[] | undefined>(this.#side ** 2);
    for (let at = 0; at < this.#edges.length; at += 4) this.#enter(at);
    this.#gridOfCell = new Int32Array(this.#side ** 2).fill(-1);
    for (let cell = 0; cell < this.#gridOfCell.length; cell++) {
      if (this.#edgesOfCell[cell]) continue;
      // Between two cells without a border there is none either.
      const [left, below] = [cell % this.#side === 0 ? -1 : cell - 1, cell - this.#side];
      const neighbour = [left, below].find((other) => other >= 0 && !this.#edgesOfCell[other]);
      this.#gridOfCell[cell] =
        neighbour === undefined
          ? this.#search(
              west + ((cell % this.#side) + 0.5) * this.#cellWidth,
              south + (Math.floor(cell / this.#side) + 0.5) * this.#cellHeight,
            )
          : this.#gridOfCell[neighbour]!;
    }
  }

  /** The place of the grid that holds this point, -1: none. */
  at(x: number, y: number): number {
    const [column, row] = [this.#column(x), this.#row(y)];
    if (column < 0 || row < 0 || column >= this.#side || row >= this.#side) return this.#search(x, y);
    const cell = row * this.#side + column;
    return this.#edgesOfCell[cell] ? this.#search(x, y) : this.#gridOfCell[cell]!;
  }

  /** The line's parts from its beginning to its end, neighbours in different grids; a standing point is one part. */
  split(ax: number, ay: number, bx: number, by: number): LinePart[] {
    const shares = this.#crossings(ax, ay, bx, by);
    const parts: LinePart[] = [];
    let from = 0;
    for (const to of [...shares, 1]) {
      if (to - from < 1e-12) continue;
      const middle = (from + to) / 2;
      const grid = this.at(ax + (bx - ax) * middle, ay + (by - ay) * middle);
      const last = parts.at(-1);
      if (last?.grid === grid) last.to = to;
      else parts.push({ grid, from, to });
      from = to;
    }
    return parts;
  }

  /** Where along the line borders are met, ascending. Along a border nothing is met but its corners. */
  #crossings(ax: number, ay: number, bx: number, by: number): readonly number[] {
    const [left, right] = [this.#column(Math.min(ax, bx)), this.#column(Math.max(ax, bx))];
    const [bottom, top] = [this.#row(Math.min(ay, by)), this.#row(Math.max(ay, by))];
    let met: number[] | undefined;
    const last = this.#side - 1;
    for (let row = Math.max(0, bottom); row <= Math.min(last, top); row++)
      for (let column = Math.max(0, left); column <= Math.min(last, right); column++) {
        // Nearly always there are none: most of a grid is not its border.
        const edges = this.#edgesOfCell[row * this.#side + column];
        if (edges) for (const at of edges) this.#meet(at, ax, ay, bx - ax, by - ay, (met ??= []));
      }
    return met?.sort((a, b) => a - b) ?? nothing;
  }

  #meet(at: number, ax: number, ay: number, dx: number, dy: number, met: number[]): void {
    const [px, py] = [this.#edges[at]! - ax, this.#edges[at + 1]! - ay];
    const [ex, ey] = [this.#edges[at + 2]! - this.#edges[at]!, this.#edges[at + 3]! - this.#edges[at + 1]!];
    const cross = dx * ey - dy * ex;
    if (cross === 0) return;
    const along = (px * ey - py * ex) / cross;
    const onEdge = (px * dy - py * dx) / cross;
    if (along > 0 && along < 1 && onEdge >= -1e-9 && onEdge <= 1 + 1e-9) met.push(along);
  }

  /** Notes the edge in every cell that its box touches; one on the line between two cells in both. */
  #enter(at: number): void {
    const [x0, y0, x1, y1] = this.#edges.subarray(at, at + 4) as unknown as [number, number, number, number];
    const [marginX, marginY] = [this.#cellWidth * 1e-6, this.#cellHeight * 1e-6];
    const last = this.#side - 1;
    const [left, right] = [this.#column(Math.min(x0, x1) - marginX), this.#column(Math.max(x0, x1) + marginX)];
    const [bottom, top] = [this.#row(Math.min(y0, y1) - marginY), this.#row(Math.max(y0, y1) + marginY)];
    for (let row = Math.max(0, bottom); row <= Math.min(last, top); row++)
      for (let column = Math.max(0, left); column <= Math.min(last, right); column++)
        (this.#edgesOfCell[row * this.#side + column] ??= []).push(at);
  }

  #column(x: number): number {
    return Math.floor((x - this.#west) / this.#cellWidth);
  }

  #row(y: number): number {
    return Math.floor((y - this.#south) / this.#cellHeight);
  }

  #search(x: number, y: number): number {
    return this.#grids.findIndex(({ bbox: [west, south, east, north], edges }) => {
      if (x < west || x > east || y < south || y > north) return false;
      let isInside = false;
      for (let at = 0; at < edges.length; at += 4) {
        const [y0, y1] = [edges[at + 1]!, edges[at + 3]!];
        if (y0 > y === y1 > y) continue;
        const x0 = edges[at]!;
        if (x < ((edges[at + 2]! - x0) * (y - y0)) / (y1 - y0) + x0) isInside = !isInside;
      }
      return isInside;
    });
  }
}

function bboxOf(edges: Float64Array): [west: number, south: number, east: number, north: number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < edges.length; at += 2) {
    west = Math.min(west, edges[at]!);
    east = Math.max(east, edges[at]!);
    south = Math.min(south, edges[at + 1]!);
    north = Math.max(north, edges[at + 1]!);
  }
  return [west, south, east, north];
}
