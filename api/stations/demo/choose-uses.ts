import { innerPoint } from './divide-town.ts';
import { areaOf, boxAround, distanceM, isInside, type Point, type Ring } from './plane.ts';
import type { PlaceNames } from './place-names.ts';
import type { Random } from './random.ts';
import { compoundCount, type BlockUse, type TownBlock } from './town.ts';
import { landmarks, type Quarter } from './town-plan.ts';

const mixes: Record<Quarter, [BlockUse, number][]> = {
  old: [['lanes', 1]],
  centre: [
    ['offices', 0.55],
    ['shops', 0.45],
  ],
  works: [
    ['works', 0.85],
    ['plot', 0.15],
  ],
  residential: [
    ['shops', 0.6],
    ['cottages', 0.11],
    ['offices', 0.15],
    ['plot', 0.07],
    ['works', 0.07],
  ],
  outskirts: [
    ['field', 0.62],
    ['hamlet', 0.2],
    ['wood', 0.18],
  ],
};

/** Decides what each block is for: landmarks by their place, then the compounds, then the quarter's mix. */
export function chooseUses(
  blocks: readonly { ring: Ring; quarter: Quarter }[],
  bendPoint: (point: Point) => Point,
  railway: readonly Point[],
  names: PlaceNames,
  random: Random,
): TownBlock[] {
  const uses: (TownBlock | undefined)[] = blocks.map(() => undefined);
  for (const { kind, name, nameEn, near } of landmarks) {
    const place = bendPoint(near);
    const index = nearestFree(blocks, uses, place);
    const block = blocks[index];
    if (block) uses[index] = { ...block, use: kind, name: { name, nameEn } };
  }
  const homely = blocks
    .map((block, index) => ({ block, index, area: areaOf(block.ring) }))
    .filter(
      ({ block, index, area }) =>
        !uses[index] &&
        block.quarter === 'residential' &&
        area > 21_000 &&
        area < 75_000 &&
        isCompact(block.ring) &&
        !railway.some((point) => isInside(block.ring, point)),
    );
  for (const { block, index } of random.shuffle(homely).slice(0, compoundCount))
    uses[index] = { ...block, use: 'compound', name: names.compound() };
  return blocks.map((block, index) => {
    const known = uses[index];
    if (known) return known;
    const mix = mixes[block.quarter];
    const use = (mix[random.pickIndex(mix.map(([, share]) => share))] as [BlockUse, number])[0];
    return { ...block, use, ...(use === 'hamlet' && { name: names.village() }) };
  });
}

function nearestFree(
  blocks: readonly { ring: Ring; quarter: Quarter }[],
  uses: readonly unknown[],
  place: Point,
): number {
  let best = { index: -1, distance: Infinity };
  blocks.forEach(({ ring, quarter }, index) => {
    if (uses[index] || quarter === 'outskirts') return;
    const distance = isInside(ring, place) ? 0 : distanceM(innerPoint(ring), place);
    if (distance < best.distance) best = { index, distance };
  });
  return best.index;
}

const isCompact = (ring: Ring): boolean => {
  const box = boxAround(ring);
  return areaOf(ring) / (box.longM * box.shortM) > 0.66 && box.shortM > 105;
};
