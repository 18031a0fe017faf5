import type { CellRange } from '../../../api/live/contract.ts';
import type { Bbox } from '../../../api/positions/contract.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';
import { cellDeg, citySouth, cityWest, sideCells, wholeCity } from './city.ts';

/** What one viewer looks at: a third sees one cell, a third 4 by 2, a third the whole city. */
export interface View {
  key: string;
  range: CellRange;
  bbox: Bbox;
}

export function makeViews(count: number, seed: number): View[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const [columns, rows] = (
      [
        [1, 1],
        [4, 2],
        [sideCells, sideCells],
      ] as const
    )[index % 3]!;
    const west = Math.floor(random() * (sideCells - columns + 1));
    const south = Math.floor(random() * (sideCells - rows + 1));
    return {
      key: `${west} ${south} ${columns} ${rows}`,
      range: {
        west: wholeCity.west + west,
        south: wholeCity.south + south,
        east: wholeCity.west + west + columns - 1,
        north: wholeCity.south + south + rows - 1,
      },
      // The middles of the outermost cells, clear of all edges.
      bbox: [
        cityWest + (west + 0.5) * cellDeg,
        citySouth + (south + 0.5) * cellDeg,
        cityWest + (west + columns - 0.5) * cellDeg,
        citySouth + (south + rows - 0.5) * cellDeg,
      ],
    };
  });
}
