import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { readQuery } from '../reading/read-query.ts';
import { searchQuerySchema } from './contract.ts';
import { searchEverything } from './search-everything.ts';

export function createSearchRoutes({ database, viewerOf }: Pick<Dependencies, 'database' | 'viewerOf'>) {
  return new Hono().get('/search', async (context) => {
    const query = readQuery(searchQuerySchema, context.req.query());
    const results = await searchEverything(database, await viewerOf(context.req.raw), query);
    // A unit's place is among the results.
    return context.json({ results }, 200, { 'Cache-Control': 'no-store' });
  });
}
