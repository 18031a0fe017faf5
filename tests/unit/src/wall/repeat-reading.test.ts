import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeatReading } from '../../../../src/lib/api/repeat-reading.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(read: () => Promise<void> = async () => {}) {
  let count = 0;
  const failures: unknown[] = [];
  const reading = repeatReading({
    nouns: ['incidents'],
    everyMs: 30_000,
    async read() {
      count++;
      await read();
    },
    failed: (error) => failures.push(error),
  });
  return { reading, failures, count: () => count };
}

test('is read at once and every so often', async () => {
  const { count } = start();
  await vi.advanceTimersByTimeAsync(0);
  expect(count()).toBe(1);
  await vi.advanceTimersByTimeAsync(90_000);
  expect(count()).toBe(4);
});

test('a burst of news is one read, other nouns are none', async () => {
  const { reading, count } = start();
  await vi.advanceTimersByTimeAsync(10);
  for (let i = 0; i < 50; i++) reading.changed('incidents');
  reading.changed('grids');
  await vi.advanceTimersByTimeAsync(1000);
  expect(count()).toBe(2);
});

test('news while it reads is read after it', async () => {
  let finish = (): void => {};
  const { reading, count } = start(() => new Promise((resolve) => (finish = resolve)));
  reading.changed('incidents');
  expect(count()).toBe(1);
  finish();
  await vi.advanceTimersByTimeAsync(1000);
  expect(count()).toBe(2);
});

test('a failed read is told and tried again after five seconds', async () => {
  const { failures, count } = start(() => Promise.reject(new Error('gone')));
  await vi.advanceTimersByTimeAsync(0);
  expect(failures).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect([count(), failures.length]).toEqual([2, 2]);
});

test('nothing is read after its end', async () => {
  const { reading, count } = start();
  await vi.advanceTimersByTimeAsync(0);
  reading.end();
  reading.changed('incidents');
  await vi.advanceTimersByTimeAsync(120_000);
  expect(count()).toBe(1);
});
