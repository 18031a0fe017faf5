import type { Unit } from '../../units/contract.ts';
import type { LngLat } from './ground.ts';
import { demoStationId } from './ids.ts';

/**
 * Where the server saw the demo's units last, by unit number, so that they go on from there and do not jump when the
 * simulator starts again. Empty when it does not say: a new demo, another server, or none yet.
 */
export async function findLastSeen(url: string, signal: AbortSignal): Promise<Map<number, LngLat>> {
  try {
    const response = await fetch(new URL(`/api/units?station=${demoStationId}`, url), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(3000)]),
    });
    if (!response.ok) return new Map();
    const { units } = (await response.json()) as { units: Unit[] };
    return new Map(units.flatMap(({ number, lngLat }) => (lngLat ? [[number, lngLat] as const] : [])));
  } catch {
    return new Map();
  }
}
