import type { MemberRole } from '../../sentinels/contract.ts';
import { toLngLat, type LngLat } from './ground.ts';
import { demoId } from './ids.ts';
import { centroidOf, distanceToRing, isInside, type Ring } from './plane.ts';
import { drawMember, PeopleNames } from './people.ts';
import { drawUnits, type DemoUnit } from './patrol-units.ts';
import { Random } from './random.ts';
import { drawSentinels, type DemoSentinel } from './sentinel-points.ts';
import type { Town } from './town.ts';

export interface MemberRow {
  id: string;
  sentinelId: string | null;
  displayName: string;
  role: MemberRole;
  skills: string[];
  phone: string | null;
}

export interface GridRow {
  id: string;
  number: string;
  name: string;
  officerId: string;
  ring: LngLat[];
}

export interface StationRows {
  boundary: LngLat[];
  grids: GridRow[];
  sentinels: (DemoSentinel & { id: string })[];
  members: MemberRow[];
  units: DemoUnit[];
}

/** One for each grid, and patrol officers enough for three shifts of the units that have one. */
const officerCount = 39 + 66;

/** What the station looks after and with whom, without times: the same in every installation. */
export function drawStationRows(town: Town, seed: number): StationRows {
  const random = new Random(`${seed}/people`);
  const names = new PeopleNames(random);
  const officers = Array.from({ length: officerCount }, (_, i): MemberRow => ({
    id: demoId(`officer/${i + 1}`),
    sentinelId: null,
    ...drawMember(names, 'officer', 9000 + i, random),
  }));
  const sentinels = drawSentinels(town, names, random).map((sentinel) => ({
    ...sentinel,
    id: demoId(`sentinel/${sentinel.number}`),
  }));
  const keepers = sentinels.flatMap((sentinel) =>
    sentinel.members.map((member, i): MemberRow => ({
      id: demoId(`member/${sentinel.number}/${i + 1}`),
      sentinelId: sentinel.id,
      ...member,
    })),
  );
  const grids = orderGrids(town.grids).map((ring, i): GridRow => {
    const number = String(i + 1).padStart(2, '0');
    return {
      id: demoId(`grid/${number}`),
      number,
      name: gridName(town, ring, number),
      officerId: (officers[i] as MemberRow).id,
      ring: closedRing(ring),
    };
  });
  return {
    boundary: closedRing(town.boundary),
    grids,
    sentinels,
    members: [...officers, ...keepers],
    units: drawUnits(),
  };
}

const closedRing = (ring: Ring): LngLat[] => {
  const lngLats = ring.map(toLngLat);
  return [...lngLats, lngLats[0] as LngLat];
};

/** Numbered as one reads: rows from north to south, each from west to east. */
const orderGrids = (grids: readonly Ring[]): Ring[] =>
  grids
    .map((ring) => ({ ring, at: centroidOf(ring) }))
    .toSorted((a, b) => Math.round(b.at[1] / 450) - Math.round(a.at[1] / 450) || a.at[0] - b.at[0])
    .map(({ ring }) => ring);

/** After the best known place within it. */
function gridName(town: Town, ring: Ring, number: string): string {
  const within = town.blocks.filter(
    (block) => block.name && block.quarter !== 'outskirts' && isInside(ring, centroidOf(block.ring)),
  );
  const middle = centroidOf(ring);
  const landmark =
    within.find((block) => block.use !== 'compound') ??
    within.toSorted((a, b) => distanceToRing(middle, a.ring) - distanceToRing(middle, b.ring))[0];
  return landmark?.name ? `${landmark.name.name}网格` : `第${Number(number)}网格`;
}
