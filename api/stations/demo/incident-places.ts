import type { IncidentCategory } from '../../incidents/contract.ts';
import { innerPoint } from './divide-town.ts';
import { incidentPatterns } from './incident-patterns.ts';
import { areaOf, isInside, lengthOf, pointAlong, type Point, type Ring } from './plane.ts';
import type { Random } from './random.ts';
import type { Town } from './town.ts';
import type { RoadClass } from './town-plan.ts';

const trafficOf: Partial<Record<RoadClass, number>> = { primary: 9, secondary: 6, tertiary: 3, residential: 1 };

interface Candidates {
  /** Running sums of weights. */
  sums: number[];
  draw: ((random: Random) => Point)[];
}

/** Draws places within the area of responsibility by category; some blocks are much worse than their neighbours. */
export class IncidentPlaces {
  #town: Town;
  #random: Random;
  #heat: number[];
  #blocks: { use: string; ring: Ring; middle: Point; size: number }[];
  #candidates = new Map<IncidentCategory, Candidates>();

  constructor(town: Town, random: Random) {
    this.#town = town;
    this.#random = random;
    this.#blocks = town.blocks
      .filter((block) => block.quarter !== 'outskirts')
      .map(({ use, ring }) => ({ use, ring, middle: innerPoint(ring), size: Math.sqrt(areaOf(ring) / 20_000) }));
    // Log-normal: half of the blocks are quiet, a few hold a large share (the law of crime concentration, Weisburd 2015).
    this.#heat = this.#blocks.map(() => Math.exp(random.normal(0, 1.1)));
  }

  /** A place for an incident of the category; undefined when the drawn one lies outside the area. */
  draw(category: IncidentCategory): Point | undefined {
    const { sums, draw } = this.#candidatesOf(category);
    const wanted = this.#random.next() * (sums[sums.length - 1] ?? 0);
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return this.#within(draw[low]?.(this.#random));
  }

  /** A place some tens of metres from another. */
  besides([x, y]: Point, deviationM: number): Point | undefined {
    return this.#within([this.#random.normal(x, deviationM), this.#random.normal(y, deviationM)]);
  }

  #within(point: Point | undefined): Point | undefined {
    return point && isInside(this.#town.boundary, point) ? point : undefined;
  }

  #candidatesOf(category: IncidentCategory): Candidates {
    const known = this.#candidates.get(category);
    if (known) return known;
    const places: Record<string, number | undefined> = incidentPatterns[category].places;
    const candidates: Candidates = { sums: [], draw: [] };
    let sum = 0;
    const add = (weight: number, draw: (random: Random) => Point) => {
      if (weight <= 0) return;
      candidates.sums.push((sum += weight));
      candidates.draw.push(draw);
    };
    this.#blocks.forEach((block, i) =>
      add((places[block.use] ?? 0) * (this.#heat[i] ?? 1) * block.size, (random) =>
        placeInBlock(block.ring, block.middle, random),
      ),
    );
    const streetWeight = places['street'] ?? 0;
    if (streetWeight > 0)
      for (const street of this.#town.streets) {
        const lengthM = lengthOf(street.points);
        const weight = streetWeight * (trafficOf[street.class] ?? 0) * lengthM;
        add(weight, (random) => placeOnStreet(street.points, lengthM, random));
      }
    const riverWeight = places['river'] ?? 0;
    if (riverWeight > 0)
      add(riverWeight * 10, (random) => {
        const [x, y] = random.pick(this.#town.river);
        return [random.normal(x, 6), random.normal(y, 6)];
      });
    this.#candidates.set(category, candidates);
    return candidates;
  }
}

/** Towards a corner or side more than the middle: fronts, gates and shops lie there. */
function placeInBlock(ring: Ring, middle: Point, random: Random): Point {
  const [x, y] = random.pick(ring);
  const out = Math.sqrt(random.between(0.04, 0.9));
  return [
    middle[0] + (x - middle[0]) * out + random.normal(0, 6),
    middle[1] + (y - middle[1]) * out + random.normal(0, 6),
  ];
}

/** Half of all accidents happen at the ends, where streets meet. */
function placeOnStreet(points: readonly Point[], lengthM: number, random: Random): Point {
  const alongM = random.chance(0.5) ? (random.chance(0.5) ? 0 : lengthM) : random.between(0, lengthM);
  const { point } = pointAlong(points, alongM);
  return [point[0] + random.normal(0, 5), point[1] + random.normal(0, 5)];
}
