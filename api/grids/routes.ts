import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { featureCollection, sendGeoJson } from '../reading/geojson.ts';
import { readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { holds, readEntityTag, revalidated } from '../reading/entity-tag.ts';
import { gridsQuerySchema } from './contract.ts';
import { findGrids } from './queries.ts';

export function createGridRoutes({ database, viewerOf }: Pick<Dependencies, 'database' | 'viewerOf'>) {
  return new Hono().get('/grids', async (context) => {
    const query = readQuery(gridsQuerySchema, context.req.query());
    const { stationIds } = readScope(await viewerOf(context.req.raw), 'grids', query.station);
    return database.inScope(stationIds, async (transaction) => {
      const entityTag = await readEntityTag(transaction, 'grids', stationIds, query);
      if (holds(context, entityTag)) return context.body(null, 304, revalidated(entityTag));
      const rows = await findGrids(transaction, stationIds, query.bbox);
      const text = featureCollection(rows, ({ stationId, number, name, officer }) => ({
        stationId,
        number,
        name,
        officer,
      }));
      return sendGeoJson(context, text, revalidated(entityTag));
    });
  });
}
