import type { ReplayPlaces } from './replay-places.ts';
import type { ReplayTracks } from './replay-tracks.ts';

/** So many steps are drawn at most: with many units trails get shorter before the browser gets slower. */
const maxSteps = 24_576;

/** Steps of trails as columns, written over for the next moment. */
export class ReplayTrails {
  count = 0;
  from = new Float64Array(2 * 1024);
  to = new Float64Array(2 * 1024);
  before = new Float64Array(2 * 1024);
  /** Kind, then seconds since the unit was at `to`, `from` and `before`, below zero. */
  facts = new Float32Array(4 * 1024);

  reserve(steps: number): void {
    if (2 * steps <= this.from.length) return;
    const size = 2 ** Math.ceil(Math.log2(steps));
    for (const name of ['from', 'to', 'before'] as const) {
      const bigger = new Float64Array(2 * size);
      bigger.set(this[name]);
      this[name] = bigger;
    }
    const facts = new Float32Array(4 * size);
    facts.set(this.facts);
    this.facts = facts;
  }
}

/**
 * Writes the ways on which the units came to where they are, as far back as `lifeMs`, and never across a silence.
 * @param atMs since the tracks' `from`
 */
export function trailsAt(
  tracks: ReplayTracks,
  places: ReplayPlaces,
  atMs: number,
  lifeMs: number,
  trails: ReplayTrails,
): void {
  const { steps, stepStarts, isBeginning, lngs, lats, times } = tracks;
  trails.count = 0;
  if (places.count === 0) return;
  const mostPerUnit = Math.max(4, Math.floor(maxSteps / places.count));
  for (let slot = 0; slot < places.count; slot++) {
    const unit = places.units[slot]!;
    const first = stepStarts[unit]!;
    let step = findStep(steps, first, stepStarts[unit + 1]!, places.cursors[unit]!);
    let [toLng, toLat] = [places.current[2 * slot]!, places.current[2 * slot + 1]!];
    let toAge = places.agesMs[slot]! / 1000;
    for (let made = 0; step >= first && made < mostPerUnit; step--, made++) {
      const fix = steps[step]!;
      const age = (atMs - times[fix]!) / 1000;
      const hasBefore = isBeginning[step] === 0 && step > first;
      const before = hasBefore ? steps[step - 1]! : fix;
      const [lng, lat] = [lngs[fix]! / 1e5, lats[fix]! / 1e5];
      trails.reserve(trails.count + 1);
      const at = 2 * trails.count;
      trails.to[at] = toLng;
      trails.to[at + 1] = toLat;
      trails.from[at] = lng;
      trails.from[at + 1] = lat;
      trails.before[at] = lngs[before]! / 1e5;
      trails.before[at + 1] = lats[before]! / 1e5;
      trails.facts[2 * at] = places.kinds[slot]!;
      trails.facts[2 * at + 1] = -toAge;
      trails.facts[2 * at + 2] = -age;
      trails.facts[2 * at + 3] = (times[before]! - atMs) / 1000;
      trails.count++;
      if (isBeginning[step] === 1 || age * 1000 > lifeMs) break;
      [toLng, toLat, toAge] = [lng, lat, age];
    }
  }
}

/** The last step at or before a fix, between first and end; first - 1: none. */
function findStep(steps: Uint32Array, first: number, end: number, fix: number): number {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! <= fix) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
