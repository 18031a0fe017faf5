import { trackColumnNames, type TrackedUnit } from '$api/tracks/contract.ts';
import { ReplayTracks, type TrackBatch } from '$lib/state/replay-tracks.ts';
import { ArrowStreamError, readArrowStream } from './read-arrow-stream.ts';

/** How much of a period has come, in fixes. */
export interface TrackProgress {
  read: number;
  of: number;
}

/**
 * Reads the columns of tracks to the end.
 * @throws {ArrowStreamError} when it ends early or holds other columns than these
 */
export async function readTrackStream(
  stream: ReadableStream<Uint8Array>,
  onprogress: (progress: TrackProgress) => void,
): Promise<ReplayTracks> {
  let units: TrackedUnit[] = [];
  let from = 0;
  let progress: TrackProgress = { read: 0, of: 0 };
  const batches: TrackBatch[] = [];
  await readArrowStream(stream, {
    begun(columns, metadata) {
      const found = columns.map(({ name }) => name).join(', ');
      if (found !== trackColumnNames.join(', ')) throw new ArrowStreamError(`columns ${found}`);
      units = JSON.parse(metadata.get('units') ?? '[]') as TrackedUnit[];
      from = Date.parse(metadata.get('from') ?? '');
      progress = { read: 0, of: units.reduce((sum, { fixes }) => sum + fixes, 0) };
      onprogress(progress);
    },
    batch(columns) {
      const [numbers, lngs, lats, times, headings] = columns;
      const batch = { units: numbers, lngs, lats, times, headings } as TrackBatch;
      batches.push(batch);
      // A fix that came while it was read is one more than was counted.
      const read = progress.read + batch.units.length;
      progress = { read, of: Math.max(progress.of, read) };
      onprogress(progress);
    },
  });
  return new ReplayTracks(from, units, batches);
}
