import { Temporal } from 'temporal-polyfill';

/** A time of a file, and whether its zone made it doubtful. */
export interface ReadTime {
  atMs: number;
  /** `twice`: the clocks stood back and the first of both was taken; `never`: they stood ahead over it and it was moved on. */
  doubt?: 'twice' | 'never';
}

export const expectedTime =
  'a date and time, such as 2019-01-31T13:45:00, 2019/1/31 13:45, 2019年1月31日 13时45分 or with a zone 2019-01-31T13:45:00+08:00';

/** Year, month, day, hour, minute, second, fraction, am/pm, zone. */
const yearFirst =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:T|\s+|\s*(?=\d))(\d{1,2})[:：时](\d{1,2})(?:分?[:：]?(\d{1,2})(?:[.,](\d{1,9}))?秒?|分)?()\s*(Z|[+-]\d{2}:?\d{2})?$/i;
/** Month and day in a told order, year, hour, minute, second, fraction, am/pm. */
const yearLast =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}),?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*([AP]M)?()$/i;

export type DateOrder = 'mdy' | 'dmy';

/**
 * Reads times of one zone. Local times without a zone are of that zone; one that stands twice takes the first offset.
 * @param dateOrder how 1/2/2019 is meant; without it such dates are refused, because nobody can tell.
 */
export function createTimeReader(timeZone: string, dateOrder?: DateOrder): (text: string) => ReadTime | undefined {
  /** Offsets change on quarters of an hour at most, so that one look-up serves all rows of a quarter. */
  const offsets = new Map<number, { offsetMs: number; doubt?: 'twice' | 'never' }>();
  const quarterMs = 15 * 60_000;

  function offsetOf(localMs: number) {
    const quarter = Math.floor(localMs / quarterMs);
    let known = offsets.get(quarter);
    if (!known) {
      const local = Temporal.Instant.fromEpochMilliseconds(quarter * quarterMs)
        .toZonedDateTimeISO('UTC')
        .toPlainDateTime();
      const [earlier, later] = (['earlier', 'later'] as const).map(
        (disambiguation) => local.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds,
      ) as [number, number];
      // Where a time is skipped, "later" is what a clock that was not put ahead shows.
      const isSkipped = earlier !== later && local.toZonedDateTime(timeZone).toPlainDateTime().equals(local) === false;
      const chosen = isSkipped ? later : earlier;
      known = {
        offsetMs: quarter * quarterMs - chosen,
        ...(earlier !== later && { doubt: isSkipped ? ('never' as const) : ('twice' as const) }),
      };
      offsets.set(quarter, known);
    }
    return known;
  }

  return (text) => {
    const parts = readParts(text.trim(), dateOrder);
    if (!parts) return undefined;
    if (parts.offsetMs !== undefined) return { atMs: parts.localMs - parts.offsetMs };
    const { offsetMs, doubt } = offsetOf(parts.localMs);
    return { atMs: parts.localMs - offsetMs, ...(doubt && { doubt }) };
  };
}

/** The wall-clock time as if it were UTC, and the offset that the text tells. */
function readParts(text: string, dateOrder: DateOrder | undefined): { localMs: number; offsetMs?: number } | undefined {
  const first = yearFirst.exec(text);
  const last = first ? null : dateOrder && yearLast.exec(text);
  const match = first ?? last;
  if (!match) return undefined;
  const [year, month, day] = (first ? [1, 2, 3] : dateOrder === 'mdy' ? [3, 1, 2] : [3, 2, 1]).map((group) =>
    Number(match[group]),
  );
  let hour = Number(match[4]);
  const half = match[8]?.toUpperCase();
  if (half) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === 'PM' ? 12 : 0);
  }
  const [minute, second] = [Number(match[5]), Number(match[6] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const localMs = Date.UTC(
    year!,
    month! - 1,
    day,
    hour,
    minute,
    second,
    Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)),
  );
  // 31 February is no day; Date would make it one of March.
  if (new Date(localMs).getUTCMonth() !== month! - 1 || new Date(localMs).getUTCDate() !== day) return undefined;
  const zone = match[9];
  if (!zone) return { localMs };
  if (zone.toUpperCase() === 'Z') return { localMs, offsetMs: 0 };
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return { localMs, offsetMs: (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000 };
}
