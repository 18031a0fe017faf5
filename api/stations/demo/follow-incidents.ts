import type { IncidentEventKind, IncidentState } from '../../incidents/contract.ts';
import type { DemoIncident } from './draw-incidents.ts';
import { toPoint } from './ground.ts';
import { demoId } from './ids.ts';
import { distanceM } from './plane.ts';
import { Random } from './random.ts';
import type { StationRows } from './station-rows.ts';

/** What became of an incident. */
export interface FollowedIncident extends DemoIncident {
  sentinelId: string | null;
  state: IncidentState;
}

export interface DemoEvent {
  id: string;
  incidentNumber: number;
  kind: IncidentEventKind;
  atMs: number;
  actorName: string;
  unitId: string | null;
  note: string | null;
}

const minuteMs = 60_000;
/** The newest few of the last day are still being worked on. */
const openHours = 24;
const openCount = 4;
/** Before that there were no timelines: what a new system takes over is history. */
const timelineHours = 36;

const closings = ['现场处置完毕', '双方已和解', '已安全送回', '已移交后续办理', '未发现异常'];

/** Gives incidents that a sentinel point told of the nearest one, and leaves the newest few open. */
export function followIncidents(
  incidents: readonly DemoIncident[],
  sentinels: StationRows['sentinels'],
  endMs: number,
): FollowedIncident[] {
  const places = sentinels.map(({ id, lngLat }) => ({ id, place: toPoint(lngLat) }));
  const firstOpen = incidents.length - openCount;
  return incidents.map((incident, i) => {
    const { source, lngLat, occurredAtMs } = incident;
    const place = toPoint(lngLat);
    let nearest: { id: string; metres: number } | undefined;
    if (source === 'sentinel')
      for (const { id, place: other } of places) {
        const metres = distanceM(place, other);
        if (!nearest || metres < nearest.metres) nearest = { id, metres };
      }
    const isOpen = i >= firstOpen && endMs - occurredAtMs < openHours * 60 * minuteMs;
    return { ...incident, sentinelId: nearest?.id ?? null, state: isOpen ? 'open' : 'closed' };
  });
}

/** The timelines of the last days' incidents: who recorded them, which unit went, how they ended; none in the future. */
export function drawTimelines(
  incidents: readonly FollowedIncident[],
  { members, units }: Pick<StationRows, 'members' | 'units'>,
  seed: number,
  endMs: number,
): DemoEvent[] {
  const random = new Random(`${seed}/timelines`);
  const officers = members.filter(({ role }) => role === 'officer').map(({ displayName }) => displayName);
  return incidents
    .filter(({ occurredAtMs }) => endMs - occurredAtMs < timelineHours * 60 * minuteMs)
    .flatMap(({ number, state, occurredAtMs }) => {
      const desk = random.pick(officers);
      const chief = random.pick(officers);
      const unitId = demoId(`unit/${random.pick(units).number}`);
      const unitOfficer = random.pick(officers);
      let atMs = occurredAtMs;
      const after = (least: number, most: number): number =>
        (atMs = Math.min(endMs, atMs + Math.round(random.between(least, most) * minuteMs)));
      const steps: Omit<DemoEvent, 'id' | 'incidentNumber'>[] = [
        { kind: 'created', atMs: after(1, 4), actorName: desk, unitId: null, note: null },
      ];
      if (state === 'closed')
        steps.push(
          { kind: 'dispatched', atMs: after(0.5, 2), actorName: chief, unitId, note: null },
          { kind: 'accepted', atMs: after(0.2, 1), actorName: unitOfficer, unitId, note: null },
          { kind: 'arrived', atMs: after(3, 9), actorName: unitOfficer, unitId, note: null },
          { kind: 'closed', atMs: after(8, 40), actorName: desk, unitId: null, note: random.pick(closings) },
        );
      return steps.map((step, i) => ({ ...step, id: demoId(`incident/${number}/event/${i}`), incidentNumber: number }));
    });
}
