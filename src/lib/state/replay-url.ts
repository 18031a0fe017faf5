import { replaySpeeds, type ReplaySpeed } from './replay-clock.ts';

/** What of a replay a person would share or reload. Never the reason: who opens the link gives their own. */
export interface ReplayUrl {
  /** Milliseconds since 1970; undefined: not chosen yet. */
  period: { from: number; to: number } | undefined;
  /** The moment that is shown; undefined: the beginning. */
  atMs: number | undefined;
  speed: ReplaySpeed;
  /** Numbers of the units that were asked for; undefined: all. */
  units: readonly number[] | undefined;
  follow: number | undefined;
}

/** Reads an address; a part that makes no sense is as if it were missing. */
export function parseReplayUrl(params: URLSearchParams): ReplayUrl {
  const [from, to] = [instantOf(params.get('from')), instantOf(params.get('to'))];
  const units = (params.get('units') ?? '')
    .split(',')
    .map(numberOf)
    .filter((number) => number !== undefined);
  return {
    period: from !== undefined && to !== undefined && from < to ? { from, to } : undefined,
    atMs: instantOf(params.get('t')),
    speed: replaySpeeds.find((speed) => String(speed) === params.get('speed')) ?? 1,
    units: units.length > 0 ? [...new Set(units)].toSorted((a, b) => a - b) : undefined,
    follow: numberOf(params.get('follow') ?? ''),
  };
}

/** Writes the parts into a copy of `params`; foreign parameters stay, parts at rest are removed. */
export function formatReplayUrl(replay: ReplayUrl, params = new URLSearchParams()): URLSearchParams {
  const out = new URLSearchParams(params);
  const { period, atMs, speed, units, follow } = replay;
  const parts: Record<string, string | undefined> = {
    from: period && writeInstant(period.from),
    to: period && writeInstant(period.to),
    t: period && atMs !== undefined && atMs !== period.from ? writeInstant(atMs) : undefined,
    speed: speed === 1 ? undefined : String(speed),
    units: units?.join(','),
    follow: follow === undefined ? undefined : String(follow),
  };
  for (const [name, text] of Object.entries(parts)) {
    if (text === undefined) out.delete(name);
    else out.set(name, text);
  }
  return out;
}

/** The address of a replay. @param stationId whose units */
export const replayAddress = (stationId: string, replay: Partial<ReplayUrl>): string => {
  const parts: ReplayUrl = {
    period: undefined,
    atMs: undefined,
    speed: 1,
    units: undefined,
    follow: undefined,
    ...replay,
  };
  return `/replay?${formatReplayUrl(parts, new URLSearchParams({ station: stationId }))}`;
};

/** Whole seconds: a link is read by people. */
const writeInstant = (ms: number): string => new Date(Math.round(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');

function instantOf(text: string | null): number | undefined {
  const ms = text && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

const numberOf = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
