import { expect, test } from 'vitest';
import { formatReplayUrl, parseReplayUrl, replayAddress } from '../../../../src/lib/state/replay-url.ts';

const parse = (query: string) => parseReplayUrl(new URLSearchParams(query));
const from = Date.parse('2026-11-20T08:00:00Z');
const nothing = { period: undefined, atMs: undefined, speed: 1, units: undefined, follow: undefined } as const;

test('a link holds the period, the moment, the speed, the units and whom to follow, and never a reason', () => {
  const replay = {
    period: { from, to: from + 3_600_000 },
    atMs: from + 61_400,
    speed: 60,
    units: [7, 12],
    follow: 7,
  } as const;
  const query = formatReplayUrl(replay, new URLSearchParams({ station: 's', v: '15/1/2' }));
  expect(Object.fromEntries(query)).toEqual({
    station: 's',
    v: '15/1/2',
    from: '2026-11-20T08:00:00Z',
    to: '2026-11-20T09:00:00Z',
    t: '2026-11-20T08:01:01Z',
    speed: '60',
    units: '7,12',
    follow: '7',
  });
  expect(parseReplayUrl(query)).toEqual({ ...replay, atMs: from + 61_000 });
});

test('what is at rest is not in the link', () => {
  const query = formatReplayUrl(
    { ...nothing, period: { from, to: from + 1000 }, atMs: from },
    new URLSearchParams('speed=60&units=1&follow=1&t=x'),
  );
  expect([...query.keys()]).toEqual(['from', 'to']);
});

test('parts that make no sense are as if they were missing', () => {
  expect(parse('from=yesterday&to=2026-11-20T08:00:00Z&t=&speed=7&units=a,-1&follow=1.5')).toEqual(nothing);
  expect(parse('from=2026-11-20T08:00:00Z&to=2026-11-20T08:00:00Z').period).toBeUndefined();
  expect(parse('units=3,1,3').units).toEqual([1, 3]);
});

test('an address of a replay names the station', () => {
  expect(replayAddress('s', { period: { from, to: from + 1000 }, units: [7], follow: 7 })).toBe(
    '/replay?station=s&from=2026-11-20T08%3A00%3A00Z&to=2026-11-20T08%3A00%3A01Z&units=7&follow=7',
  );
});
