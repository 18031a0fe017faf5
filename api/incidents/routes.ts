import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { chooseEncoding, compressStream } from '../reading/compress-stream.ts';
import { holds, readEntityTag, revalidated } from '../reading/entity-tag.ts';
import { readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import {
  columnEpochMs,
  incidentColumnsQuerySchema,
  incidentsQuerySchema,
  incidentSummaryQuerySchema,
} from './contract.ts';
import { readChanged } from './changed-incidents.ts';
import { incidentScope } from './incident-scope.ts';
import { readBatches } from './read-batches.ts';
import { countByGrid, findIncidents } from './reading-queries.ts';
import { summarizeIncidents, summaryRange } from './summarize-incidents.ts';
import { writeColumns } from './write-columns.ts';

export function createIncidentRoutes({ database, viewerOf }: Pick<Dependencies, 'database' | 'viewerOf'>) {
  return new Hono()
    .get('/incidents', async (context) => {
      const query = readQuery(incidentsQuerySchema, context.req.query());
      const scope = incidentScope(await viewerOf(context.req.raw), query.station);
      const incidents = await database.askInScope(scope.stationIds, (transaction) =>
        findIncidents(transaction, scope, query),
      );
      // Texts name people: no cache keeps them.
      return context.json({ incidents }, 200, { 'Cache-Control': 'no-store' });
    })
    .get('/incidents/summary', async (context) => {
      const query = readQuery(incidentSummaryQuerySchema, context.req.query());
      const scope = readScope(await viewerOf(context.req.raw), 'incidents', query.station);
      const stationIds = [...scope.exactStationIds, ...scope.coarseStationIds];
      const range = summaryRange(Date.now());
      return database.inScope(stationIds, async (transaction) => {
        const gridsTag = await readEntityTag(transaction, 'grids', stationIds, range);
        const entityTag = await readEntityTag(transaction, 'incidents', stationIds, [gridsTag, scope]);
        if (holds(context, entityTag)) return context.body(null, 304, revalidated(entityTag));
        const rows = await countByGrid(transaction, stationIds, range);
        return context.json(
          summarizeIncidents(rows, range, new Set(scope.exactStationIds)),
          200,
          revalidated(entityTag),
        );
      });
    })
    .get('/incidents.arrow', async (context) => {
      const query = readQuery(incidentColumnsQuerySchema, context.req.query());
      const { stationIds } = incidentScope(await viewerOf(context.req.raw), query.station);
      const [stationId, ...others] = stationIds;
      if (stationId === undefined) throw new Problem(404, 'not-found', 'There are no incidents for this account');
      if (others.length > 0)
        throw new Problem(400, 'invalid-query', 'The address has a value that cannot be used', {
          errors: [{ field: 'station', got: 'nothing', expected: 'one station: numbers are counted in each of them' }],
        });
      const { entityTag, rewrites, changed } = await database.inScope([stationId], async (transaction) => ({
        entityTag: await readEntityTag(transaction, 'incidents', [stationId], query),
        ...(await readChanged(transaction, stationId, query)),
      }));
      const encoding = chooseEncoding(context.req.header('Accept-Encoding'));
      const headers = { ...revalidated(entityTag), Vary: 'Accept-Encoding' };
      if (holds(context, entityTag)) return context.body(null, 304, headers);
      const metadata = {
        epoch: new Date(columnEpochMs).toISOString(),
        station: stationId,
        rewrites: `${rewrites}`,
        ...(changed && { changedSince: `${query.rewrites}`, gone: changed.gone.join(',') }),
      };
      const stream = writeColumns(readBatches(database, stationId, query, changed?.batch), metadata);
      return context.body(compressStream(stream, encoding), 200, {
        ...headers,
        'Content-Type': 'application/vnd.apache.arrow.stream',
        ...(encoding && { 'Content-Encoding': encoding }),
      });
    });
}
