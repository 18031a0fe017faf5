import type { MemberRole, SentinelKind } from '../../sentinels/contract.ts';
import { innerPoint } from './divide-town.ts';
import { toLngLat, type LngLat } from './ground.ts';
import { drawMember, type DemoMember, type PeopleNames } from './people.ts';
import { between, distanceToLine, nearestOnSegment, sidesOf, type Point } from './plane.ts';
import type { Random } from './random.ts';
import type { BlockUse, Town, TownBlock } from './town.ts';

export interface DemoSentinel {
  number: string;
  name: string;
  kind: SentinelKind;
  address: string;
  lngLat: LngLat;
  qrCode: string;
  members: DemoMember[];
}

export const sentinelMemberCount = 491;

/** How many points guard what; 41 in all. */
const posts: [use: BlockUse, kind: SentinelKind, count: number, suffix: string][] = [
  ['compound', 'compound', 20, '平安哨点'],
  ['shops', 'shop', 7, '商户哨点'],
  ['school', 'school', 5, '校园哨点'],
  ['works', 'works', 4, '企业哨点'],
  ['hospital', 'hospital', 1, '平安哨点'],
  ['market', 'market', 1, '平安哨点'],
  ['railway', 'transport', 1, '平安哨点'],
  ['bus', 'transport', 1, '平安哨点'],
  ['bars', 'other', 1, '夜间哨点'],
];

const staff: Record<SentinelKind, [MemberRole, number][]> = {
  compound: [
    ['property-staff', 3],
    ['guard', 3],
    ['party-member', 2],
    ['grid-worker', 1],
    ['volunteer', 3],
    ['yijing', 1],
  ],
  shop: [
    ['volunteer', 3],
    ['yijing', 3],
    ['party-member', 1],
    ['grid-worker', 1],
  ],
  school: [
    ['guard', 4],
    ['volunteer', 3],
    ['auxiliary', 1],
    ['party-member', 1],
  ],
  works: [
    ['guard', 5],
    ['party-member', 1],
    ['property-staff', 2],
    ['yijing', 1],
  ],
  hospital: [
    ['guard', 5],
    ['volunteer', 2],
    ['auxiliary', 2],
  ],
  market: [
    ['property-staff', 3],
    ['guard', 2],
    ['volunteer', 2],
    ['auxiliary', 1],
  ],
  transport: [
    ['guard', 3],
    ['auxiliary', 3],
    ['volunteer', 2],
  ],
  other: [
    ['yijing', 4],
    ['guard', 3],
    ['auxiliary', 2],
  ],
};

/** The station's sentinel points, each at the edge of what it guards, with the people who keep it. */
export function drawSentinels(town: Town, names: PeopleNames, random: Random): DemoSentinel[] {
  const chosen = posts.flatMap(([use, kind, count, suffix]) => {
    const blocks = town.blocks.filter((block) => block.use === use && block.quarter !== 'outskirts');
    return spread(
      random.shuffle(blocks).toSorted((a, b) => Number(b.name !== undefined) - Number(a.name !== undefined)),
      count,
    ).map((block) => ({ block, kind, suffix }));
  });
  const sizes = memberCounts(chosen.length, random);
  let memberNumber = 0;
  return chosen.map(({ block, kind, suffix }, i) => {
    const { point, side } = gateOf(block);
    const street = nearestStreetName(town, side);
    const houseNumber = random.integer(2, 188);
    const number = `SD-${String(i + 1).padStart(3, '0')}`;
    const roles = staff[kind];
    return {
      number,
      name: `${block.name?.name ?? `${street}${houseNumber}号`}${suffix}`,
      kind,
      address: `${street}${houseNumber}号`,
      lngLat: toLngLat(point),
      // Proves a visit, so that it cannot be guessed from the number.
      qrCode: `SD1-${Array.from({ length: 16 }, () => random.pick([...'23456789ABCDEFGHJKLMNPQRSTUVWXYZ'])).join('')}`,
      members: Array.from({ length: sizes[i] ?? 0 }, () => {
        const role = (roles[random.pickIndex(roles.map(([, weight]) => weight))] as [MemberRole, number])[0];
        return drawMember(names, role, ++memberNumber, random);
      }),
    };
  });
}

/** Takes blocks far from those taken before, the named ones first. */
function spread(blocks: readonly TownBlock[], count: number): TownBlock[] {
  const taken: TownBlock[] = [];
  const left = blocks.map((block) => ({ block, at: innerPoint(block.ring) }));
  while (taken.length < count && left.length > 0) {
    const nearest = ({ at }: { at: Point }) =>
      Math.min(
        3000,
        ...taken.map((other) => Math.hypot(innerPoint(other.ring)[0] - at[0], innerPoint(other.ring)[1] - at[1])),
      );
    const named = left.filter(({ block }) => block.name !== undefined);
    const best = (named.length > 0 ? named : left).reduce((a, b) => (nearest(b) > nearest(a) ? b : a));
    taken.push(best.block);
    left.splice(left.indexOf(best), 1);
  }
  return taken;
}

/** Just inside the side of the block that is nearest to its middle. */
function gateOf(block: TownBlock): { point: Point; side: Point } {
  const middle = innerPoint(block.ring);
  let best = { side: middle, distance: Infinity };
  for (const [a, b] of sidesOf(block.ring)) {
    const { share, distance } = nearestOnSegment(middle, a, b);
    if (distance < best.distance) best = { side: between(a, b, share), distance };
  }
  return { side: best.side, point: between(best.side, middle, Math.min(0.5, 13 / best.distance)) };
}

function nearestStreetName(town: Town, place: Point): string {
  let best = { name: '', distance: Infinity };
  for (const { name, points } of town.streets) {
    if (!name) continue;
    const distance = distanceToLine(place, points);
    if (distance < best.distance - 1e-6) best = { name: name.name, distance };
  }
  return best.name;
}

function memberCounts(points: number, random: Random): number[] {
  const counts = Array.from({ length: points }, () => random.integer(7, 17));
  for (let sum = counts.reduce((a, b) => a + b, 0); sum !== sentinelMemberCount;) {
    const step = sum < sentinelMemberCount ? 1 : -1;
    const i = random.integer(0, points - 1);
    const count = counts[i] ?? 0;
    if (count + step < 5 || count + step > 20) continue;
    counts[i] = count + step;
    sum += step;
  }
  return counts;
}
