import { expect, test } from 'vitest';
import type { Alert } from '../../../../api/alerts/contract.ts';
import type { Dispatch } from '../../../../api/dispatches/contract.ts';
import {
  addToFeed,
  entriesOfAlerts,
  entriesOfDispatches,
  feedLength,
  replaceKind,
  shiftsBetween,
  type FeedEntry,
} from '../../../../src/lib/state/feed.ts';

const incident = (number: number, atMs: number): FeedEntry => ({
  key: `incident ${number}`,
  atMs,
  kind: 'incident',
  number,
  category: 'theft',
  source: 'citizen',
});
const shift = (atMs: number): FeedEntry => ({
  key: `shift ${atMs}`,
  atMs,
  kind: 'shift',
  callSign: '1',
  dutyState: 'on',
});

test('the feed is newest first and keeps the last twenty', () => {
  const many = Array.from({ length: 30 }, (_, index) => incident(index, index * 1000));
  const feed = addToFeed(replaceKind([], 'incident', many), [shift(15_500)]);
  expect(feed).toHaveLength(feedLength);
  expect(feed.map(({ atMs }) => atMs)).toEqual(feed.map(({ atMs }) => atMs).toSorted((a, b) => b - a));
  expect(feed[0]).toMatchObject({ number: 29 });
  expect(feed.some(({ kind }) => kind === 'shift')).toBe(true);
});

test('an incident that was withdrawn leaves the feed, and nothing else does', () => {
  const before = addToFeed(replaceKind([], 'incident', [incident(1, 1), incident(2, 2)]), [shift(3)]);
  const after = replaceKind(before, 'incident', [incident(1, 1)]);
  expect(after.map(({ key }) => key)).toEqual(['shift 3', 'incident 1']);
});

test('each step of a dispatch is told', () => {
  const dispatch = {
    id: 'd',
    unit: { callSign: '车巡01' },
    incident: { number: 7, category: 'fight' },
    steps: [
      { state: 'sent', at: '2026-11-22T03:00:00Z' },
      { state: 'accepted', at: '2026-11-22T03:01:00Z' },
    ],
  } as unknown as Dispatch;
  expect(entriesOfDispatches([dispatch])).toMatchObject([
    { key: 'dispatch d sent', step: 'sent', callSign: '车巡01', number: 7, category: 'fight' },
    { key: 'dispatch d accepted', step: 'accepted', atMs: Date.parse('2026-11-22T03:01:00Z') },
  ]);
});

test('an alert says whether it is over', () => {
  const alert = (resolvedAt: string | null) =>
    ({ id: 'a', kind: 'sos', openedAt: '2026-11-22T03:00:00Z', resolvedAt }) as unknown as Alert;
  expect(entriesOfAlerts([alert(null), alert('2026-11-22T03:05:00Z')])).toMatchObject([
    { isOver: false },
    { isOver: true },
  ]);
});

test('shifts are told by who changed, not by who came or went', () => {
  const unit = (id: string, dutyState: 'on' | 'off') => ({ id, callSign: id, dutyState });
  expect(shiftsBetween([], [unit('a', 'on')], 1)).toEqual([]);
  expect(
    shiftsBetween(
      [unit('a', 'on'), unit('b', 'off'), unit('c', 'on'), unit('gone', 'on')],
      [unit('a', 'off'), unit('b', 'on'), unit('c', 'on'), unit('new', 'on')],
      5,
    ),
  ).toMatchObject([
    { callSign: 'a', dutyState: 'off', atMs: 5 },
    { callSign: 'b', dutyState: 'on' },
  ]);
});
