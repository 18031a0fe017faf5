import { expect, test } from 'vitest';
import { createSignInThrottle, type SignInThrottle } from '../../../api/accounts/sign-in-throttle.ts';
import { createWorkLimit } from '../../../api/accounts/limit-work.ts';
import { Problem } from '../../../api/errors.ts';

function makeThrottle() {
  const clock = { ms: 0 };
  return { clock, throttle: createSignInThrottle(() => clock.ms) };
}
type Attempt = Parameters<SignInThrottle['begin']>[0];

/** Seconds to wait; 0: the try was let through (and counts as failed). */
function waitFor(throttle: SignInThrottle, attempt: Attempt): number {
  try {
    throttle.begin(attempt);
    return 0;
  } catch (error) {
    if (error instanceof Problem && error.status === 429) return error.retryAfterS!;
    throw error;
  }
}

test('from one place 10,000 tries at one account in an hour are a dozen that are looked at', () => {
  const { clock, throttle } = makeThrottle();
  let judged = 0;
  for (let n = 0; n < 10_000; n++, clock.ms += 360)
    if (waitFor(throttle, { username: 'wang', address: '203.0.113.5' }) === 0) judged++;
  expect(judged).toBeGreaterThan(5);
  expect(judged).toBeLessThan(16);
});

test('who is refused is told how long to wait, and then let in', () => {
  const { clock, throttle } = makeThrottle();
  const attempt = { username: 'wang', address: '203.0.113.5' };
  const waits = Array.from({ length: 6 }, () => waitFor(throttle, attempt));
  expect(waits).toEqual([0, 0, 0, 0, 0, 10]);
  clock.ms += 9_999;
  expect(waitFor(throttle, attempt)).toBe(1);
  clock.ms += 1;
  expect(waitFor(throttle, attempt)).toBe(0);
});

test('tries at an account from one place do not hold up its owner at another', () => {
  const { throttle } = makeThrottle();
  for (let n = 0; n < 1000; n++) waitFor(throttle, { username: 'wang', address: '203.0.113.5' });
  expect(waitFor(throttle, { username: 'WANG', address: '198.51.100.7' })).toBe(0);
});

test('tries from everywhere slow unknown browsers down to one a minute and a known one not at all', () => {
  const { clock, throttle } = makeThrottle();
  let judged = 0;
  for (let n = 0; n < 10_000; n++, clock.ms += 360)
    if (waitFor(throttle, { username: 'wang', address: `10.${n >> 8}.${n & 255}.1` }) === 0) judged++;
  expect(judged).toBeLessThan(140);
  expect(waitFor(throttle, { username: 'wang', address: '10.99.99.99' })).toBeLessThanOrEqual(60);
  expect(waitFor(throttle, { username: 'wang', address: '203.0.113.5', deviceId: 'desk' })).toBe(0);
});

test('one place that tries many accounts is stopped, known browsers there are not', () => {
  const { throttle } = makeThrottle();
  const judged = Array.from({ length: 1000 }, (_, n) =>
    waitFor(throttle, { username: `officer-${n}`, address: '203.0.113.5' }),
  ).filter((wait) => wait === 0).length;
  expect(judged).toBe(30);
  expect(waitFor(throttle, { username: 'wang', address: '203.0.113.5' })).toBeGreaterThan(0);
  expect(waitFor(throttle, { username: 'wang', address: '203.0.113.5', deviceId: 'desk' })).toBe(0);
});

test('addresses of one IPv6 household count as one place', () => {
  const { throttle } = makeThrottle();
  const waits = Array.from({ length: 8 }, (_, n) =>
    waitFor(throttle, { username: 'wang', address: `2001:db8:1:2::${n.toString(16)}` }),
  );
  expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
});

test('a stolen cookie of a known browser buys ten tries, then it is like any other', () => {
  const { throttle } = makeThrottle();
  const attempt = { username: 'wang', address: '203.0.113.5', deviceId: 'desk' };
  const waits = Array.from({ length: 40 }, () => waitFor(throttle, attempt));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(15);
});

test('signing in forgives what failed before; a try that was not judged is none', () => {
  const { throttle } = makeThrottle();
  const attempt = { username: 'wang', address: '203.0.113.5' };
  for (let n = 0; n < 4; n++) throttle.begin(attempt);
  throttle.begin(attempt).succeeded();
  expect(Array.from({ length: 5 }, () => waitFor(throttle, attempt))).toEqual([0, 0, 0, 0, 0]);
  const other = { username: 'li', address: '198.51.100.7' };
  for (let n = 0; n < 50; n++) throttle.begin(other).unjudged();
  expect(waitFor(throttle, other)).toBe(0);
});

test('codes of a second factor are few, from wherever they come', () => {
  const { clock, throttle } = makeThrottle();
  let judged = 0;
  for (let n = 0; n < 10_000; n++, clock.ms += 8640) {
    try {
      throttle.beginCode('account');
      judged++;
    } catch {
      // 429
    }
  }
  // A day of tries: each has 3 chances in a million.
  expect(judged).toBeLessThan(125);
});

test('a flood of names and addresses takes a bounded part of the memory', () => {
  const { clock, throttle } = makeThrottle();
  for (let n = 0; n < 30_000; n++, clock.ms++)
    waitFor(throttle, { username: `name-${n}`, address: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` });
  expect(throttle.size).toBeLessThanOrEqual(60_000);
});

test('work is done two at a time, the preferred first, and beyond the queue not at all', async () => {
  const limit = createWorkLimit({ concurrency: 2, maxWaiting: 3, reserved: 1 });
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const work = (name: string) => async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    order.push(name);
  };
  const answers = await Promise.all([
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => limit.run(work(name))),
    limit.run(work('known'), true),
  ]);
  expect(most).toBe(2);
  expect(answers.map((answer) => answer !== undefined)).toEqual([true, true, true, true, true, false, true]);
  expect(order.indexOf('known')).toBeLessThan(order.indexOf('d'));
  expect(await limit.run(async () => 'later')).toEqual({ done: 'later' });
});
