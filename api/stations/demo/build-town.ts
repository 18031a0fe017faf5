import { buildCompound, buildCourtyard, buildFronts, fronts, type Building } from './build-block.ts';
import { BuildingSite } from './building-site.ts';
import { buildLandmark } from './build-landmark.ts';
import { distanceM, sidesOf, type Point, type Ring } from './plane.ts';
import type { Random } from './random.ts';
import type { BlockUse, Patch, Street, TownBlock } from './town.ts';
import type { RoadClass } from './town-plan.ts';

/** From the middle of a street to the fronts along it, m. */
const halfWidthsM: Record<RoadClass, number> = {
  primary: 23,
  secondary: 18,
  tertiary: 14,
  residential: 10,
  pedestrian: 4,
  service: 5,
  path: 3,
  rail: 16,
};

const frontsOf: Partial<Record<BlockUse, (typeof fronts)[keyof typeof fronts]>> = {
  lanes: fronts.lanes,
  shops: fronts.shops,
  offices: fronts.offices,
  cottages: fronts.cottages,
  hamlet: fronts.hamlet,
  works: fronts.halls,
};

/** Fills all blocks: buildings, patches of green and water, and the lanes within compounds (which end on the streets around). */
export function buildTown(
  blocks: readonly TownBlock[],
  streets: readonly Street[],
  random: Random,
): { buildings: Building[]; patches: Patch[]; lanes: Point[][] } {
  const sides = new Map<string, number>();
  for (const street of streets)
    for (let i = 1; i < street.points.length; i++)
      sides.set(sideKey(street.points[i - 1] as Point, street.points[i] as Point), halfWidthsM[street.class]);
  const railways = streets
    .filter((street) => street.class === 'rail')
    .map(({ points }) => ({ line: points, distance: halfWidthsM.rail }));
  const built = { buildings: [] as Building[], patches: [] as Patch[], lanes: [] as Point[][] };
  for (const block of blocks) {
    const site = new BuildingSite(block.ring, setbacksOf(block.ring, sides), nearRailways(block.ring, railways));
    const front = frontsOf[block.use];
    const hamletCorner = random.pick(block.ring);
    if (front) {
      const isWanted = block.use === 'hamlet' ? (place: Point) => distanceM(place, hamletCorner) < 150 : undefined;
      built.buildings.push(...buildFronts(site, front, random, isWanted));
      if (block.use === 'shops') built.buildings.push(...buildCourtyard(site, random));
    } else if (block.use === 'compound') {
      const compound = buildCompound(site, random);
      built.buildings.push(...compound.buildings);
      built.lanes.push(...compound.lanes);
    } else {
      const landmark = buildLandmark(block, site, random);
      built.buildings.push(...landmark.buildings);
      built.patches.push(...landmark.patches);
    }
  }
  return built;
}

const sideKey = (a: Point, b: Point): string => {
  const [one, other] = [`${a[0].toFixed(2)},${a[1].toFixed(2)}`, `${b[0].toFixed(2)},${b[1].toFixed(2)}`];
  return one < other ? `${one} ${other}` : `${other} ${one}`;
};

const setbacksOf = (ring: Ring, sides: ReadonlyMap<string, number>): number[] =>
  sidesOf(ring).map(([a, b]) => sides.get(sideKey(a, b)) ?? 12);

/** Most blocks are far from any railway and need not look at it again. */
const nearRailways = (ring: Ring, railways: { line: readonly Point[]; distance: number }[]) => {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  const [west, east, south, north] = [
    Math.min(...xs) - 60,
    Math.max(...xs) + 60,
    Math.min(...ys) - 60,
    Math.max(...ys) + 60,
  ];
  return railways.filter(({ line }) => line.some(([x, y]) => x > west && x < east && y > south && y < north));
};
