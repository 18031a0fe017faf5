import { expect, test } from 'vitest';
import { isSilent, silentSince, type HeardUnit } from '../../../api/alerts/judge-silence.ts';

const hour = 3_600_000;
const unit = (more: Partial<HeardUnit> = {}): HeardUnit => ({
  kind: 'car',
  fixAtMs: 10 * hour,
  dutyPeriods: [8 * hour, Infinity],
  ...more,
});

test('a car that says nothing for more than its two minutes is silent', () => {
  expect(isSilent(unit(), 10 * hour + 120_000, 0)).toBe(false);
  expect(isSilent(unit(), 10 * hour + 120_001, 0)).toBe(true);
});

test('each kind has its own limit', () => {
  const nowMs = 10 * hour + 150_000;
  expect((['uav', 'car', 'bike', 'foot'] as const).map((kind) => isSilent(unit({ kind }), nowMs, 0))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('before the first fix of a shift it counts from the beginning of the shift', () => {
  expect(silentSince(unit({ fixAtMs: 3 * hour }))).toBe(8 * hour);
  expect(silentSince(unit({ fixAtMs: undefined }))).toBe(8 * hour);
});

test('a unit that nobody ever heard of and nobody began a shift of is missed by nobody', () => {
  expect(isSilent(unit({ fixAtMs: undefined, dutyPeriods: [] }), 100 * hour, 0)).toBe(false);
});

test('what was not heard while the server was down is no silence', () => {
  expect(isSilent(unit(), 20 * hour, 20 * hour - 60_000)).toBe(false);
  expect(isSilent(unit(), 20 * hour, 20 * hour - 121_000)).toBe(true);
});
