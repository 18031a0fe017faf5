import { expect, test } from 'vitest';
import { findOutage, isOfOutage, nextGapMs, quietLimitMs } from '../../../api/alerts/judge-outage.ts';

const minute = 60_000;
const hour = 60 * minute;
const many = (count: number, lastMs: number, isQuiet = true) =>
  Array.from({ length: count }, (_, i) => ({ lastMs: lastMs + i * 100, isQuiet }));

test('more than half of those that reported, silent since the same minutes, are one outage', () => {
  const talking = many(5, hour + 10 * minute, false);
  expect(findOutage([...many(6, hour), ...talking])).toEqual({ sinceMs: hour + 500, count: 6, of: 11 });
  expect(findOutage([...many(5, hour), ...talking])).toBeUndefined();
});

test('four units may fall silent by chance', () => {
  expect(findOutage(many(4, hour))).toBeUndefined();
  expect(findOutage(many(5, hour))).toMatchObject({ count: 5, of: 5 });
});

test('units that fall silent one after the other over an hour are no outage', () => {
  expect(findOutage(Array.from({ length: 10 }, (_, i) => ({ lastMs: i * 6 * minute, isQuiet: true })))).toBeUndefined();
});

test('those that were silent for long before are not counted among those that reported', () => {
  const broken = Array.from({ length: 20 }, (_, i) => ({ lastMs: i * 6 * minute, isQuiet: true }));
  expect(findOutage([...broken, ...many(6, 3 * hour), ...many(5, 4 * hour, false)])).toMatchObject({
    count: 6,
    of: 11,
  });
});

test('a unit is missed after three of its gaps, not before a minute, and at its own limit at the latest', () => {
  expect(quietLimitMs(5000, 300_000)).toBe(60_000);
  expect(quietLimitMs(40_000, 300_000)).toBe(120_000);
  expect(quietLimitMs(240_000, 300_000)).toBe(300_000);
  expect(quietLimitMs(5000, 30_000)).toBe(30_000);
  expect(quietLimitMs(undefined, 120_000)).toBe(120_000);
});

test('a long gap is forgotten after some short ones', () => {
  let gapMs = nextGapMs(10_000, 200_000);
  expect(gapMs).toBe(200_000);
  for (let fix = 0; fix < 20; fix++) gapMs = nextGapMs(gapMs, 10_000);
  expect(gapMs).toBe(10_000);
});

test('who comes on duty during an outage and is not heard belongs to it, who was heard since does not', () => {
  const outage = { sinceMs: 10 * hour, count: 8, of: 8 };
  expect(isOfOutage(outage, 10 * hour, 10 * hour)).toBe(true);
  expect(isOfOutage(outage, 12 * hour, 9 * hour)).toBe(true);
  expect(isOfOutage(outage, 12 * hour, undefined)).toBe(true);
  expect(isOfOutage(outage, 12 * hour, 12 * hour)).toBe(false);
  expect(isOfOutage(outage, 8 * hour, 8 * hour)).toBe(false);
});
