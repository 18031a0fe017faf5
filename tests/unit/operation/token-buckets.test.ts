import { expect, test } from 'vitest';
import { TokenBuckets } from '../../../api/operation/token-buckets.ts';

test('after a rest a burst passes, then as much as the rate', () => {
  const buckets = new TokenBuckets({ perSecond: 2, burst: 4 });
  expect([1, 2, 3, 4, 5].map(() => buckets.take('a', 0))).toEqual([0, 0, 0, 0, 1]);
  expect(buckets.take('a', 500)).toBe(0);
  expect(buckets.take('a', 500)).toBe(1);
  expect(buckets.take('b', 500)).toBe(0);
});

test('who keeps asking while refused does not wait longer', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
  expect(buckets.take('a', 0)).toBe(0);
  for (let ms = 0; ms < 1000; ms += 10) expect(buckets.take('a', ms)).toBe(1);
  expect(buckets.take('a', 1000)).toBe(0);
});

test('a rate of 0 limits nothing and keeps nothing', () => {
  const buckets = new TokenBuckets({ perSecond: 0, burst: 0 });
  for (let count = 0; count < 1000; count++) expect(buckets.take(`${count}`, 0)).toBe(0);
  expect(buckets.size).toBe(0);
});

test('memory does not grow with the number of keys', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, 100);
  for (let count = 0; count < 10_000; count++) {
    buckets.take(`key ${count}`, count);
    expect(buckets.size).toBeLessThanOrEqual(100);
  }
});

test('a clock that was set back neither fills nor empties', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
  expect(buckets.take('a', 10_000)).toBe(0);
  expect(buckets.take('a', 0)).toBe(1);
});
