import type { FixReport } from '../positions/contract.ts';
import type { RecordedFix } from './read-gpx.ts';

/** A fix to send, and when: milliseconds since 1970. */
export interface PlannedFix {
  sendAtMs: number;
  report: FixReport;
}

/**
 * Shifts a recording so that its last fix falls at the end of the replay and keeps its spacing. Faster than recorded, the
 * first fixes are therefore old when they are sent, and none is ever in the future.
 * @param fixes in time order, at least one
 * @param speed 1 is as recorded; not less
 */
export function planReplay(
  fixes: readonly RecordedFix[],
  { device, speed, startsAtMs }: { device: string; speed: number; startsAtMs: number },
): PlannedFix[] {
  const firstMs = fixes[0]?.atMs ?? 0;
  const lastMs = fixes.at(-1)?.atMs ?? 0;
  const endsAtMs = startsAtMs + (lastMs - firstMs) / speed;
  return fixes.map(({ lng, lat, atMs, altitudeM, speedMps, headingDeg }) => ({
    sendAtMs: startsAtMs + (atMs - firstMs) / speed,
    report: {
      device,
      at: new Date(Math.floor(endsAtMs - (lastMs - atMs))).toISOString(),
      lngLat: [lng, lat],
      ...(altitudeM !== undefined && { altitudeM }),
      ...(speedMps !== undefined && speedMps >= 0 && { speedMps }),
      ...(headingDeg !== undefined && headingDeg >= 0 && headingDeg <= 360 && { headingDeg: headingDeg % 360 }),
    },
  }));
}
