import { expect, test } from 'vitest';
import { SlotIndex } from '../../../../src/lib/state/slot-index.ts';

/** In the array at once, after it has grown, at its end, and beyond it up to the last number of 32 bits. */
const numbers = [0, 7, 1023, 1024, 900_000, 2 ** 20 - 1, 2 ** 20, 2 ** 32 - 1];

test.each(numbers)('the slot of number %i is found, and is gone once it was deleted', (number) => {
  const index = new SlotIndex();
  expect(index.slotOf(number)).toBe(-1);
  index.set(number, 3);
  index.set(number + 1, 4);
  index.set(number, 5);
  expect([index.slotOf(number), index.slotOf(number + 1)]).toEqual([5, 4]);
  index.delete(number);
  expect([index.slotOf(number), index.slotOf(number + 1)]).toEqual([-1, 4]);
});

test('nothing is left after clearing', () => {
  const index = new SlotIndex();
  for (const number of numbers) index.set(number, 1);
  index.clear();
  expect(numbers.map((number) => index.slotOf(number))).toEqual(numbers.map(() => -1));
});
