import type { TrackProperties } from './contract.ts';
import type { TrackPiece } from './split-track.ts';

/**
 * The text of an RFC 7946 FeatureCollection of a track: one LineString a piece with a time for each position (a Point for
 * a fix that stands alone). No pieces: no features.
 */
export function writeTrack(unit: { id: string; callSign: string }, pieces: readonly TrackPiece[]): string {
  const features = pieces.map(({ device, positions, observedAtMs }, index) => {
    const times = observedAtMs.map((timeMs) => new Date(timeMs).toISOString());
    const properties: TrackProperties = {
      unitId: unit.id,
      callSign: unit.callSign,
      device,
      startsAt: times.at(0) ?? '',
      endsAt: times.at(-1) ?? '',
      fixCount: times.length,
      times,
    };
    const geometry =
      positions.length === 1
        ? { type: 'Point', coordinates: positions[0] }
        : { type: 'LineString', coordinates: positions };
    return { type: 'Feature', id: index, properties, geometry };
  });
  return JSON.stringify({ type: 'FeatureCollection', features });
}
