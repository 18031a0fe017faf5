/** Hours of the day, "22:00"; null: always. */
export type ActiveHours = { from: string; to: string } | null;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The time of the day there, "07:05". */
function timeOfDay(atMs: number, timeZone: string): string {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    clocks.set(timeZone, clock);
  }
  return clock.format(atMs);
}

/** Whether a geofence raises alerts at this moment: from ≤ time < to, past midnight when from is later than to. */
export function isActive(hours: ActiveHours, atMs: number, timeZone: string): boolean {
  if (hours === null) return true;
  const time = timeOfDay(atMs, timeZone);
  return hours.from < hours.to ? time >= hours.from && time < hours.to : time >= hours.from || time < hours.to;
}
