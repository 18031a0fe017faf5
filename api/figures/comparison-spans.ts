import { Temporal } from 'temporal-polyfill';

/** from ≤ time < to. */
export interface Span {
  from: Date;
  to: Date;
}

export interface ComparisonSpans {
  today: Span;
  lastWeek: Span;
  lastYear: Span;
}

/**
 * 52 weeks: the same weekday, near the same date. Incidents follow the week (a Saturday night is no Sunday night) more
 * than the date, so that against 23 November of last year a Monday would be measured by a Sunday; it also keeps both
 * comparisons on one weekday, and needs no rule for 29 February. Comparisons of months and years take calendar dates.
 */
const lastYearDays = 364;
const lastWeekDays = 7;

/**
 * Today so far by the station's clock, and the same hours of the same weekday a week and 52 weeks ago: each from its own
 * local midnight to what the clock shows now, the minute that runs included. Days on which clocks are changed are an
 * hour longer or shorter; of an hour that stands twice the first is meant, and one that is skipped ends where it would
 * have begun.
 * @param timeZone IANA
 */
export function comparisonSpans(nowMs: number, timeZone: string): ComparisonSpans {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone);
  const end = now.round({ smallestUnit: 'minute', roundingMode: 'floor' }).add({ minutes: 1 });
  const today = now.toPlainDate();
  const clock = end.toPlainTime();
  // The last minute of a day ends at the next midnight.
  const isDayOver = !end.toPlainDate().equals(today);
  const daysAgo = (days: number): Span => {
    const day = today.subtract({ days });
    const to = isDayOver
      ? startOf(day.add({ days: 1 }))
      : day.toPlainDateTime(clock).toZonedDateTime(timeZone, { disambiguation: 'earlier' });
    return { from: dateOf(startOf(day)), to: dateOf(to) };
  };
  // A day begins at midnight, or where the clocks skip midnight, after it.
  const startOf = (day: Temporal.PlainDate): Temporal.ZonedDateTime => day.toZonedDateTime(timeZone).startOfDay();
  return {
    today: { from: dateOf(startOf(today)), to: dateOf(end) },
    lastWeek: daysAgo(lastWeekDays),
    lastYear: daysAgo(lastYearDays),
  };
}

const dateOf = (at: Temporal.ZonedDateTime): Date => new Date(at.epochMilliseconds);
