import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isQuiet } from '../../../../src/lib/panels/wall/is-quiet.ts';
import { Tour } from '../../../../src/lib/panels/wall/tour.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const stop = (id: string, seconds = 10) => ({ id, name: id, query: `?v=${id}`, seconds });
function makeTour() {
  const shown: string[] = [];
  return { shown, tour: new Tour(({ id }) => shown.push(id)) };
}

test('views are shown in turn, each for its seconds, and again from the first', () => {
  const { shown, tour } = makeTour();
  tour.visit([stop('a', 10), stop('b', 20)]);
  expect(shown).toEqual(['a']);
  vi.advanceTimersByTime(9_999);
  expect(shown).toEqual(['a']);
  vi.advanceTimersByTime(1);
  expect(shown).toEqual(['a', 'b']);
  vi.advanceTimersByTime(20_000);
  expect(shown).toEqual(['a', 'b', 'a']);
});

test('a single view is flown to once', () => {
  const { shown, tour } = makeTour();
  tour.visit([stop('a')]);
  vi.advanceTimersByTime(60_000);
  expect(shown).toEqual(['a']);
});

test('an SOS holds the tour; after it the view that was left comes back', () => {
  const { shown, tour } = makeTour();
  tour.visit([stop('a'), stop('b')]);
  tour.hold();
  vi.advanceTimersByTime(3_600_000);
  expect(shown).toEqual(['a']);
  tour.resume();
  expect(shown).toEqual(['a', 'a']);
  vi.advanceTimersByTime(10_000);
  expect(shown).toEqual(['a', 'a', 'b']);
});

test('views that come while an SOS is open wait for its end', () => {
  const { shown, tour } = makeTour();
  tour.hold();
  tour.visit([stop('a')]);
  expect(shown).toEqual([]);
  tour.resume();
  expect(shown).toEqual(['a']);
});

test('a view that is deleted while it is shown is left for the next, and the last one ends the tour', () => {
  const { shown, tour } = makeTour();
  tour.visit([stop('a'), stop('b'), stop('c')]);
  vi.advanceTimersByTime(10_000);
  tour.visit([stop('a'), stop('c')]);
  vi.advanceTimersByTime(10_000);
  expect(shown).toEqual(['a', 'b', 'a']);
  tour.visit([]);
  vi.advanceTimersByTime(60_000);
  expect(shown).toEqual(['a', 'b', 'a']);
});

test('after a sleep the tour goes on with one view, not with all it missed', () => {
  const { shown, tour } = makeTour();
  tour.visit([stop('a'), stop('b')]);
  // A browser that sleeps runs a due timer once.
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(10_000);
  expect(shown).toEqual(['a', 'b']);
});

test('a flight is under way for some seconds', () => {
  const { tour } = makeTour();
  tour.visit([stop('a', 60)]);
  expect(tour.isFlying).toBe(true);
  vi.advanceTimersByTime(5_000);
  expect(tour.isFlying).toBe(false);
});

test('a wall loads itself anew when no SOS is open, the newest alert is two minutes old and nothing flies', () => {
  const now = Date.parse('2026-11-22T03:00:00Z');
  const alert = (kind: 'sos' | 'unitStale', secondsAgo: number) => ({
    kind,
    openedAt: new Date(now - secondsAgo * 1000).toISOString(),
  });
  expect(isQuiet([], now, false)).toBe(true);
  expect(isQuiet([], now, true)).toBe(false);
  expect(isQuiet([alert('unitStale', 120)], now, false)).toBe(true);
  expect(isQuiet([alert('unitStale', 3600), alert('unitStale', 119)], now, false)).toBe(false);
  expect(isQuiet([alert('sos', 86_400)], now, false)).toBe(false);
});
