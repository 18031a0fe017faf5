const formatters = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** Intl objects are dear to make and tables ask for hundreds a second. */
function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}${JSON.stringify(options)}`;
  const known = formatters.get(key) ?? new Intl.NumberFormat(locale, options);
  formatters.set(key, known);
  return known as Intl.NumberFormat;
}

const unitOf = (locale: string, unit: string, value: number, digits = 0): string =>
  numberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);

export const formatNumber = (locale: string, value: number): string => numberFormat(locale, {}).format(value);

/** An age in its largest unit, "42 sec", "5 min", "3 hr", "2 days": what a glance needs. */
export function formatAge(locale: string, seconds: number): string {
  if (seconds < 100) return unitOf(locale, 'second', Math.floor(seconds));
  const minutes = seconds / 60;
  if (minutes < 100) return unitOf(locale, 'minute', Math.floor(minutes));
  const hours = minutes / 60;
  return hours < 48 ? unitOf(locale, 'hour', Math.floor(hours)) : unitOf(locale, 'day', Math.floor(hours / 24));
}

/** People read patrol speeds in km/h. */
export const formatSpeed = (locale: string, speedMps: number): string =>
  unitOf(locale, 'kilometer-per-hour', speedMps * 3.6, speedMps > 0 && speedMps < 2.8 ? 1 : 0);

export const formatLength = (locale: string, metres: number): string =>
  metres < 1000 ? unitOf(locale, 'meter', Math.round(metres)) : unitOf(locale, 'kilometer', metres / 1000, 1);

export const formatDegrees = (locale: string, degrees: number): string =>
  unitOf(locale, 'degree', Math.round(degrees) % 360);

export const formatPercent = (locale: string, percent: number): string =>
  numberFormat(locale, { style: 'percent' }).format(percent / 100);

/** A moment in the station's own time; the day is named when it is not `nowMs`'s. */
export function formatMoment(locale: string, timeZone: string, atMs: number, nowMs: number): string {
  const day = dateFormat(locale, { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const time = dateFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const clock = time.format(atMs);
  return day.format(atMs) === day.format(nowMs) ? clock : `${day.format(atMs)} ${clock}`;
}

/** The station's wall clock: date with weekday, and the time. */
export function formatClock(locale: string, timeZone: string, atMs: number): { date: string; time: string } {
  return {
    date: dateFormat(locale, { timeZone, month: 'short', day: 'numeric', weekday: 'short' }).format(atMs),
    time: dateFormat(locale, {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    }).format(atMs),
  };
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}${JSON.stringify(options)}`;
  const known = formatters.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formatters.set(key, known);
  return known as Intl.DateTimeFormat;
}

/** Latitude first, as radios and navigation apps take it; five decimals are a metre. */
export const formatLngLat = ([lng, lat]: readonly [number, number]): string => `${lat.toFixed(5)}, ${lng.toFixed(5)}`;

/** A day of the reader's own calendar, of an ISO time. */
export const formatDay = (locale: string, iso: string): string =>
  dateFormat(locale, { year: 'numeric', month: 'short', day: 'numeric' }).format(new Date(iso));

/** Day and time where the reader is, of an ISO time. */
export const formatInstant = (locale: string, iso: string): string =>
  dateFormat(locale, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(iso));

/** A change in percent, whole unless it is small. */
export const formatChange = (locale: string, percent: number): string =>
  numberFormat(locale, { style: 'percent', maximumFractionDigits: percent < 10 ? 1 : 0 }).format(percent / 100);

/** A day that another one is compared with, with its weekday. */
export const formatComparedDay = (locale: string, timeZone: string, atMs: number): string =>
  dateFormat(locale, { timeZone, month: 'numeric', day: 'numeric', weekday: 'short' }).format(atMs);
