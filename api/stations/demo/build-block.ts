import type { BuildingSite, Footprint } from './building-site.ts';
import { chordThrough } from './cut-ring.ts';
import {
  between,
  boxAround,
  direction,
  distanceM,
  pointAlong,
  sidesOf,
  signedArea,
  type Point,
  type Ring,
} from './plane.ts';
import { innerPoint } from './divide-town.ts';
import type { Random } from './random.ts';

export interface Building extends Footprint {
  class: string;
  heightM: number;
}

/** How a street front is built up: sizes in metres as [least, most]. */
export interface FrontStyle {
  class: string;
  lengthM: [number, number];
  depthM: [number, number];
  gapM: [number, number];
  heightM: [number, number];
  /** Rows from the street inwards. */
  rows: number;
  /** Share of lots that are built. */
  density: number;
}

export const fronts = {
  lanes: {
    class: 'house',
    lengthM: [8, 17],
    depthM: [7, 12],
    gapM: [0.5, 2.5],
    heightM: [4, 9],
    rows: 3,
    density: 0.95,
  },
  shops: {
    class: 'retail',
    lengthM: [14, 36],
    depthM: [11, 16],
    gapM: [2, 7],
    heightM: [6, 21],
    rows: 1,
    density: 0.88,
  },
  offices: {
    class: 'commercial',
    lengthM: [26, 48],
    depthM: [20, 30],
    gapM: [8, 16],
    heightM: [18, 96],
    rows: 2,
    density: 0.85,
  },
  cottages: {
    class: 'house',
    lengthM: [10, 14],
    depthM: [9, 12],
    gapM: [1.5, 5],
    heightM: [7, 14],
    rows: 4,
    density: 0.9,
  },
  hamlet: {
    class: 'house',
    lengthM: [10, 15],
    depthM: [9, 12],
    gapM: [3, 16],
    heightM: [4, 10],
    rows: 3,
    density: 0.8,
  },
  halls: {
    class: 'industrial',
    lengthM: [50, 95],
    depthM: [26, 42],
    gapM: [12, 20],
    heightM: [8, 15],
    rows: 3,
    density: 0.9,
  },
} satisfies Record<string, FrontStyle>;

/**
 * Buildings along the streets around a block, row behind row.
 * @param isWanted leaves out places; a hamlet lies at one corner of its block only.
 */
export function buildFronts(
  site: BuildingSite,
  style: FrontStyle,
  random: Random,
  isWanted: (place: Point) => boolean = () => true,
): Building[] {
  const built: Building[] = [];
  const inward = signedArea(site.ring) > 0 ? 1 : -1;
  const sides = sidesOf(site.ring);
  let offsetM = 1.5;
  for (let row = 0; row < style.rows; row++) {
    sides.forEach(([a, b], side) => {
      const [dx, dy] = direction(a, b);
      let alongM = random.between(0, style.gapM[1]);
      while (alongM < distanceM(a, b)) {
        const lengthM = random.between(...style.lengthM);
        const depthM = random.between(...style.depthM);
        const start = between(a, b, Math.min(1, (alongM + lengthM / 2) / distanceM(a, b)));
        const insideM = (site.setbackM(side) + offsetM + depthM / 2) * inward;
        const footprint: Footprint = {
          centre: [start[0] - dy * insideM, start[1] + dx * insideM],
          axis: [dx, dy],
          lengthM,
          depthM,
        };
        const isBuilt =
          isWanted(footprint.centre) && random.chance(style.density) && site.build(footprint, style.gapM[0] / 2);
        if (isBuilt)
          built.push({ ...footprint, class: style.class, heightM: Math.round(random.between(...style.heightM)) });
        alongM += isBuilt ? lengthM + random.between(...style.gapM) : 6;
      }
    });
    offsetM += style.depthM[1] + Math.max(5, style.gapM[0] * 2);
  }
  return built;
}

export interface Compound {
  buildings: Building[];
  /** Inner roads: the first runs from gate to gate, the others end on it. */
  lanes: Point[][];
}

const homes = [
  { share: 0.5, lengthM: [42, 60], depthM: [11, 13], rowM: 33, gapM: 9, heightM: [17, 21] }, // six-storey slabs
  { share: 0.3, lengthM: [26, 34], depthM: [15, 18], rowM: 50, gapM: 17, heightM: [54, 99] }, // towers
  { share: 0.2, lengthM: [30, 46], depthM: [12, 15], rowM: 40, gapM: 12, heightM: [33, 54] }, // eleven to eighteen storeys
] as const;

type HomeStyle = (typeof homes)[number];

/** Rows of homes behind the fronts of a street. */
export const buildCourtyard = (site: BuildingSite, random: Random): Building[] =>
  buildRows(site, homes[0], southFacing(site.ring), random);

/** Unit vector of the rows: the axis of the block that runs nearer to east, so that homes face south. */
function southFacing(ring: Ring): Point {
  const { axis } = boxAround(ring);
  const [ux, uy] = Math.abs(axis[0]) >= Math.abs(axis[1]) ? axis : [axis[1], -axis[0]];
  return ux < 0 ? [-ux, -uy] : [ux, uy];
}

function buildRows(site: BuildingSite, home: HomeStyle, [ux, uy]: Point, random: Random): Building[] {
  const { longM } = boxAround(site.ring);
  const centre = innerPoint(site.ring);
  const buildings: Building[] = [];
  const heightM = Math.round(random.between(home.heightM[0], home.heightM[1]));
  for (let across = -longM / 2; across < longM / 2; across += 3) {
    const before = buildings.length;
    for (let along = -longM / 2; along < longM / 2; along += 4) {
      const place: Point = [centre[0] + ux * along - uy * across, centre[1] + uy * along + ux * across];
      const lengthM = random.between(home.lengthM[0], home.lengthM[1]);
      const depthM = random.between(home.depthM[0], home.depthM[1]);
      // Where a whole house does not fit, a shorter one may.
      const footprint = [1, 0.72, 0.52]
        .map((share): Footprint => ({ centre: place, axis: [ux, uy], lengthM: lengthM * share, depthM }))
        .find((shorter) => shorter.lengthM > depthM && site.build(shorter, home.gapM / 2));
      if (!footprint) continue;
      buildings.push({ ...footprint, class: 'apartments', heightM: heightM + 3 * random.integer(-1, 1) });
      along += footprint.lengthM;
    }
    if (buildings.length > before) across += home.rowM - 8;
  }
  return buildings;
}

/** A residential compound: rows of homes that face south, a road from gate to gate and lanes between the rows. */
export function buildCompound(site: BuildingSite, random: Random): Compound {
  const [ux, uy] = southFacing(site.ring);
  const home = homes[random.pickIndex(homes.map(({ share }) => share))] as HomeStyle;
  const centre = innerPoint(site.ring);
  const spine = chordThrough(site.ring, centre, [-uy, ux]);
  const lanes: Point[][] = [];
  if (spine) {
    site.reserve(spine, 9);
    lanes.push(spine);
    for (let alongM = 34; alongM < distanceM(...spine) - 30; alongM += home.rowM * 2) {
      const { point } = pointAlong(spine, alongM);
      const cross = chordThrough(site.ring, point, [ux, uy]);
      if (!cross) continue;
      for (const end of cross) {
        const lengthM = distanceM(point, end) - 22;
        if (lengthM < 25) continue;
        const lane = [point, between(point, end, lengthM / distanceM(point, end))];
        site.reserve(lane, 6.5);
        lanes.push(lane);
      }
    }
  }
  const buildings = buildRows(site, home, [ux, uy], random);
  // Towers need room; where there is little, slabs stand.
  if (buildings.length < 6) buildings.push(...buildRows(site, homes[0], [ux, uy], random));
  return { buildings, lanes };
}
