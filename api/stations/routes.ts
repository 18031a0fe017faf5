import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { readScope } from '../reading/read-scope.ts';
import { findStations } from './queries.ts';

export function createStationRoutes({ database, viewerOf }: Pick<Dependencies, 'database' | 'viewerOf'>) {
  return new Hono().get('/stations', async (context) => {
    const { stationIds } = readScope(await viewerOf(context.req.raw), 'stations');
    const stations = await database.inScope(stationIds, (transaction) => findStations(transaction, stationIds));
    return context.json({ stations });
  });
}
