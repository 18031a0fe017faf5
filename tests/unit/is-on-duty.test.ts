import { expect, test } from 'vitest';
import { isOnDutyAt } from '../../api/units/is-on-duty.ts';

test('a unit without recorded shifts is on duty at any time', () => {
  expect(isOnDutyAt([], 0)).toBe(true);
});

test('a time counts by the shift it lies in, the running one or one before, its end excluded', () => {
  const shifts = [100, 200, 300, Infinity];
  expect([99, 100, 199, 200, 299, 300, 1e15].map((at) => isOnDutyAt(shifts, at))).toEqual([
    false,
    true,
    true,
    false,
    false,
    true,
    true,
  ]);
});

test('a unit that was on duty since it was made has no beginning', () => {
  expect(isOnDutyAt([-Infinity, 200, 300, Infinity], -1e15)).toBe(true);
});

test('a time that cannot be read is left to the filters', () => {
  expect(isOnDutyAt([100, 200], NaN)).toBe(true);
});
