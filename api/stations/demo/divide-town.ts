import { chordThrough, cutRing, cutRings } from './cut-ring.ts';
import {
  areaOf,
  between,
  boxAround,
  centroidOf,
  crossingOf,
  distanceM,
  distanceToRing,
  isInside,
  offsetLine,
  sidesOf,
  smoothLine,
  type Point,
  type Ring,
} from './plane.ts';
import type { Random } from './random.ts';
import {
  blockAreas,
  boundaryRoads,
  embankmentM,
  frame,
  mainRoads,
  quarterOf,
  riverMiddle,
  type Quarter,
  type RoadClass,
} from './town-plan.ts';

export interface Road {
  class: RoadClass;
  /** Index into the names of the town; roads of one line share it. −1: no name. */
  line: number;
  bridge: boolean;
  points: readonly Point[];
}

export interface Block {
  ring: Ring;
  quarter: Quarter;
}

export interface Division {
  boundary: Ring;
  grids: Ring[];
  blocks: Block[];
  roads: Road[];
  /** Water from bank to bank. */
  river: Ring;
  /** River and both embankments, up to the roads along them. */
  riverside: Ring;
  /** Planned or given names by line; undefined: yet to be named. */
  lines: ({ name: string; nameEn: string } | undefined)[];
}

export const gridCount = 39;

/**
 * Divides the plane of the town: first by the planned roads and the river, then the largest part again and again until
 * there are as many grids as the station has, then each grid into blocks. A cut becomes a street, so that every street
 * ends on another one and grids end at streets or in the middle of the river.
 */
export function divideTown(random: Random): Division {
  const lines: Division['lines'] = [];
  const roads: Road[] = [];
  let rings: Ring[] = [frame];

  const cutAll = (path: readonly Point[]): Point[][] => {
    const cut = cutRings(rings, path);
    rings = cut.rings;
    return cut.pieces;
  };
  const lay = (planned: (typeof mainRoads)[number]) => {
    const line = lines.push({ name: planned.name, nameEn: planned.nameEn }) - 1;
    for (const points of cutAll(smoothLine(planned.path, 4)))
      roads.push({ class: planned.class, line, bridge: planned.bridge, points });
  };

  for (const planned of boundaryRoads) lay(planned);
  const boundary = rings.find((ring) => isInside(ring, [0, 0])) as Ring;
  const { middle, river, riverside, banks } = drawRiver();
  cutAll(middle);
  for (const planned of mainRoads) lay(planned);

  const outside = rings.filter((ring) => !isInside(boundary, innerPoint(ring)));
  const grids = rings.filter((ring) => isInside(boundary, innerPoint(ring)));
  while (grids.length < gridCount) {
    grids.sort((a, b) => areaOf(b) - areaOf(a));
    const largest = grids.shift() as Ring;
    const chord = chordAcross(largest, random, 0.03);
    grids.push(...cutRing(largest, chord));
    roads.push({ class: 'tertiary', line: lines.push(undefined) - 1, bridge: false, points: chord });
  }

  rings = [...grids, ...outside];
  for (const bank of banks) {
    const line = lines.push({ name: bank.name, nameEn: bank.nameEn }) - 1;
    for (const points of cutAll(bank.path)) roads.push({ class: 'tertiary', line, bridge: false, points });
  }
  const land = rings.filter((ring) => !isInside(riverside, innerPoint(ring)));
  const blocks = land.flatMap((ring) => divideBlock(ring, boundary, random, roads, lines));
  return {
    boundary,
    grids,
    blocks,
    roads: roads.flatMap((each) => keepAshore(each, riverside)),
    river,
    riverside,
    lines,
  };
}

function drawRiver() {
  const middle = smoothLine(riverMiddle, 8);
  const halfM = (i: number) => 62 + 12 * Math.sin(i / 9) + 7 * Math.sin(i / 3.7);
  const left = offsetLine(middle, halfM);
  const right = offsetLine(middle, (i) => -halfM(i + 5));
  const leftRoad = offsetLine(middle, (i) => halfM(i) + embankmentM);
  const rightRoad = offsetLine(middle, (i) => -halfM(i + 5) - embankmentM);
  return {
    middle,
    river: [...right, ...left.toReversed()],
    riverside: [...rightRoad, ...leftRoad.toReversed()],
    banks: [
      { name: '滨江北路', nameEn: 'Binjiang North Road', path: leftRoad },
      { name: '滨江南路', nameEn: 'Binjiang South Road', path: rightRoad },
    ],
  };
}

function divideBlock(ring: Ring, boundary: Ring, random: Random, roads: Road[], lines: Division['lines']): Block[] {
  const centre = innerPoint(ring);
  const quarter = isInside(boundary, centre) ? quarterOf(centre) : 'outskirts';
  const box = boxAround(ring);
  const limit = blockAreas[quarter] * random.between(0.9, 1.5);
  if (areaOf(ring) < limit || box.longM < 110) return [{ ring, quarter }];
  const chord = chordAcross(ring, random, quarter === 'old' ? 0.13 : 0.04, roads);
  const narrow = quarter === 'old' && areaOf(ring) < 16_000;
  roads.push({
    class: narrow ? 'pedestrian' : 'residential',
    line: lines.push(undefined) - 1,
    bridge: false,
    points: chord,
  });
  return cutRing(ring, chord).flatMap((part) => divideBlock(part, boundary, random, roads, lines));
}

/** A cut across the long side of the ring, about its middle; it prefers to meet a street that already ends there. */
function chordAcross(ring: Ring, random: Random, skewRad: number, roads: readonly Road[] = []): [Point, Point] {
  const box = boxAround(ring);
  for (let attempt = 0; attempt < 12; attempt++) {
    const shift = random.between(-0.09, 0.09) * box.longM * (1 + attempt / 6);
    const through: Point = [box.centre[0] + box.axis[0] * shift, box.centre[1] + box.axis[1] * shift];
    const angle = Math.atan2(box.axis[1], box.axis[0]) + Math.PI / 2 + random.normal(0, skewRad);
    const chord = chordThrough(ring, through, [Math.cos(angle), Math.sin(angle)]);
    if (!chord) continue;
    const ends = chord.map((end) => meetStreet(end, ring, roads)) as [Point, Point];
    if (distanceM(...ends) < 20 || !chordThrough(ring, between(...ends, 0.5), [Math.cos(angle), Math.sin(angle)]))
      continue;
    if (attempt < 8 && ends.some((end) => isNearCorner(end, ring))) continue;
    return straightOrThrough(ring, ends) ?? chord;
  }
  const centre = innerPoint(ring);
  return chordThrough(ring, centre, [-box.axis[1], box.axis[0]]) as [Point, Point];
}

/** The chord between two places on the sides, unless a side is in its way. */
function straightOrThrough(ring: Ring, [a, b]: [Point, Point]): [Point, Point] | undefined {
  const straight = chordThrough(ring, between(a, b, 0.5), [
    (b[0] - a[0]) / distanceM(a, b),
    (b[1] - a[1]) / distanceM(a, b),
  ]);
  if (!straight) return undefined;
  return distanceM(straight[0], a) < 0.01 && distanceM(straight[1], b) < 0.01 ? [a, b] : undefined;
}

function meetStreet(end: Point, ring: Ring, roads: readonly Road[]): Point {
  const reachM = 32;
  let best: { point: Point; distance: number } | undefined;
  for (const { points } of roads) {
    for (const point of [points[0] as Point, points[points.length - 1] as Point]) {
      const distance = distanceM(point, end);
      if (distance > reachM || (best && distance >= best.distance) || distanceToRing(point, ring) > 1e-4) continue;
      best = { point, distance };
    }
  }
  return best?.point ?? end;
}

/** Streets that meet a side close to its end leave slivers; a bend of less than 20° is no corner. */
const isNearCorner = (end: Point, ring: Ring): boolean =>
  ring.some((corner, i) => {
    if (distanceM(corner, end) > 28) return false;
    const before = ring[(i + ring.length - 1) % ring.length] as Point;
    const after = ring[(i + 1) % ring.length] as Point;
    const turn =
      Math.atan2(after[1] - corner[1], after[0] - corner[0]) - Math.atan2(corner[1] - before[1], corner[0] - before[0]);
    return Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) > 0.35;
  });

/** A point within the ring: its centroid, or for a bent ring the middle of a chord beside a long side. */
export function innerPoint(ring: Ring): Point {
  const centroid = centroidOf(ring);
  if (isInside(ring, centroid)) return centroid;
  const [a, b] = sidesOf(ring).toSorted((one, other) => distanceM(...other) - distanceM(...one))[0] as [Point, Point];
  const middle = between(a, b, 0.5);
  const normal: Point = [-(b[1] - a[1]) / distanceM(a, b), (b[0] - a[0]) / distanceM(a, b)];
  for (const offsetM of [1, -1]) {
    const near: Point = [middle[0] + normal[0] * offsetM, middle[1] + normal[1] * offsetM];
    const chord = chordThrough(ring, near, normal);
    if (chord) return between(...chord, 0.5);
  }
  return centroid;
}

/** Splits a street at the riverside; over the water only bridges stay. */
function keepAshore(street: Road, riverside: Ring): Road[] {
  const parts: Point[][] = [[street.points[0] as Point]];
  const inWater = (line: readonly Point[]) => isInside(riverside, between(line[0] as Point, line[1] as Point, 0.5));
  for (let i = 1; i < street.points.length; i++) {
    const [a, b] = [street.points[i - 1] as Point, street.points[i] as Point];
    for (const { at, point } of crossingsWith(riverside, a, b)) {
      if (at < 1e-9 || at > 1 - 1e-9) continue;
      (parts[parts.length - 1] as Point[]).push(point);
      parts.push([point]);
    }
    (parts[parts.length - 1] as Point[]).push(b);
  }
  const isBank = street.points.length > 2 && street.points.every((point) => distanceToRing(point, riverside) < 1e-3);
  if (isBank) return [street];
  return parts
    .filter((points) => points.length > 1 && (street.bridge || !inWater(points)))
    .map((points) => ({ ...street, points, bridge: street.bridge && inWater(points) }));
}

const crossingsWith = (ring: Ring, a: Point, b: Point): { at: number; point: Point }[] =>
  sidesOf(ring)
    .flatMap(([c, d]) => {
      const crossing = crossingOf(a, b, c, d);
      return crossing ? [{ at: crossing.onFirst, point: between(c, d, crossing.onSecond) }] : [];
    })
    .toSorted((one, other) => one.at - other.at);
