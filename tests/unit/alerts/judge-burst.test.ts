import { describe, expect, test } from 'vitest';
import {
  burstThreshold,
  judgeBurst,
  negativeBinomialTail,
  poissonTail,
  windowAt,
} from '../../../api/alerts/judge-burst.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';

// Expected values: SciPy 1.17.1, scipy.stats.poisson.sf(k - 1, m) and nbinom.sf(k - 1, r, r / (r + m)).
describe('tails', () => {
  test.each([
    [3, 0.5, 0.014387677966970684],
    [5, 1.2, 0.007745788276441408],
    [0, 2, 1],
    [12, 1, 8.316107426882326e-10],
    [2, 7.5, 0.9952987828537434],
  ])('of Poisson: %i or more where %d are expected', (count, mean, expected) => {
    expect(poissonTail(count, mean) / expected).toBeCloseTo(1, 11);
  });

  test.each([
    [3, 0.5, 0.4, 0.05387647944892135],
    [6, 1.5, 2, 0.02744119007750659],
    [20, 1.5, 2, 5.431071329923379e-7],
    [1, 4, 3.3, 0.9272001368035063],
  ])('of the negative binomial: %i or more, mean %d, size %d', (count, mean, size, expected) => {
    expect(negativeBinomialTail(count, mean, size) / expected).toBeCloseTo(1, 11);
  });
});

describe("a grid's history", () => {
  test('that varies more than its mean asks for the negative binomial', () => {
    // numpy: mean 0.675 with the half added, var(ddof=1) 1.7131578…, size 0.4388783…
    const history = [0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 5, 0, 0, 1, 0, 0, 0, 0, 3];
    expect(judgeBurst(6, history)).toEqual({
      expected: 0.675,
      method: 'negativeBinomial',
      probability: expect.closeTo(0.013393555414987353, 12),
    });
    expect(judgeBurst(9, history).probability).toBeCloseTo(0.0024567622994872227, 12);
  });

  test('that varies no more is Poisson', () => {
    expect(judgeBurst(5, [1, 0, 1, 0, 1, 1, 0, 1, 1, 0])).toEqual({
      expected: 0.65,
      method: 'poisson',
      probability: expect.closeTo(0.0005649763489787874, 12),
    });
  });

  test('with a week like this one makes the same count likely', () => {
    const quiet = Array<number>(52).fill(0);
    const busy = quiet.map((_, week) => (week % 4 === 0 ? 6 : 0));
    expect(judgeBurst(5, quiet).probability).toBeLessThan(burstThreshold(12));
    expect(judgeBurst(5, busy).probability).toBeGreaterThan(0.05);
  });

  test('that is empty still makes no burst of one incident', () => {
    expect(judgeBurst(1, Array<number>(52).fill(0)).probability).toBeGreaterThan(burstThreshold(12));
  });
});

test('the chance allows one alarm a week over all grids and steps', () => {
  expect(burstThreshold(12)).toBeCloseTo(1 / (12 * 672), 15);
  expect(burstThreshold(0)).toBe(burstThreshold(1));
});

test('in quiet years fewer alarms are raised than one a week and station', () => {
  // Twelve grids, 0.4 incidents in four hours, Poisson: 4,000 independent windows a grid are 95 weeks without overlap.
  const random = seededRandom(20_261_122);
  const poisson = (mean: number): number => {
    let count = 0;
    for (let product = random(); product > Math.exp(-mean); product *= random()) count++;
    return count;
  };
  let alarms = 0;
  const windows = 4000;
  for (let grid = 0; grid < 12; grid++) {
    const history = Array.from({ length: 52 }, () => poisson(0.4));
    for (let window = 0; window < windows; window++) {
      const count = poisson(0.4);
      if (count >= 3 && judgeBurst(count, history).probability < burstThreshold(12)) alarms++;
    }
  }
  const weeks = windows / 42;
  expect(alarms / weeks).toBeLessThan(1);
  // And a real burst is told.
  expect(
    judgeBurst(
      7,
      Array.from({ length: 52 }, () => poisson(0.4)),
    ).probability,
  ).toBeLessThan(burstThreshold(12));
});

test('the window ends with the step that runs and is four hours long', () => {
  const { fromMs, toMs } = windowAt(Date.parse('2026-11-22T10:07:00Z'));
  expect(new Date(toMs).toISOString()).toBe('2026-11-22T10:15:00.000Z');
  expect(new Date(fromMs).toISOString()).toBe('2026-11-22T06:15:00.000Z');
});
