import { expect, test } from 'vitest';
import {
  countUntil,
  densityOf,
  eventAfter,
  eventBefore,
  toReplayEvents,
} from '../../../../src/lib/state/replay-events.ts';

const at = (minute: number) => Date.parse('2026-11-20T08:00:00Z') + minute * 60_000;
const events = toReplayEvents(
  [30, 10, 10, 50].map((minute) => ({
    kind: 'incident',
    at: new Date(at(minute)).toISOString(),
    name: `at ${minute}`,
    incident: minute,
    source: 'citizen',
    unit: null,
    lngLat: null,
  })),
);

test('events are in the order of time, and those at the moment have happened', () => {
  expect(events.map(({ atMs }) => (atMs - at(0)) / 60_000)).toEqual([10, 10, 30, 50]);
  expect([0, 10, 29, 30, 60].map((minute) => countUntil(events, at(minute)))).toEqual([0, 2, 2, 3, 4]);
});

test('a step goes past all events of the moment, so that it never stays where it is', () => {
  expect(eventAfter(events, at(10))?.atMs).toBe(at(30));
  expect(eventBefore(events, at(30))?.atMs).toBe(at(10));
  expect(eventBefore(events, at(10))).toBeUndefined();
  expect(eventAfter(events, at(50))).toBeUndefined();
  expect(eventBefore(events, at(31))?.atMs).toBe(at(30));
});

test('the density of a period counts what lies in it', () => {
  expect(densityOf(events, { from: at(10), to: at(50) }, 4)).toEqual([2, 0, 1, 0]);
});
