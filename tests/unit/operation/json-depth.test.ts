import { expect, test } from 'vitest';
import { isDeeperThan } from '../../../api/operation/json-depth.ts';

test('levels are counted as they nest, not as they follow one another', () => {
  expect(isDeeperThan('[[],[],[]]', 2)).toBe(false);
  expect(isDeeperThan('[{"a":[]}]', 2)).toBe(true);
  expect(isDeeperThan('['.repeat(1_000_000), 32)).toBe(true);
});

test('brackets inside of text are text, also behind escaped quotes', () => {
  expect(isDeeperThan(JSON.stringify({ a: '[[[[{{{{"[[[[\\' }), 1)).toBe(false);
  expect(isDeeperThan('"\\"[[[[', 0)).toBe(false);
});
