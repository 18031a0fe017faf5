import type { Bbox } from '../positions/contract.ts';

/**
 * Live units are cut into cells of 0.02° by 0.02°: about 2.2 km north to south. A station is then 4 to 9 cells, a city
 * a few hundred, and a position inside a cell fits two 16-bit steps of 3.4 cm. Degrees and not map tiles, because then
 * degrees are linear in the steps and a shader needs one multiply and add.
 */
export const cellDeg = 1 / 50;
const cellsPerDeg = 50;
const columns = 360 * cellsPerDeg;
const rows = 180 * cellsPerDeg;

/** Steps of a 16-bit position along one side of a cell. */
export const stepsPerCell = 65_536;
/** Degrees of one step. */
export const stepDeg = cellDeg / stepsPerCell;

/** Columns and rows of cells, both ends included; column 0 starts at 180° W, row 0 at 90° S. */
export interface CellRange {
  west: number;
  south: number;
  east: number;
  north: number;
}

const clamp = (value: number, max: number): number => (value < 0 ? 0 : value > max ? max : value);

/** The number of the cell a position lies in: row × 18,000 + column. A position on an edge belongs to the cell north or east of it. */
export const cellOf = (lng: number, lat: number): number =>
  clamp(Math.floor((lat + 90) * cellsPerDeg), rows - 1) * columns +
  clamp(Math.floor((lng + 180) * cellsPerDeg), columns - 1);

export const columnOf = (cell: number): number => cell % columns;
export const rowOf = (cell: number): number => Math.floor(cell / columns);

/** Degrees of a cell's western edge. */
export const westOf = (cell: number): number => columnOf(cell) / cellsPerDeg - 180;
/** Degrees of a cell's southern edge. */
export const southOf = (cell: number): number => rowOf(cell) / cellsPerDeg - 90;

/** The cells a box touches. */
export function cellRangeOf([west, south, east, north]: Bbox): CellRange {
  const southWest = cellOf(west, south);
  const northEast = cellOf(east, north);
  return { west: columnOf(southWest), south: rowOf(southWest), east: columnOf(northEast), north: rowOf(northEast) };
}

export function isInRange(range: CellRange, cell: number): boolean {
  const column = cell % columns;
  const row = (cell - column) / columns;
  return column >= range.west && column <= range.east && row >= range.south && row <= range.north;
}

export const isSameRange = (a: CellRange, b: CellRange): boolean =>
  a.west === b.west && a.south === b.south && a.east === b.east && a.north === b.north;

/** The cells in both; undefined when there are none. */
export function intersectRanges(a: CellRange, b: CellRange): CellRange | undefined {
  const range = {
    west: Math.max(a.west, b.west),
    south: Math.max(a.south, b.south),
    east: Math.min(a.east, b.east),
    north: Math.min(a.north, b.north),
  };
  return range.west <= range.east && range.south <= range.north ? range : undefined;
}
