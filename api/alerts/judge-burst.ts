/** The window of a count, and how it moves: it ends at whole steps, the current one included. */
export const windowHours = 4;
export const stepMinutes = 15;
/** Weeks of history a count is compared with, and the fewest that say anything. */
export const historyWeeks = 52;
export const leastWeeks = 8;
/** Fewer incidents are never a burst. */
export const leastCount = 3;
/** Alerts that a station without any burst may see in a week, on average. */
export const falseAlarmsAWeek = 1;

const stepMs = stepMinutes * 60_000;

/** The window that ends with the step that runs now, ms since 1970. */
export function windowAt(nowMs: number): { fromMs: number; toMs: number } {
  const toMs = (Math.floor(nowMs / stepMs) + 1) * stepMs;
  return { fromMs: toMs - windowHours * 3_600_000, toMs };
}

/** What a grid's own history says about a count. */
export interface Burst {
  /** Mean of the same hours of the week, and which distribution their variance asks for. */
  expected: number;
  method: 'poisson' | 'negativeBinomial';
  /** The chance of as many or more, were nothing different from before. */
  probability: number;
}

/**
 * The chance of `count` or more under the distribution that the grid's history fits: negative binomial with the
 * history's mean m and variance s² where they are overdispersed (s² > m; size r = m² ÷ (s² − m), by moments), else
 * Poisson with that mean. Counts of crime are overdispersed: Osgood (2000), Poisson-based regression analysis of
 * aggregate crime rates, J. Quant. Criminol. 16. Half an incident is added to the sum of the history (Jeffreys' prior of
 * a Poisson mean), so that a grid where nothing ever happened has a mean, too.
 * @param history counts of the same hours in each of the weeks before
 */
export function judgeBurst(count: number, history: readonly number[]): Burst {
  const weeks = history.length;
  const sum = history.reduce((total, value) => total + value, 0);
  const expected = (sum + 0.5) / weeks;
  const mean = sum / weeks;
  const variance = history.reduce((total, value) => total + (value - mean) ** 2, 0) / (weeks - 1);
  return variance > expected
    ? {
        expected,
        method: 'negativeBinomial',
        probability: negativeBinomialTail(count, expected, expected ** 2 / (variance - expected)),
      }
    : { expected, method: 'poisson', probability: poissonTail(count, expected) };
}

/**
 * The chance below which a count is a burst. Each grid is tested once a step, so that tests × chance alarms are expected
 * in a week without bursts (the sum of expectations holds however much the windows overlap). Within a step a count only
 * grows, so looking more often than once a step adds none.
 */
export const burstThreshold = (grids: number): number =>
  falseAlarmsAWeek / (Math.max(1, grids) * ((7 * 24 * 60) / stepMinutes));

/** P(X ≥ count), X Poisson with this mean. */
export function poissonTail(count: number, mean: number): number {
  let log = -mean;
  for (let k = 1; k <= count; k++) log += Math.log(mean / k);
  return sumTail(count, log, (k) => mean / k);
}

/** P(X ≥ count), X negative binomial with this mean and size: variance mean + mean² ÷ size. */
export function negativeBinomialTail(count: number, mean: number, size: number): number {
  const chance = mean / (size + mean);
  let log = size * Math.log1p(-chance);
  for (let k = 1; k <= count; k++) log += Math.log(((size + k - 1) / k) * chance);
  return sumTail(count, log, (k) => ((size + k - 1) / k) * chance);
}

/**
 * Adds the terms from `count` on, so that a small tail keeps its digits, which 1 − (the terms before) would lose. Terms
 * may grow at first, when the count is below the mean.
 * @param ratio of the term of k to the one before
 */
function sumTail(count: number, logFirst: number, ratio: (k: number) => number): number {
  let term = Math.exp(logFirst);
  let sum = term;
  for (let k = count + 1; ; k++) {
    const next = ratio(k);
    term *= next;
    sum += term;
    if (next < 1 && term < sum * 1e-15) return Math.min(1, sum);
  }
}
