import type { LngLat } from '../positions/contract.ts';

/** A fix of a track as it is read: the device's name, WGS 84 degrees, milliseconds since 1970. */
export interface TrackFix {
  device: string;
  lng: number;
  lat: number;
  observedAtMs: number;
}

export interface TrackPiece {
  device: string;
  positions: LngLat[];
  observedAtMs: number[];
}

/**
 * Cuts fixes, ordered by device and time, into pieces: nothing says where the unit was during a long silence, so no line
 * is drawn across it.
 */
export function splitTrack(fixes: readonly TrackFix[], maxGapMs: number): TrackPiece[] {
  const pieces: TrackPiece[] = [];
  for (const { device, lng, lat, observedAtMs } of fixes) {
    const current = pieces.at(-1);
    const previousMs = current?.observedAtMs.at(-1);
    const goesOn = current?.device === device && previousMs !== undefined && observedAtMs - previousMs <= maxGapMs;
    const piece = goesOn ? current : { device, positions: [], observedAtMs: [] };
    if (!goesOn) pieces.push(piece);
    piece.positions.push([lng, lat]);
    piece.observedAtMs.push(observedAtMs);
  }
  return pieces;
}
