import { describe, expect, test } from 'vitest';
import { comparisonSpans, type Span } from '../../../api/figures/comparison-spans.ts';
import { changePct } from '../../../api/figures/count-figures.ts';

const written = ({ from, to }: Span) => [from.toISOString(), to.toISOString()];
const spansAt = (at: string, timeZone: string) => {
  const { today, lastWeek, lastYear } = comparisonSpans(Date.parse(at), timeZone);
  return [today, lastWeek, lastYear].map(written);
};
const hours = ([from, to]: string[]) => (Date.parse(to!) - Date.parse(from!)) / 3_600_000;

describe('today so far and the same hours of the same weekday before', () => {
  test('begin at the station’s midnight and end with the minute that runs', () => {
    expect(spansAt('2026-11-22T06:15:40Z', 'Asia/Shanghai')).toEqual([
      ['2026-11-21T16:00:00.000Z', '2026-11-22T06:16:00.000Z'],
      ['2026-11-14T16:00:00.000Z', '2026-11-15T06:16:00.000Z'],
      ['2025-11-22T16:00:00.000Z', '2025-11-23T06:16:00.000Z'],
    ]);
  });

  test('are those of another date where the station’s midnight has passed and ours has not', () => {
    const [today] = spansAt('2026-11-21T16:00:00Z', 'Asia/Shanghai');
    expect(today).toEqual(['2026-11-21T16:00:00.000Z', '2026-11-21T16:01:00.000Z']);
    const [still] = spansAt('2026-11-21T15:59:59Z', 'Asia/Shanghai');
    // The day's last minute ends with the day.
    expect(still).toEqual(['2026-11-20T16:00:00.000Z', '2026-11-21T16:00:00.000Z']);
  });

  test('in a day’s last minute are whole days before too', () => {
    const spans = spansAt('2026-11-21T15:59:59Z', 'Asia/Shanghai');
    expect(spans.map(hours)).toEqual([24, 24, 24]);
  });

  test('compare a day of 23 hours by its clock, not by its length', () => {
    // Berlin put its clocks ahead at 2 on 29 March 2026, and 52 weeks before.
    const spans = spansAt('2026-03-29T10:00:00Z', 'Europe/Berlin');
    expect(spans.map(hours)).toEqual([11, 12, 11].map((length) => length + 1 / 60));
    expect(spans[0]).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T10:01:00.000Z']);
  });

  test('compare a day of 25 hours by its clock', () => {
    // And back at 3 on 25 October 2026, and 52 weeks before.
    const spans = spansAt('2026-10-25T11:00:00Z', 'Europe/Berlin');
    expect(spans.map(hours)).toEqual([13, 12, 13].map((length) => length + 1 / 60));
    const weekAfter = spansAt('2026-11-01T11:00:00Z', 'Europe/Berlin');
    expect(weekAfter.map(hours)).toEqual([12, 13, 12].map((length) => length + 1 / 60));
  });

  test('take the first of an hour that stood twice, and where a skipped hour would have begun', () => {
    const [, twice] = spansAt('2026-11-01T01:30:00Z', 'Europe/Berlin');
    expect(twice).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T00:31:00.000Z']);
    const [, skipped] = spansAt('2026-04-05T00:30:00Z', 'Europe/Berlin');
    expect(skipped).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T00:31:00.000Z']);
  });

  test('begin after a midnight that the clocks skip', () => {
    // Beirut puts its clocks ahead at midnight.
    const [today] = spansAt('2026-03-29T09:00:00Z', 'Asia/Beirut');
    expect(today![0]).toBe('2026-03-28T22:00:00.000Z');
  });

  test('of last year are the same weekday, also over 29 February', () => {
    const days = ['2024-02-29T12:00:00Z', '2025-02-28T12:00:00Z', '2024-12-31T12:00:00Z'].map((at) => {
      const { today, lastYear } = comparisonSpans(Date.parse(at), 'UTC');
      return [today.from.getUTCDay(), lastYear.from.getUTCDay()];
    });
    for (const [now, before] of days) expect(before).toBe(now);
  });
});

test('a change is in percent, and none where there was nothing or a count is not told', () => {
  expect([changePct(12, 10), changePct(0, 4), changePct(1, 3), changePct(5, 5)]).toEqual([20, -100, -66.7, 0]);
  expect([changePct(3, 0), changePct(0, 0), changePct(null, 5), changePct(5, null)]).toEqual([null, null, null, null]);
});
