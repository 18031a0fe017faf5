import { Feed } from '../../../api/live/feed.ts';
import { StationUnits } from '../../../api/live/station-units.ts';
import type { CellRange } from '../../../api/live/contract.ts';
import { unitKinds } from '../../../api/positions/contract.ts';
import type { LatestFix } from '../../../api/positions/latest-fixes.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';

export const stationId = '01900000-0000-7000-8000-0000000000be';
export const unitCount = 20_000;
/** Every unit reports each fifth second: 0.2 Hz. */
const reportEveryTicks = 5;

/** 8 by 8 cells, their south-west corner at 116° E, 39° N. */
export const [cityWest, citySouth, sideCells, cellDeg] = [116, 39, 8, 0.02];
export const wholeCity: CellRange = { west: 14_800, south: 6_450, east: 14_807, north: 6_457 };

/** Degrees inside the city, so that a unit stays in its 64 cells. */
const inside = (random: () => number): number => 0.0005 + random() * (sideCells * cellDeg - 0.001);

export function makeFixes(seed: number): LatestFix[] {
  const random = seededRandom(seed);
  return Array.from({ length: unitCount }, (_, unitNumber) => ({
    stationId,
    unitNumber,
    unitKind: unitKinds[unitNumber % unitKinds.length]!,
    lng: cityWest + inside(random),
    lat: citySouth + inside(random),
    speedMps: 1.5,
    headingDeg: random() * 360,
    accuracyM: 5,
    batteryPct: 80,
    observedAtMs: Date.now(),
    receivedAtMs: Date.now(),
  }));
}

/** A fifth of the units moves by some metres; the same fixes are changed in place. */
export function moveFixes(fixes: readonly LatestFix[], tick: number): LatestFix[] {
  const nowMs = Date.now();
  const moved: LatestFix[] = [];
  for (let index = tick % reportEveryTicks; index < fixes.length; index += reportEveryTicks) {
    const fix = fixes[index]!;
    // Eastward and back, 4 m at a time: some cross into the next cell.
    fix.lng += Math.floor(tick / reportEveryTicks) % 2 === 0 ? 0.00005 : -0.00005;
    fix.observedAtMs = nowMs - (index % 1000);
    moved.push(fix);
  }
  return moved;
}

/** A station's units and their feed, without sockets. */
export interface City {
  units: StationUnits;
  feed: Feed;
  fixes: LatestFix[];
}

export function makeCity(seed: number): City {
  const units = new StationUnits();
  const fixes = makeFixes(seed);
  for (const fix of fixes) units.put(fix);
  units.takeChanges();
  return { units, fixes, feed: new Feed(units, 'exact', 1, 0, Date.now()) };
}

export function moveCity({ units, feed, fixes }: City, tick: number): LatestFix[] {
  const moved = moveFixes(fixes, tick);
  for (const fix of moved) units.put(fix);
  feed.advance(tick, Date.now(), units.takeChanges());
  return moved;
}
