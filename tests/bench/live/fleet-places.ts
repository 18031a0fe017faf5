import { cellDeg, citySouth, cityWest, sideCells } from './city.ts';

/** How far north a unit of the fleet has come with each of its fixes: 5.6 m. */
const stepDeg = 0.00005;

/** Where a unit is at its nth fix: its place tells which fix it is. */
export const placeOfFix = (unitNumber: number, nth: number): [lng: number, lat: number] => {
  const cell = unitNumber % (sideCells * sideCells);
  const lng = cityWest + ((cell % sideCells) + 0.1 + 0.8 * ((unitNumber * 0.618_034) % 1)) * cellDeg;
  const lat = citySouth + (Math.floor(cell / sideCells) + 0.1) * cellDeg + nth * stepDeg;
  return [Number(lng.toFixed(7)), Number(lat.toFixed(7))];
};

/** Which of the unit's fixes this is. */
export const nthOfLat = (unitNumber: number, lat: number): number =>
  Math.round((lat - placeOfFix(unitNumber, 0)[1]) / stepDeg);
