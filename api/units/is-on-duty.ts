/** So many days back the registry knows when a unit was on duty. */
export const knownDutyDays = 14;

/**
 * Whether a time lies in a unit's duty. What a phone kept without signal from before a shift, or from between two, is as
 * much off duty as what it sends then.
 * @param periods beginnings and ends in turn, ascending, ms since 1970; empty: on duty since the unit was made
 */
export function isOnDutyAt(periods: readonly number[], atMs: number): boolean {
  const last = periods.length - 2;
  if (last < 0) return true;
  // All but always it is the shift that runs.
  for (let index = last; index >= 0; index -= 2)
    if (atMs >= periods[index]!) return atMs < periods[index + 1]! || Number.isNaN(atMs);
  // A time that cannot be read is for the filters to tell.
  return Number.isNaN(atMs);
}
