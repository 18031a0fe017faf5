import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { featureCollection, sendGeoJson } from '../reading/geojson.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { holds, readEntityTag, revalidated } from '../reading/entity-tag.ts';
import { sentinelsQuerySchema } from './contract.ts';
import { findSentinel, findSentinels } from './queries.ts';

export function createSentinelRoutes({ database, viewerOf }: Pick<Dependencies, 'database' | 'viewerOf'>) {
  return new Hono()
    .get('/sentinels', async (context) => {
      const query = readQuery(sentinelsQuerySchema, context.req.query());
      const { stationIds } = readScope(await viewerOf(context.req.raw), 'sentinels', query.station);
      return database.inScope(stationIds, async (transaction) => {
        const entityTag = await readEntityTag(transaction, 'sentinels', stationIds, query);
        if (holds(context, entityTag)) return context.body(null, 304, revalidated(entityTag));
        const rows = await findSentinels(transaction, stationIds, query.bbox);
        const text = featureCollection(rows, ({ stationId, number, name, kind, address, memberCount }) => ({
          stationId,
          number,
          name,
          kind,
          address,
          memberCount,
        }));
        return sendGeoJson(context, text, revalidated(entityTag));
      });
    })
    .get('/sentinels/:id', async (context) => {
      const id = readId(context.req.param('id'), 'sentinel point');
      const viewer = await viewerOf(context.req.raw);
      const { stationIds } = readScope(viewer, 'sentinels');
      const members = readScope(viewer, 'members');
      const sentinel = await database.inScope(stationIds, (transaction) =>
        findSentinel(
          transaction,
          {
            stationIds,
            memberStationIds: members.exactStationIds,
            ownStationIds: members.ownStationIds,
            ownMemberId: viewer.memberId,
          },
          id,
        ),
      );
      if (!sentinel) throw notFound('sentinel point', id);
      return context.json(sentinel);
    });
}
