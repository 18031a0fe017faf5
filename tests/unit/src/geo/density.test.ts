import { describe, expect, test } from 'vitest';
import {
  chooseThresholds,
  kernelWeights,
  latticeOver,
  metresPerUnit,
  planeX,
  planeY,
  smoothCounts,
  type Lattice,
} from '../../../../src/lib/geo/density.ts';
import { distanceM } from '../../../../src/lib/geo/sphere.ts';
import { LocalHours } from '../../../../src/lib/geo/local-hours.ts';
import { IncidentColumns } from '../../../../src/lib/state/incident-columns.ts';
import { allHours, allWeekdays, type IncidentBounds } from '../../../../src/lib/state/incident-filter.ts';
import { countCells, findPeak } from '../../../../src/lib/state/incident-peak.ts';
import { memphisJanuary } from '../../../fixtures/memphis-january.ts';

const everything: IncidentBounds = {
  fromMinute: -0x3fff_ffff,
  toMinute: 0x3fff_ffff,
  hours: allHours,
  weekdays: allWeekdays,
  categories: -1,
  sources: -1,
};

function memphisColumns(): IncidentColumns {
  const columns = new IncidentColumns(new LocalHours('America/Chicago'));
  const count = memphisJanuary.length;
  columns.append({
    numbers: Uint32Array.from({ length: count }, (_, i) => i + 1),
    lngs: Int32Array.from(memphisJanuary, ({ lng }) => Math.round(lng * 1e5)),
    lats: Int32Array.from(memphisJanuary, ({ lat }) => Math.round(lat * 1e5)),
    minutes: new Int32Array(count),
    categories: new Uint8Array(count),
    sources: new Uint8Array(count),
    names: ['personal robbery'],
  });
  return columns;
}

/** The definition, with distances on the sphere: each incident spreads as a Gaussian of this standard deviation. */
const densityAt = (lng: number, lat: number, bandwidthM: number): number =>
  memphisJanuary.reduce(
    (sum, at) => sum + Math.exp(-(distanceM([lng, lat], [at.lng, at.lat]) ** 2) / 2 / bandwidthM ** 2),
    0,
  ) /
  (2 * Math.PI * (bandwidthM / 1000) ** 2);

const lngOf = (x: number): number => (x / 512) * 360 - 180;
const latOf = (y: number): number => (Math.asin(Math.tanh((y / 512 - 0.5) * 2 * Math.PI)) * 180) / Math.PI;

function memphisDensity(bandwidthM: number, maxSide: number) {
  const columns = memphisColumns();
  const anchor = { x: planeX(columns.rows[0]! / 1e5), y: planeY(columns.rows[1]! / 1e5) };
  const [west, south, east, north] = columns.boxFrom(anchor);
  const reach = (5 * bandwidthM) / metresPerUnit(anchor.y);
  const lattice = latticeOver(
    [west - reach, south - reach, east + reach, north + reach],
    anchor.y,
    bandwidthM,
    maxSide,
  )!;
  const values = smoothCounts(countCells(columns, everything, lattice, anchor), lattice, anchor.y, bandwidthM);
  return { columns, anchor, lattice, values };
}

const placeOf = (
  { cell, x0, y0, width }: Lattice,
  anchor: { x: number; y: number },
  index: number,
): [number, number] => [
  lngOf(anchor.x + (x0 + (index % width) + 0.5) * cell),
  latOf(anchor.y + (y0 + Math.floor(index / width) + 0.5) * cell),
];

describe('density of the Memphis robberies', () => {
  for (const bandwidthM of [400, 1000])
    test(`is what the sum over all of them gives, with ${bandwidthM} m`, () => {
      const { anchor, lattice, values } = memphisDensity(bandwidthM, 2048);
      const peak = Math.max(...values);
      let largest = 0;
      for (let index = 0; index < values.length; index += 97) {
        const expected = densityAt(...placeOf(lattice, anchor, index), bandwidthM);
        largest = Math.max(largest, Math.abs(values[index]! - expected) / peak);
      }
      expect(largest).toBeLessThan(0.02);
      const top = values.indexOf(peak);
      expect(peak / densityAt(...placeOf(lattice, anchor, top), bandwidthM)).toBeCloseTo(1, 1.5);
    });

  test('holds every incident: density times area adds up to their number, however coarse the cells', () => {
    for (const maxSide of [2048, 512, 128]) {
      const { lattice, anchor, values } = memphisDensity(400, maxSide);
      let sum = 0;
      for (let row = 0, index = 0; row < lattice.height; row++) {
        const metres = lattice.cell * metresPerUnit(anchor.y + (lattice.y0 + row + 0.5) * lattice.cell);
        for (let column = 0; column < lattice.width; column++, index++) sum += values[index]! * (metres / 1000) ** 2;
      }
      expect(sum / memphisJanuary.length).toBeCloseTo(1, 2);
    }
  });

  test('has the same value at the same place whatever part of the map is looked at', () => {
    const bandwidthM = 400;
    const columns = memphisColumns();
    const anchor = { x: planeX(columns.rows[0]! / 1e5), y: planeY(columns.rows[1]! / 1e5) };
    const unit = 1 / metresPerUnit(anchor.y);
    const at = (shiftM: number) => {
      const box = [-9000, -9000, 9000, 9000].map((metres) => (metres + shiftM) * unit) as [
        number,
        number,
        number,
        number,
      ];
      const lattice = latticeOver(box, anchor.y, bandwidthM, 1024)!;
      const values = smoothCounts(countCells(columns, everything, lattice, anchor), lattice, anchor.y, bandwidthM);
      return (column: number, row: number) => values[(row - lattice.y0) * lattice.width + column - lattice.x0]!;
    };
    const [here, there] = [at(0), at(1234)];
    for (let cell = -12; cell < 12; cell++) expect(there(cell, -cell)).toBeCloseTo(here(cell, -cell), 4);
  });

  test('has the peak that its legend ends below', () => {
    const { columns, values } = memphisDensity(1000, 2048);
    const peak = findPeak(columns, everything, 1000);
    expect(peak / Math.max(...values)).toBeCloseTo(1, 2);
    const thresholds = chooseThresholds(peak);
    expect(thresholds).toHaveLength(6);
    expect(thresholds.at(-1)).toBeLessThan(peak);
    expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
    expect(chooseThresholds(0)).toEqual([]);
  });
});

test('the kernel’s weights add up to one, also where a cell is wider than the bandwidth', () => {
  for (const sigma of [0.1, 0.5, 3, 8]) {
    const [middle = 0, ...sides] = kernelWeights(sigma);
    expect(middle + 2 * sides.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 3);
  }
});
