import { expect, test } from 'vitest';
import { LocalHours } from '../../../../src/lib/geo/local-hours.ts';

test('hours and weekdays are those of the station’s clocks, Monday first', () => {
  // Sunday 2026-11-22, 23:30 UTC is Monday 07:30 in Shanghai.
  expect(new LocalHours('Asia/Shanghai').read(Date.UTC(2026, 10, 22, 23, 30))).toEqual({ hour: 7, weekday: 0 });
  expect(new LocalHours('America/Chicago').read(Date.UTC(2026, 10, 22, 23, 30))).toEqual({ hour: 17, weekday: 6 });
  expect(new LocalHours('Asia/Kolkata').read(Date.UTC(2026, 10, 22, 18, 29))).toEqual({ hour: 23, weekday: 6 });
  expect(new LocalHours('UTC').read(Date.UTC(1969, 11, 31, 5))).toEqual({ hour: 5, weekday: 2 });
});

test('on days when the clocks change each side has its own hours', () => {
  const chicago = new LocalHours('America/Chicago');
  expect(chicago.read(Date.UTC(2019, 2, 10, 7, 59)).hour).toBe(1);
  expect(chicago.read(Date.UTC(2019, 2, 10, 8, 0)).hour).toBe(3);
  expect(chicago.read(Date.UTC(2019, 10, 3, 6, 30)).hour).toBe(1);
  expect(chicago.read(Date.UTC(2019, 10, 3, 7, 30)).hour).toBe(1);
  expect(chicago.read(Date.UTC(2019, 10, 3, 8, 30)).hour).toBe(2);
});

test('a local day begins at its midnight, also when the clocks change on it', () => {
  const chicago = new LocalHours('America/Chicago');
  expect(chicago.startOfDay(Date.UTC(2019, 2, 10, 20))).toBe(Date.UTC(2019, 2, 10, 6));
  expect(chicago.startOfDay(Date.UTC(2019, 10, 3, 20))).toBe(Date.UTC(2019, 10, 3, 5));
  expect(new LocalHours('Asia/Shanghai').startOfDay(Date.UTC(2026, 10, 22, 3))).toBe(Date.UTC(2026, 10, 21, 16));
});

test('the hours of a million moments agree with Intl on a sample', () => {
  const zone = new LocalHours('America/New_York');
  const intl = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: '2-digit', hourCycle: 'h23' });
  const startedMs = performance.now();
  for (let i = 0; i < 1_000_000; i++) {
    const atMs = Date.UTC(2020, 0, 1) + i * 60_000 * 3;
    const { hour } = zone.read(atMs);
    if (i % 20_011 === 0) expect(hour).toBe(Number(intl.format(atMs)));
  }
  expect(performance.now() - startedMs).toBeLessThan(5000);
});
