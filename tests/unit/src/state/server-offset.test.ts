import { expect, test } from 'vitest';
import { ServerOffset } from '../../../../src/lib/state/server-offset.ts';

test('of what arrives late the earliest arrival tells the time', () => {
  const offset = new ServerOffset();
  expect(offset.ms).toBe(0);
  offset.observe(105_000 - 300, 100_000);
  offset.observe(106_000 - 40, 101_000);
  offset.observe(107_000 - 900, 102_000);
  expect(offset.ms).toBe(4960);
});

test('a clock that was set a few seconds forward is followed within some sixty ticks', () => {
  const offset = new ServerOffset();
  offset.observe(0, 0);
  for (let tick = 1; tick <= 120; tick++) offset.observe(tick * 1000, tick * 1000 + 5030);
  expect(offset.ms).toBe(-5030);
});

test('a clock that was set back by more than ten seconds is followed at once', () => {
  const offset = new ServerOffset();
  offset.observe(0, 0);
  offset.observe(1000, 61_000);
  expect(offset.ms).toBe(-60_000);
});
