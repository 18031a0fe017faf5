import type { LocalHours } from '$lib/geo/local-hours.ts';
import type { PresencePeriod } from '$lib/state/measure-state.svelte.ts';

const hourMs = 3_600_000;

/** When the period begins: the station's day, or so long before now; on a full hour, because presence is kept by the hour. */
export function periodStart(period: PresencePeriod, localHours: LocalHours, nowMs: number): number {
  if (period === 'today') return localHours.startOfDay(nowMs);
  const backMs = (period === '24h' ? 24 : 7 * 24) * hourMs;
  return Math.ceil((nowMs - backMs) / hourMs) * hourMs;
}
