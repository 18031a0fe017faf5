import type { Alert } from '$api/alerts/contract.ts';
import type { Dispatch, DispatchState } from '$api/dispatches/contract.ts';
import type { Incident } from '$api/incidents/contract.ts';
import type { DutyState } from '$api/units/contract.ts';

/** Something that happened, for people who look up at a wall. Words are made of it when it is shown. */
export type FeedEntry = { key: string; atMs: number } & (
  | { kind: 'incident'; number: number; category: string; source: Incident['source'] }
  | { kind: 'dispatch'; step: DispatchState; callSign: string; category: string; number: number }
  | { kind: 'alert'; alert: Alert; isOver: boolean }
  | { kind: 'shift'; callSign: string; dutyState: DutyState }
);

/** More would be too small to read. */
export const feedLength = 20;

/** Newest first; the rest falls out at the end. */
const newest = (entries: readonly FeedEntry[]): readonly FeedEntry[] =>
  entries.toSorted((a, b) => b.atMs - a.atMs || (a.key < b.key ? 1 : -1)).slice(0, feedLength);

/** All there is of this kind now: what was withdrawn leaves the feed. */
export const replaceKind = (
  feed: readonly FeedEntry[],
  kind: FeedEntry['kind'],
  entries: readonly FeedEntry[],
): readonly FeedEntry[] => newest([...feed.filter((entry) => entry.kind !== kind), ...entries]);

export const addToFeed = (feed: readonly FeedEntry[], entries: readonly FeedEntry[]): readonly FeedEntry[] =>
  newest([...feed, ...entries]);

export const entriesOfIncidents = (incidents: readonly Incident[]): FeedEntry[] =>
  incidents.map(({ number, category, source, at }) => ({
    key: `incident ${number}`,
    atMs: Date.parse(at),
    kind: 'incident',
    number,
    category,
    source,
  }));

/** An entry for each step of each dispatch. */
export const entriesOfDispatches = (dispatches: readonly Dispatch[]): FeedEntry[] =>
  dispatches.flatMap(({ id, unit, incident, steps }) =>
    steps.map(({ state, at }) => ({
      key: `dispatch ${id} ${state}`,
      atMs: Date.parse(at),
      kind: 'dispatch' as const,
      step: state,
      callSign: unit.callSign,
      category: incident.category,
      number: incident.number,
    })),
  );

export const entriesOfAlerts = (alerts: readonly Alert[]): FeedEntry[] =>
  alerts.map((alert) => ({
    key: `alert ${alert.id}`,
    atMs: Date.parse(alert.openedAt),
    kind: 'alert',
    alert,
    isOver: alert.resolvedAt !== null,
  }));

type OnDuty = { id: string; callSign: string; dutyState: DutyState };

/** Who began and ended their shift between two lists of the same station; a unit that is new or gone did neither. */
export function shiftsBetween(before: readonly OnDuty[], after: readonly OnDuty[], atMs: number): FeedEntry[] {
  const was = new Map(before.map(({ id, dutyState }) => [id, dutyState]));
  return after
    .filter(({ id, dutyState }) => was.has(id) && was.get(id) !== dutyState)
    .map(({ id, callSign, dutyState }) => ({
      key: `shift ${id} ${atMs}`,
      atMs,
      kind: 'shift',
      callSign,
      dutyState,
    }));
}
