import { demoId } from './ids.ts';
import type { DemoUnit } from './patrol-units.ts';

export interface RosterCrew {
  id: string;
  unitId: string;
  startsAt: Date;
  endsAt: Date;
  memberIds: string[];
}

/** Whom the roster draws on: ids in a fixed order. */
export interface RosterPool {
  officers: readonly string[];
  patrols: readonly string[];
}

/** Enough officers and patrol members that nobody has two shifts a day. */
export const rosterDays = 7;
const shiftMs = 8 * 3_600_000;
/** Shifts begin at 0, 8 and 16 o'clock in China, where the demo is. */
const offsetMs = 8 * 3_600_000;

export const shiftIndexAt = (ms: number): number => Math.floor((ms + offsetMs) / shiftMs);

/**
 * Crews of all units for the shift that runs at `nowMs` and those of the week after: officers in cars, on bikes and with
 * the UAV, auxiliaries and citizen patrols on foot. Asked again later it gives the same crews for the same shifts.
 */
export function drawRoster(units: readonly DemoUnit[], pool: RosterPool, nowMs: number): RosterCrew[] {
  const first = shiftIndexAt(nowMs);
  return Array.from({ length: rosterDays * 3 }, (_, i) => first + i).flatMap((shift) => {
    const startsAtMs = shift * shiftMs - offsetMs;
    let officers = takeFrom(pool.officers, shift, units.filter(({ kind }) => kind !== 'foot').length);
    let patrols = takeFrom(
      pool.patrols,
      shift,
      units.reduce((sum, unit) => sum + seatsOf(unit).patrols, 0),
    );
    return units.map((unit): RosterCrew => {
      const seats = seatsOf(unit);
      const memberIds = [...officers.slice(0, seats.officers), ...patrols.slice(0, seats.patrols)];
      officers = officers.slice(seats.officers);
      patrols = patrols.slice(seats.patrols);
      return {
        id: demoId(`crew/${unit.number}/${shift}`),
        unitId: demoId(`unit/${unit.number}`),
        startsAt: new Date(startsAtMs),
        endsAt: new Date(startsAtMs + shiftMs),
        memberIds,
      };
    });
  });
}

const seatsOf = ({ kind, crewSize }: DemoUnit) =>
  kind === 'foot' ? { officers: 0, patrols: crewSize } : { officers: 1, patrols: crewSize - 1 };

/** The next `count` of the pool after those of the shifts before; it turns by a few each day. */
function takeFrom(pool: readonly string[], shift: number, count: number): string[] {
  const start = (shift % 3) * count + Math.floor(shift / 3) * 5;
  return Array.from({ length: count }, (_, i) => pool[(start + i) % pool.length] as string);
}
