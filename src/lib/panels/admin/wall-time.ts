import { fromAbsolute, parseDateTime, toCalendarDateTime, toZoned } from '@internationalized/date';

/** "2026-11-22T08:00" on the station's own clock, as a browser's date-and-time field takes it. */
export const wallTimeOf = (ms: number, timeZone: string): string =>
  toCalendarDateTime(fromAbsolute(ms, timeZone)).toString().slice(0, 16);

/** The instant of such a text, ISO 8601; an hour that comes twice is its first. */
export const instantOf = (wallTime: string, timeZone: string): string =>
  toZoned(parseDateTime(wallTime), timeZone, 'earlier').toAbsoluteString();
