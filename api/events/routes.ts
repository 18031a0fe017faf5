import { Hono } from 'hono';
import { audienceOf } from '../accounts/audience.ts';
import type { Dependencies } from '../app.ts';
import { readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { eventsQuerySchema, maxEvents } from './contract.ts';
import { findEvents } from './queries.ts';

export function createEventRoutes({ database, viewerOf }: Pick<Dependencies, 'database' | 'viewerOf'>) {
  return new Hono().get('/events', async (context) => {
    const { station, ...span } = readQuery(eventsQuerySchema, context.req.query());
    const viewer = await viewerOf(context.req.raw);
    // What happened is told beside where units were: who has no past, as a wall, has no events of it either.
    const [stationId] = readScope(viewer, 'tracks', station).stationIds;
    const sees = (noun: 'incidents' | 'dispatches' | 'alerts'): boolean =>
      audienceOf(viewer, stationId!, noun) === 'exact';
    const isOwn = (noun: 'dispatches' | 'alerts'): boolean => audienceOf(viewer, stationId!, noun) === 'own';
    const scope = {
      stationId: stationId!,
      seesIncidents: sees('incidents'),
      seesDispatches: sees('dispatches'),
      seesAlerts: sees('alerts'),
      ownUnitIds:
        isOwn('dispatches') && isOwn('alerts')
          ? viewer.ownUnits.filter((unit) => unit.stationId === stationId).map(({ id }) => id)
          : [],
    };
    const events = await database.inScope([stationId!], (transaction) =>
      findEvents(transaction, scope, span, maxEvents + 1),
    );
    const isWhole = events.length <= maxEvents;
    return context.json({ events: events.slice(0, maxEvents), isWhole }, 200, { 'Cache-Control': 'no-store' });
  });
}
