import type { IncidentCategory, IncidentSource } from '../../incidents/contract.ts';
import { incidentSources } from '../../incidents/contract.ts';
import { toLngLat, type LngLat } from './ground.ts';
import { incidentPatterns, type IncidentPattern } from './incident-patterns.ts';
import { IncidentPlaces } from './incident-places.ts';
import type { Point } from './plane.ts';
import { Random } from './random.ts';
import type { Town } from './town.ts';

export interface DemoIncident {
  number: number;
  category: IncidentCategory;
  source: IncidentSource;
  occurredAtMs: number;
  lngLat: LngLat;
  description: string;
}

export const incidentCount = 20_000;
export const incidentDays = 3 * 365 + 1;

const dayMs = 86_400_000;
/** China has one offset all year. */
const offsetMs = 8 * 3_600_000;

const categories = Object.keys(incidentPatterns) as IncidentCategory[];

/** Three years of incidents up to `endMs`, in time order, numbered from 1. */
export function drawIncidents(town: Town, seed: number, endMs: number): DemoIncident[] {
  const random = new Random(`${seed}/incidents`);
  const places = new IncidentPlaces(town, random);
  const startDay = Math.floor((endMs + offsetMs) / dayMs) - incidentDays + 1;
  const shares = categories.map((category) => incidentPatterns[category].share);
  const dayWeights = new Map(categories.map((category) => [category, weighDays(incidentPatterns[category], startDay)]));
  const earlier = new Map<IncidentCategory, { ms: number; place: Point }[]>(
    categories.map((category) => [category, []]),
  );
  const drawn: { category: IncidentCategory; ms: number; place: Point; source: IncidentSource; text: string }[] = [];
  while (drawn.length < incidentCount) {
    const category = categories[random.pickIndex(shares)] as IncidentCategory;
    const pattern = incidentPatterns[category];
    const known = earlier.get(category) ?? [];
    const near = known.length > 0 && random.chance(pattern.repeats) ? random.pick(known) : undefined;
    const day = near
      ? Math.floor((near.ms + offsetMs) / dayMs) + random.integer(1, 14)
      : startDay + pickSorted(dayWeights.get(category) as Float64Array, random.next());
    const hour = random.pickIndex(pattern.hours) * 3 + random.between(0, 3);
    const ms = day * dayMs - offsetMs + Math.floor(hour * 3_600) * 1000;
    if (ms > endMs) continue;
    const place = near ? places.besides(near.place, 45) : places.draw(category);
    if (!place) continue;
    known.push({ ms, place });
    const source = incidentSources[random.pickIndex(pattern.sources)] as IncidentSource;
    drawn.push({ category, ms, place, source, text: random.pick(pattern.texts) });
  }
  return drawn
    .toSorted((a, b) => a.ms - b.ms)
    .map(({ category, ms, place, source, text }, i) => ({
      number: i + 1,
      category,
      source,
      occurredAtMs: ms,
      lngLat: toLngLat(place),
      description: text,
    }));
}

/** Running sum of the weights of the days: weekday, season and a slow change over the years. */
function weighDays(pattern: IncidentPattern, startDay: number): Float64Array {
  const sums = new Float64Array(incidentDays);
  let sum = 0;
  for (let i = 0; i < incidentDays; i++) {
    const date = new Date((startDay + i) * dayMs);
    const isWeekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
    const yearShare = (date.getUTCMonth() + date.getUTCDate() / 31 - (pattern.season.month - 0.5)) / 12;
    const season = 1 + pattern.season.rise * Math.cos(2 * Math.PI * yearShare);
    const trend = 1.08 - (0.16 * i) / incidentDays;
    sums[i] = sum += (isWeekend ? pattern.weekend : 1) * season * trend;
  }
  return sums;
}

function pickSorted(sums: Float64Array, share: number): number {
  const wanted = share * (sums[sums.length - 1] ?? 0);
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
