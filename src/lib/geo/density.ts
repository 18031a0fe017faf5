import { earthRadiusM } from './sphere.ts';

// Kernel density of points on a square lattice of the Mercator plane: points are counted by cell, the counts smoothed
// by a Gaussian whose standard deviation is the bandwidth in metres, and divided by the cell's area. The lattice hangs
// on an anchor and not on the window, so that the picture stands still while the map is moved. The graphics card does
// the same with these lattices (density-layer.ts); here it is done for the legend.

/** Units of the plane: the world is 512 wide, y grows to the north. */
const worldSize = 512;
const radian = Math.PI / 180;

/** Cells from `x0`, `y0` on, counted from the anchor; `cell` is their side in units of the plane. */
export interface Lattice {
  cell: number;
  x0: number;
  y0: number;
  width: number;
  height: number;
}

/** West, south, east, north in units of the plane, from the anchor. */
export type PlaneBox = readonly [west: number, south: number, east: number, north: number];

export const planeX = (lng: number): number => ((lng + 180) / 360) * worldSize;
export const planeY = (lat: number): number => (0.5 + Math.atanh(Math.sin(lat * radian)) / (2 * Math.PI)) * worldSize;

/** Metres of one unit at this height of the plane: Mercator grows with 1 ÷ cos(latitude). */
export const metresPerUnit = (y: number): number =>
  (2 * Math.PI * earthRadiusM) / worldSize / Math.cosh((y / worldSize - 0.5) * 2 * Math.PI);

/** Cells of a third of the bandwidth bring the error of counting by cells to a hundredth. */
const cellsPerBandwidth = 3;
/** Where the lattice begins moves in such steps, so that a map that is moved seldom needs another one. */
const blockCells = 64;
/** Beyond this the Gaussian holds less than a ten-thousandth. */
export const kernelReach = 4;

/** The lattice over a box; cells are doubled until at most `maxSide` lie along a side. Undefined: the box is empty. */
export function latticeOver(box: PlaneBox, anchorY: number, bandwidthM: number, maxSide: number): Lattice | undefined {
  const [west, south, east, north] = box;
  if (!(west < east && south < north)) return undefined;
  for (let cell = bandwidthM / cellsPerBandwidth / metresPerUnit(anchorY); ; cell *= 2) {
    const from = (edge: number) => Math.floor(edge / cell / blockCells) * blockCells;
    const to = (edge: number) => Math.ceil(edge / cell / blockCells) * blockCells;
    const [x0, y0] = [from(west), from(south)];
    const [width, height] = [to(east) - x0, to(north) - y0];
    if (width <= maxSide && height <= maxSide) return { cell, x0, y0, width, height };
  }
}

/**
 * How much of a point in the middle cell falls into the cell so many cells away, for a Gaussian of this standard
 * deviation in cells: integrated over the cell, so that the sum is 1 also where a cell is wider than the bandwidth.
 */
export function kernelWeights(sigmaCells: number): Float64Array {
  const weights = new Float64Array(Math.ceil(kernelReach * sigmaCells) + 1);
  const upTo = (edge: number) => 0.5 * (1 + erf(edge / (Math.SQRT2 * sigmaCells)));
  for (let i = 0; i < weights.length; i++) weights[i] = upTo(i + 0.5) - upTo(i - 0.5);
  return weights;
}

/**
 * What is left to smooth, in cells: sharing an incident between four cells has spread it by a sixth of a cell squared,
 * and looking at whole cells by a twelfth.
 */
export const sigmaInCells = (bandwidthM: number, cellM: number): number =>
  Math.sqrt(Math.max((bandwidthM / cellM) ** 2 - 0.25, 0.0625));

/** Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26; error below 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - poly * Math.exp(-x * x));
}

/** Incidents per km² in each cell, from how many are in each; rows from south to north. */
export function smoothCounts(
  counts: Float32Array,
  lattice: Lattice,
  anchorY: number,
  bandwidthM: number,
): Float32Array {
  const { cell, y0, width, height } = lattice;
  const cellMetres = Float64Array.from(
    { length: height },
    (_, row) => cell * metresPerUnit(anchorY + (y0 + row + 0.5) * cell),
  );
  const rowWeights = Array.from(cellMetres, (metres) => kernelWeights(sigmaInCells(bandwidthM, metres)));
  const across = new Float32Array(counts.length);
  for (let row = 0; row < height; row++) {
    const weights = rowWeights[row]!;
    for (let column = 0, at = row * width; column < width; column++, at++) {
      const count = counts[at]!;
      if (count === 0) continue;
      const [from, to] = [Math.max(0, column - weights.length + 1), Math.min(width - 1, column + weights.length - 1)];
      for (let target = from; target <= to; target++)
        across[row * width + target]! += count * weights[Math.abs(target - column)]!;
    }
  }
  const density = new Float32Array(counts.length);
  for (let row = 0; row < height; row++) {
    const weights = rowWeights[row]!;
    const areaKm2 = (cellMetres[row]! / 1000) ** 2;
    const [from, to] = [Math.max(0, row - weights.length + 1), Math.min(height - 1, row + weights.length - 1)];
    for (let source = from; source <= to; source++) {
      const weight = weights[Math.abs(source - row)]! / areaKm2;
      for (let column = 0; column < width; column++)
        density[row * width + column]! += weight * across[source * width + column]!;
    }
  }
  return density;
}

/** Where the classes of a legend begin, rising to below the peak, in numbers a person can say. Empty: nothing to tell. */
export function chooseThresholds(peak: number): number[] {
  if (!(peak > 0)) return [];
  const rounded = [0.05, 0.12, 0.25, 0.42, 0.62, 0.82].map((share) => sayable(share * peak));
  return rounded.filter((value, i) => i === 0 || value > rounded[i - 1]!);
}

/** The nearest of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 and their tenfolds. */
function sayable(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  const nearest = steps.reduce((best, step) =>
    Math.abs(step - value / power) < Math.abs(best - value / power) ? step : best,
  );
  return Number((nearest * power).toPrecision(2));
}
