import { Hono } from 'hono';
import { requireAction } from '../accounts/audience.ts';
import { recordChange } from '../accounts/record-change.ts';
import type { Dependencies } from '../app.ts';
import { incidentScope } from '../incidents/incident-scope.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { createStreetNetworks } from '../routing/street-networks.ts';
import {
  answerSchema,
  cancellationSchema,
  dispatchesQuerySchema,
  dispatchSettingsSchema,
  nearestQuerySchema,
  nearestToPlaceQuerySchema,
  orderSchema,
  type DispatchSettings,
  type Nearest,
} from './contract.ts';
import { dispatchFor, dispatchScope } from './dispatch-scope.ts';
import { findNearest, requireNearest } from './find-nearest.ts';
import {
  findAnswerSeconds,
  findDispatches,
  findOrderedIncident,
  includeWithdrawn,
  putAnswerSeconds,
  type DispatchRow,
  type DispatchScope,
} from './queries.ts';
import { sendOrder } from './send-order.ts';
import { takeAnswer, type SaidStep } from './take-answer.ts';
import { writeBrief } from './write-brief.ts';

/** Whereabouts, texts and telephone numbers: no cache keeps them. */
const unkept = { 'Cache-Control': 'no-store' };

/** Who is nearest, sending units and what becomes of it. */
export function createDispatchRoutes(dependencies: Pick<Dependencies, 'database' | 'viewerOf' | 'audit' | 'live'>) {
  const { database, viewerOf, live } = dependencies;
  const networks = createStreetNetworks(database);
  const readDispatches = (scope: DispatchScope, which?: Parameters<typeof findDispatches>[2]): Promise<DispatchRow[]> =>
    database.inScope(scope.stationIds, async (transaction) => {
      await includeWithdrawn(transaction);
      return findDispatches(transaction, scope, which);
    });

  /** One step, then the dispatch as it is. */
  async function step(request: Request, id: string, said: SaidStep) {
    const viewer = await viewerOf(request);
    const { stationId, isNew, endsAlert } = await database.inScope(viewer.stationIds, (transaction) =>
      takeAnswer(dependencies, transaction, { viewer, request }, id, said),
    );
    // Who shows an incident's timeline reads it again for this too; the incidents themselves stay as they are.
    if (isNew) live.announceChange(stationId, 'dispatches');
    if (endsAlert) live.announceChange(stationId, 'alerts');
    const [row] = await readDispatches(dispatchScope(viewer, stationId), { id });
    return dispatchFor(viewer, row!);
  }

  return new Hono()
    .get('/incidents/:id/nearest', async (context) => {
      const id = readId(context.req.param('id'), 'incident');
      const query = readQuery(nearestQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const { stationIds } = incidentScope(viewer);
      const incident = await database.inScope(stationIds, (transaction) =>
        findOrderedIncident(transaction, stationIds, id),
      );
      if (!incident) throw notFound('incident', id);
      requireNearest(viewer, incident.stationId);
      const { number, category, lng, lat, stationId } = incident;
      const candidates = await findNearest({ database, networks }, viewer, stationId, [lng, lat], query);
      const answer: Nearest = { place: { lngLat: [lng, lat], incident: { id, number, category } }, candidates };
      return context.json(answer, 200, unkept);
    })
    .get('/nearest', async (context) => {
      const { station, lng, lat, ...query } = readQuery(nearestToPlaceQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const stationId = station.toLowerCase();
      requireNearest(viewer, stationId);
      const candidates = await findNearest({ database, networks }, viewer, stationId, [lng, lat], query);
      const answer: Nearest = { place: { lngLat: [lng, lat], incident: null }, candidates };
      return context.json(answer, 200, unkept);
    })
    .get('/dispatches', async (context) => {
      const { station, state } = readQuery(dispatchesQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const scope = dispatchScope(viewer, station);
      const rows = await readDispatches(scope, { openOnly: state === 'open' });
      return context.json({ dispatches: rows.map((row) => dispatchFor(viewer, row)) }, 200, unkept);
    })
    .put('/dispatches/:id', async (context) => {
      const id = readId(context.req.param('id'), 'dispatch');
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const order = await readBody(orderSchema, request);
      const { stationId, isNew } = await database.inScope(viewer.stationIds, (transaction) =>
        sendOrder(dependencies, transaction, { viewer, request }, id, order),
      );
      if (isNew) live.announceChange(stationId, 'dispatches');
      const rows = await readDispatches(dispatchScope(viewer, stationId));
      const dispatches = rows.filter(({ orderId }) => orderId === id).map((row) => dispatchFor(viewer, row));
      return context.json({ dispatches }, isNew ? 201 : 200, unkept);
    })
    .post('/dispatches/:id/answer', async (context) => {
      const id = readId(context.req.param('id'), 'dispatch');
      await viewerOf(context.req.raw);
      const { answer, ...said } = await readBody(answerSchema, context.req.raw);
      return context.json(await step(context.req.raw, id, { ...said, state: answer }), 200, unkept);
    })
    .post('/dispatches/:id/cancel', async (context) => {
      const id = readId(context.req.param('id'), 'dispatch');
      await viewerOf(context.req.raw);
      const said = await readBody(cancellationSchema, context.req.raw);
      return context.json(await step(context.req.raw, id, { ...said, state: 'cancelled' }), 200, unkept);
    })
    .get('/dispatches/:id/brief', async (context) => {
      const id = readId(context.req.param('id'), 'dispatch');
      const viewer = await viewerOf(context.req.raw);
      return context.json(await writeBrief({ database, networks }, viewer, id), 200, unkept);
    })
    .get('/stations/:id/dispatch-settings', async (context) => {
      const stationId = readId(context.req.param('id'), 'station');
      const viewer = await viewerOf(context.req.raw);
      requireAction(viewer, stationId, 'manageStations');
      const answerSeconds = await database.inScope([stationId], (transaction) =>
        findAnswerSeconds(transaction, stationId),
      );
      return context.json({ answerSeconds } satisfies DispatchSettings, 200, unkept);
    })
    .put('/stations/:id/dispatch-settings', async (context) => {
      const stationId = readId(context.req.param('id'), 'station');
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      requireAction(viewer, stationId, 'manageStations');
      const settings = await readBody(dispatchSettingsSchema, request);
      await database.inScope([stationId], async (transaction) => {
        const before = await findAnswerSeconds(transaction, stationId);
        await putAnswerSeconds(transaction, stationId, settings.answerSeconds);
        await recordChange(
          dependencies,
          transaction,
          { viewer, request },
          {
            stationId,
            action: 'dispatch.settings',
            target: { kind: 'station', id: stationId, name: '' },
            detail: { before: { answerSeconds: before }, after: settings },
          },
        );
      });
      return context.json(settings satisfies DispatchSettings, 200, unkept);
    });
}
