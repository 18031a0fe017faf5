import type { UnitKind } from '../../../../api/positions/contract.ts';
import { ReplayTracks, type TrackBatch } from '../../../../src/lib/state/replay-tracks.ts';

export interface FixOfTest {
  number: number;
  /** Seconds since the beginning. */
  s: number;
  lng: number;
  lat: number;
  heading?: number;
}

export const batchOf = (fixes: readonly FixOfTest[]): TrackBatch => ({
  units: Uint16Array.from(fixes, ({ number }) => number),
  lngs: Int32Array.from(fixes, ({ lng }) => Math.round(lng * 1e5)),
  lats: Int32Array.from(fixes, ({ lat }) => Math.round(lat * 1e5)),
  times: Uint32Array.from(fixes, ({ s }) => s * 1000),
  headings: Int16Array.from(fixes, ({ heading }) => heading ?? -1),
});

export const fromMs = Date.parse('2026-11-20T08:00:00Z');

/** Tracks of units by number and kind, their fixes in one batch or several. */
export function makeTracks(
  kinds: Readonly<Record<number, UnitKind>>,
  ...batches: (readonly FixOfTest[])[]
): ReplayTracks {
  const units = Object.entries(kinds).map(([number, kind]) => ({
    id: `00000000-0000-4000-8000-${number.padStart(12, '0')}`,
    number: Number(number),
    callSign: `平安-${number}`,
    kind,
    fixes: 0,
  }));
  return new ReplayTracks(fromMs, units, batches.map(batchOf));
}
