import { expect, test } from 'vitest';
import { ReplayClock } from '../../../../src/lib/state/replay-clock.ts';

const from = Date.parse('2026-11-20T08:00:00Z');
const to = from + 3_600_000;
const shown = (clock: ReplayClock, wallMs: number) => (clock.read(wallMs) - from) / 1000;

test('it stands until it is played, and then a second is a second', () => {
  const clock = new ReplayClock(from, to);
  expect(shown(clock, 5000)).toBe(0);
  clock.play(5000);
  expect(clock.isPlaying).toBe(true);
  expect(shown(clock, 5000)).toBe(0);
  expect(shown(clock, 7500)).toBe(2.5);
});

test('at 60 times ten seconds are ten minutes, however often it is looked at', () => {
  const clock = new ReplayClock(from, to, from, 60);
  clock.play(0);
  for (let wallMs = 0; wallMs < 10_000; wallMs += 7) clock.read(wallMs);
  expect(shown(clock, 10_000)).toBe(600);
});

test('a pause loses nothing and adds nothing', () => {
  const clock = new ReplayClock(from, to, from, 10);
  clock.play(0);
  clock.pause(3000);
  expect(shown(clock, 90_000)).toBe(30);
  clock.play(100_000);
  clock.play(100_500);
  expect(shown(clock, 101_000)).toBe(40);
});

test('another speed goes on from the moment that is shown', () => {
  const clock = new ReplayClock(from, to);
  clock.play(0);
  clock.setSpeed(120, 10_000);
  expect(shown(clock, 10_000)).toBe(10);
  expect(shown(clock, 11_000)).toBe(130);
  clock.setSpeed(2, 11_000);
  expect(shown(clock, 12_000)).toBe(132);
  clock.pause(12_000);
  clock.setSpeed(5, 50_000);
  expect(shown(clock, 60_000)).toBe(132);
});

test('a scrub goes there and, playing, on from there', () => {
  const clock = new ReplayClock(from, to);
  clock.seek(from + 60_000, 0);
  expect(shown(clock, 9000)).toBe(60);
  clock.play(9000);
  clock.seek(from + 1_800_000, 12_000);
  expect(shown(clock, 13_000)).toBe(1801);
  clock.seek(from - 5000, 13_000);
  expect(shown(clock, 13_000)).toBe(0);
});

test('it ends at the end, and plays anew from there', () => {
  const clock = new ReplayClock(from, to, to - 1000);
  clock.play(0);
  expect(clock.read(60_000)).toBe(to);
  clock.pause(60_000);
  clock.play(61_000);
  expect(shown(clock, 62_000)).toBe(1);
});

test('a moment outside the period is its nearest end', () => {
  expect(new ReplayClock(from, to, to + 1).read(0)).toBe(to);
  expect(new ReplayClock(from, to, 0).read(0)).toBe(from);
});
