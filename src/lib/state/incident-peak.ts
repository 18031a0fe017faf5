import {
  kernelReach,
  latticeOver,
  metresPerUnit,
  planeX,
  planeY,
  smoothCounts,
  type Lattice,
} from '$lib/geo/density.ts';
import { rowIntegers, type IncidentColumns } from './incident-columns.ts';
import { passes, type IncidentBounds } from './incident-filter.ts';

/** Enough for a city at the finest bandwidth; a larger one is told a little flatter. */
const maxSide = 512;

/**
 * Incidents that pass, by cell; those outside the lattice are not counted. Each is shared out between the four cells
 * whose middles lie around it: in one cell alone it would be moved by up to half of one.
 */
export function countCells(
  { rows, count }: IncidentColumns,
  bounds: IncidentBounds,
  { cell, x0, y0, width, height }: Lattice,
  anchor: { x: number; y: number },
): Float32Array {
  const counts = new Float32Array(width * height);
  for (let i = 0, at = 0; i < count; i++, at += rowIntegers) {
    if (!passes(rows, at, bounds)) continue;
    const x = (planeX(rows[at]! / 1e5) - anchor.x) / cell - x0 - 0.5;
    const y = (planeY(rows[at + 1]! / 1e5) - anchor.y) / cell - y0 - 0.5;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    for (let corner = 0; corner < 4; corner++) {
      const [toColumn, toRow] = [column + (corner & 1), row + (corner >> 1)];
      if (toColumn < 0 || toColumn >= width || toRow < 0 || toRow >= height) continue;
      counts[toRow * width + toColumn]! += (1 - Math.abs(x - toColumn)) * (1 - Math.abs(y - toRow));
    }
  }
  return counts;
}

/** The highest density of all incidents that pass, per km²; 0: none pass. */
export function findPeak(columns: IncidentColumns, bounds: IncidentBounds, bandwidthM: number): number {
  if (columns.count === 0) return 0;
  const anchor = { x: planeX(columns.rows[0]! / 1e5), y: planeY(columns.rows[1]! / 1e5) };
  const [west, south, east, north] = columns.boxFrom(anchor);
  const reach = (kernelReach * bandwidthM) / metresPerUnit(anchor.y);
  const box = [west - reach, south - reach, east + reach, north + reach] as const;
  const lattice = latticeOver(box, anchor.y, bandwidthM, maxSide);
  if (!lattice) return 0;
  const density = smoothCounts(countCells(columns, bounds, lattice, anchor), lattice, anchor.y, bandwidthM);
  return density.reduce((peak, value) => Math.max(peak, value), 0);
}
