import { incidentSources } from '$api/incidents/contract.ts';
import {
  allHours,
  allWeekdays,
  firstFilter,
  timePresets,
  type DaySpan,
  type IncidentFilter,
  type TimePreset,
} from './incident-filter.ts';

/** What of incidents a person would share or reload. `heatM`: the heatmap's bandwidth in metres; undefined: it is off. */
export interface IncidentUrl {
  filter: IncidentFilter;
  heatM: number | undefined;
}

export const bandwidthsM = [100, 200, 400, 800] as const;

const names = { time: 'it', hours: 'ih', weekdays: 'iw', categories: 'ic', sources: 'is', heat: 'heat' } as const;

/** Reads an address; a part that makes no sense is as if it were missing. */
export function parseIncidentUrl(params: URLSearchParams): IncidentUrl {
  const list = (name: string) => new Set((params.get(name) ?? '').split('~').filter((part) => part !== ''));
  const heatM = Number(params.get(names.heat));
  const sources = list(names.sources);
  return {
    filter: {
      time: parseTime(params.get(names.time)) ?? firstFilter.time,
      hours: parseBits(params.get(names.hours), allHours),
      weekdays: parseBits(params.get(names.weekdays), allWeekdays),
      hiddenCategories: list(names.categories),
      hiddenSources: new Set(incidentSources.filter((source) => sources.has(source))),
    },
    heatM: bandwidthsM.find((bandwidthM) => bandwidthM === heatM),
  };
}

/** Writes the parts into a copy of `params`; parts at rest are removed, foreign ones stay. */
export function formatIncidentUrl({ filter, heatM }: IncidentUrl, params: URLSearchParams): URLSearchParams {
  const { time, hours, weekdays, hiddenCategories, hiddenSources } = filter;
  const parts: Record<string, string> = {
    [names.time]: time === firstFilter.time ? '' : typeof time === 'string' ? time : `${time.from}_${time.to}`,
    [names.hours]: hours === allHours ? '' : hours.toString(16),
    [names.weekdays]: weekdays === allWeekdays ? '' : weekdays.toString(16),
    [names.categories]: [...hiddenCategories].join('~'),
    [names.sources]: [...hiddenSources].join('~'),
    [names.heat]: heatM === undefined ? '' : String(heatM),
  };
  const out = new URLSearchParams(params);
  for (const [name, text] of Object.entries(parts))
    if (text === '') out.delete(name);
    else out.set(name, text);
  return out;
}

function parseTime(text: string | null): TimePreset | DaySpan | undefined {
  const preset = timePresets.find((name) => name === text);
  if (preset) return preset;
  const [from, to, ...rest] = text?.split('_') ?? [];
  const isDay = (day: string | undefined): day is string =>
    /^\d{4}-\d\d-\d\d$/.test(day ?? '') && !Number.isNaN(Date.parse(`${day}T00:00:00Z`));
  return isDay(from) && isDay(to) && rest.length === 0 && from <= to ? { from, to } : undefined;
}

function parseBits(text: string | null, all: number): number {
  const bits = /^[0-9a-f]{1,6}$/.test(text ?? '') ? Number.parseInt(text!, 16) : all;
  return bits <= all ? bits : all;
}
