import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { chooseEncoding, compressStream } from '../reading/compress-stream.ts';
import { readQuery } from '../reading/read-query.ts';
import { tracksQuerySchema } from './contract.ts';
import { lookAtTracks } from './look-at-tracks.ts';
import { readParts } from './read-parts.ts';
import { writeTrackColumns } from './write-track-columns.ts';

export function createTrackRoutes({
  database,
  viewerOf,
  audit,
}: Pick<Dependencies, 'database' | 'viewerOf' | 'audit'>) {
  return new Hono().get('/tracks.arrow', async (context) => {
    const query = readQuery(tracksQuerySchema, context.req.query());
    const viewer = await viewerOf(context.req.raw);
    const { units, parts, counts } = await lookAtTracks(
      { database, audit },
      viewer,
      query,
      clientAddressOf(context.req.raw),
    );
    const encoding = chooseEncoding(context.req.header('Accept-Encoding'));
    const stationId = query.station.toLowerCase();
    const stream = writeTrackColumns(readParts(database, stationId, { parts, counts, baseMs: query.from }), units, {
      from: new Date(query.from).toISOString(),
      to: new Date(query.to).toISOString(),
      station: stationId,
    });
    return context.body(compressStream(stream, encoding), 200, {
      // Whereabouts of people on duty: no cache keeps them.
      'Cache-Control': 'no-store',
      Vary: 'Accept-Encoding',
      'Content-Type': 'application/vnd.apache.arrow.stream',
      ...(encoding && { 'Content-Encoding': encoding }),
    });
  });
}
