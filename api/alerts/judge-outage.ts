/** What is known of one unit on duty, ms since 1970. */
export interface ReportingUnit {
  /** Its newest fix of this shift. */
  lastMs: number;
  isQuiet: boolean;
}

/** Many units of a station that fell silent together: not they, but what brings their fixes, is gone. */
export interface Outage {
  /** Nobody of them was heard after it, ms since 1970. */
  sinceMs: number;
  count: number;
  /** Units on duty that reported until then. */
  of: number;
}

/** Fewer units than this may well fall silent by chance. */
export const leastOutage = 5;
/** Last fixes that lie within so long of each other stopped together. */
export const outageWindowMs = 180_000;
/** A unit is missed after three of its usual gaps, but not before a minute. */
const quietAfterMs = 60_000;
const missedGaps = 3;

/**
 * How long a unit may say nothing until it counts for an outage: sooner than its own alert (`limitMs`), because half a
 * station that stops at once says more than one unit does.
 * @param gapMs what lies between two of its fixes as a rule; undefined: not known yet
 */
export const quietLimitMs = (gapMs: number | undefined, limitMs: number): number =>
  gapMs === undefined ? limitMs : Math.min(limitMs, Math.max(quietAfterMs, missedGaps * gapMs));

/** The longer of the newest gap and most of what was known, so that a pause is forgotten after some fixes. */
export const nextGapMs = (knownMs: number | undefined, gapMs: number): number => Math.max(gapMs, 0.8 * (knownMs ?? 0));

/**
 * More than half of the units that reported, and at least five, that are quiet and whose last fixes lie within three
 * minutes. Units that were silent before do not count. undefined: no such thing
 */
export function findOutage(units: readonly ReportingUnit[]): Outage | undefined {
  const byTime = units.toSorted((a, b) => a.lastMs - b.lastMs);
  const quiet = byTime.filter(({ isQuiet }) => isQuiet);
  let found: Outage | undefined;
  let from = 0;
  for (const [to, { lastMs }] of quiet.entries()) {
    while (lastMs - quiet[from]!.lastMs > outageWindowMs) from++;
    const count = to - from + 1;
    if (count < leastOutage || count < (found?.count ?? 0)) continue;
    const beganMs = quiet[from]!.lastMs;
    const of = byTime.filter((unit) => unit.lastMs >= beganMs).length;
    if (2 * count > of) found = { sinceMs: lastMs, count, of };
  }
  return found;
}

/**
 * Whether a unit that is silent since `silentSinceMs` belongs to an outage: it fell silent with the others, or came on duty
 * later, and nothing was heard of it since.
 * @param fixAtMs its newest fix; undefined: it never reported
 */
export const isOfOutage = ({ sinceMs }: Outage, silentSinceMs: number, fixAtMs: number | undefined): boolean =>
  silentSinceMs >= sinceMs - outageWindowMs && (fixAtMs === undefined || fixAtMs <= sinceMs + quietAfterMs);
