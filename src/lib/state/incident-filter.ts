import { incidentSources, type IncidentSource } from '$api/incidents/contract.ts';
import type { LocalHours } from '$lib/geo/local-hours.ts';
import { kindBits, minuteMs, rowIntegers, toMinutes, type IncidentColumns } from './incident-columns.ts';

export const timePresets = ['today', '7d', '30d', 'all'] as const;
export type TimePreset = (typeof timePresets)[number];

/** Local days, "2026-11-01", both inclusive. */
export interface DaySpan {
  from: string;
  to: string;
}

/** Which incidents are shown. What is hidden is named, so that a category that comes tomorrow is seen. */
export interface IncidentFilter {
  time: TimePreset | DaySpan;
  /** Bit h: the hour from h to h + 1, local. */
  hours: number;
  /** Bit 0: Monday. */
  weekdays: number;
  hiddenCategories: ReadonlySet<string>;
  hiddenSources: ReadonlySet<IncidentSource>;
}

export const allHours = 0xff_ffff;
export const allWeekdays = 0x7f;

export const firstFilter: IncidentFilter = {
  time: '7d',
  hours: allHours,
  weekdays: allWeekdays,
  hiddenCategories: new Set(),
  hiddenSources: new Set(),
};

/** A filter as the graphics card and the counting loop take it: minutes from ≤ t < to, and sets as bits. */
export interface IncidentBounds {
  fromMinute: number;
  toMinute: number;
  hours: number;
  weekdays: number;
  /** Bit c: category c is shown; bit 31 speaks for every category from the 32nd on. */
  categories: number;
  sources: number;
}

/** Which bit speaks for this category. */
export const categoryBit = (code: number): number => Math.min(code, 31);

const farMinute = 0x3fff_ffff;
const dayMs = 86_400_000;

export function boundsOf(
  { time, hours, weekdays, hiddenCategories, hiddenSources }: IncidentFilter,
  categories: readonly string[],
  localHours: LocalHours,
  nowMs: number,
): IncidentBounds {
  const [fromMinute, toMinute] = minutesOf(time, localHours, nowMs);
  let shown = 0;
  categories.forEach((name, code) => {
    if (!hiddenCategories.has(name)) shown |= 1 << categoryBit(code);
  });
  const sources = incidentSources.reduce((bits, source, i) => (hiddenSources.has(source) ? bits : bits | (1 << i)), 0);
  return { fromMinute, toMinute, hours, weekdays, categories: shown, sources };
}

function minutesOf(time: IncidentFilter['time'], localHours: LocalHours, nowMs: number): [number, number] {
  if (time === 'all') return [-farMinute, farMinute];
  if (time === 'today') return [toMinutes(localHours.startOfDay(nowMs)), farMinute];
  if (time === '7d') return [toMinutes(nowMs - 7 * dayMs), farMinute];
  if (time === '30d') return [toMinutes(nowMs - 30 * dayMs), farMinute];
  return [toMinutes(startOf(time.from, localHours)), toMinutes(startOf(time.to, localHours, 1))];
}

/** When this local day begins, or the one so many days later. */
function startOf(day: string, localHours: LocalHours, later = 0): number {
  const noonMs = Date.parse(`${day}T12:00:00Z`) + later * dayMs;
  return localHours.startOfDay(noonMs - localHours.offsetMs(noonMs));
}

/** The same test that the shaders make, for counts and lists. */
export function passes(rows: Int32Array, at: number, bounds: IncidentBounds): boolean {
  const minute = rows[at + 2]!;
  if (minute < bounds.fromMinute || minute >= bounds.toMinute) return false;
  const kind = rows[at + 3]!;
  const category = (kind >> kindBits.category) & 255;
  return (
    ((bounds.hours >> (kind & 31)) &
      (bounds.weekdays >> ((kind >> kindBits.weekday) & 7)) &
      (bounds.categories >> (category > 31 ? 31 : category)) &
      (bounds.sources >> ((kind >> kindBits.source) & 3)) &
      1) ===
    1
  );
}

/** What the panel tells of each choice: how many there are with every other choice as it stands. */
export interface IncidentCounts {
  shown: number;
  byCategory: Uint32Array;
  bySource: Uint32Array;
  byHour: Uint32Array;
  byWeekday: Uint32Array;
}

export function countIncidents({ rows, count }: IncidentColumns, bounds: IncidentBounds): IncidentCounts {
  const byCategory = new Uint32Array(256);
  const bySource = new Uint32Array(4);
  const byHour = new Uint32Array(24);
  const byWeekday = new Uint32Array(7);
  let shown = 0;
  for (let i = 0, at = 0; i < count; i++, at += rowIntegers) {
    const minute = rows[at + 2]!;
    if (minute < bounds.fromMinute || minute >= bounds.toMinute) continue;
    const kind = rows[at + 3]!;
    const [hour, weekday] = [kind & 31, (kind >> kindBits.weekday) & 7];
    const [category, source] = [(kind >> kindBits.category) & 255, (kind >> kindBits.source) & 3];
    const misses =
      (~(bounds.hours >> hour) & 1) |
      ((~(bounds.weekdays >> weekday) & 1) << 1) |
      ((~(bounds.categories >> (category > 31 ? 31 : category)) & 1) << 2) |
      ((~(bounds.sources >> source) & 1) << 3);
    if (misses === 0) shown++;
    if ((misses & ~1) === 0) byHour[hour]!++;
    if ((misses & ~2) === 0) byWeekday[weekday]!++;
    if ((misses & ~4) === 0) byCategory[category]!++;
    if ((misses & ~8) === 0) bySource[source]!++;
  }
  return { shown, byCategory, bySource, byHour, byWeekday };
}

/** The newest incidents that pass, newest first; numbers are in the order of writing, times nearly so. */
export function newestPassing(
  { rows, count }: IncidentColumns,
  bounds: IncidentBounds,
  most: number,
  isWanted: (lng: number, lat: number) => boolean = () => true,
): number[] {
  const found: number[] = [];
  for (let i = 0, at = 0; i < count; i++, at += rowIntegers)
    if (passes(rows, at, bounds) && isWanted(rows[at]! / 1e5, rows[at + 1]! / 1e5)) found.push(i);
  found.sort((a, b) => rows[rowIntegers * b + 2]! - rows[rowIntegers * a + 2]!);
  return found.slice(0, most);
}

/** The minute that bounds are of: they need not be made anew before the next. */
export const minuteOf = (timeMs: number): number => Math.floor(timeMs / minuteMs);
