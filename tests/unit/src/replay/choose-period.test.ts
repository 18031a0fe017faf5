import { expect, test } from 'vitest';
import { periodOf, readWallTimes, wallTimesOf } from '../../../../src/lib/panels/replay/choose-period.ts';

const zone = 'Asia/Shanghai';
const nowMs = Date.parse('2026-11-20T04:30:00Z');

test('today begins at the station’s own midnight', () => {
  expect(periodOf('today', nowMs, zone)).toEqual({ from: Date.parse('2026-11-19T16:00:00Z'), to: nowMs });
  expect(periodOf('lastHour', nowMs, zone).from).toBe(nowMs - 3_600_000);
  expect(periodOf('shift', nowMs, zone).from).toBe(nowMs - 8 * 3_600_000);
});

test('a day that is set back is cut to what one look may be', () => {
  const late = Date.parse('2026-10-25T22:59:00Z');
  expect(periodOf('today', late, 'Europe/Berlin')).toEqual({ from: late - 24 * 3_600_000, to: late });
});

test('times that are typed are read on the station’s clock', () => {
  const typed = { from: '2026-11-20T08:00', to: '2026-11-20T09:30' };
  const period = { from: Date.parse('2026-11-20T00:00:00Z'), to: Date.parse('2026-11-20T01:30:00Z') };
  expect(readWallTimes(typed, zone)).toEqual({ period });
  expect(wallTimesOf(period, zone)).toEqual(typed);
});

test('what is wrong with typed times is told', () => {
  expect(readWallTimes({ from: '', to: '2026-11-20T09:30' }, zone)).toEqual({ problem: 'badTime' });
  expect(readWallTimes({ from: '2026-11-20T09:30', to: '2026-11-20T09:30' }, zone)).toEqual({ problem: 'badOrder' });
  expect(readWallTimes({ from: '2026-11-20T09:30', to: '2026-11-21T09:31' }, zone)).toEqual({ problem: 'tooLong' });
});
