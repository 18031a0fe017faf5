import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { requireClosed, requireValid } from '../grids/check-grid.ts';
import { asError } from '../operation/log.ts';
import { requireConfirmation } from '../reading/confirm-deletion.ts';
import { deletionQuerySchema, stationQuerySchema } from '../reading/contract.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import { geofenceBodySchema, maxGeofences, newGeofenceSchema, type Geofence } from './contract.ts';
import {
  countGeofences,
  countOpenAlerts,
  deleteGeofence,
  findGeofences,
  forgetStays,
  insertGeofence,
  lockGeofence,
  resolveAlertsOfGeofence,
  updateGeofence,
  withoutZone,
} from './queries.ts';

const taken = {
  geofences_station_id_name_key: { field: 'name', expected: 'a name that no other geofence of the station has' },
};

/** Geofences: who sees them, and their editing. */
export function createGeofenceRoutes(dependencies: Dependencies) {
  const { database, viewerOf, registry, log } = dependencies;

  /** The geofence, locked. @throws {Problem} 404, 403 */
  async function open(transaction: Transaction, viewer: Viewer, id: string): Promise<Geofence> {
    const fence = await lockGeofence(transaction, viewer.stationIds, id);
    if (!fence) throw notFound('geofence', id);
    requireAction(viewer, fence.stationId, 'editGeofences');
    return fence;
  }

  const record = (
    transaction: Transaction,
    by: { viewer: Viewer; request: Request },
    action: string,
    { stationId, id, name }: Pick<Geofence, 'stationId' | 'id' | 'name'>,
    detail: Record<string, unknown> = {},
  ) =>
    recordChange(dependencies, transaction, by, { stationId, action, target: { kind: 'geofence', id, name }, detail });

  /** The watch takes it up now, not with the next look at the revisions, which would within a second. */
  const tell = () =>
    registry.refresh().catch((error: unknown) => log.warn('registry.refresh-failed', { error: asError(error) }));

  return new Hono()
    .get('/geofences', async (context) => {
      const query = readQuery(stationQuerySchema, context.req.query());
      const { exactStationIds } = readScope(await viewerOf(context.req.raw), 'geofences', query.station);
      const geofences = await database.inScope(exactStationIds, (transaction) =>
        findGeofences(transaction, exactStationIds),
      );
      return context.json({ geofences: geofences.map(withoutZone) }, 200, { 'Cache-Control': 'private, no-cache' });
    })
    .post('/geofences', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(newGeofenceSchema, request);
      const { stationId } = body;
      requireAction(viewer, stationId, 'editGeofences');
      requireClosed(body.area);
      const fence = { ...body, id: uuidv7() };
      const made = await refuseTaken(taken, () =>
        database.inScope([stationId], async (transaction) => {
          await requireValid(transaction, body.area);
          if ((await countGeofences(transaction, stationId)) >= maxGeofences) throw tooMany();
          await insertGeofence(transaction, fence);
          const made = await lockGeofence(transaction, [stationId], fence.id);
          await record(transaction, { viewer, request }, 'geofence.create', fence);
          return made!;
        }),
      );
      await tell();
      return context.json(made, 201);
    })
    .put('/geofences/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'geofence');
      const viewer = await viewerOf(request);
      const body = await readBody(geofenceBodySchema, request);
      const seen = readVersion(request);
      requireClosed(body.area);
      const changed = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const before = await open(transaction, viewer, id);
          requireVersion(seen, before.version);
          await requireValid(transaction, body.area);
          await updateGeofence(transaction, { ...body, id, stationId: before.stationId });
          const changed = (await lockGeofence(transaction, [before.stationId], id))!;
          const fields = changedFields(before, changed).filter((field) => field !== 'version');
          if (fields.includes('area')) {
            await forgetStays(transaction, before.stationId, id);
            await resolveAlertsOfGeofence(transaction, before.stationId, id);
          }
          await record(transaction, { viewer, request }, 'geofence.change', changed, { fields });
          return changed;
        }),
      );
      await tell();
      return context.json(changed);
    })
    .delete('/geofences/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'geofence');
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      await database.inScope(viewer.stationIds, async (transaction) => {
        const fence = await open(transaction, viewer, id);
        requireConfirmation(confirm, fence, { alerts: await countOpenAlerts(transaction, fence.stationId, id) });
        await deleteGeofence(transaction, fence.stationId, id);
        await record(transaction, { viewer, request }, 'geofence.delete', fence);
      });
      await tell();
      return context.body(null, 204);
    });
}

const tooMany = (): Problem =>
  new Problem(409, 'too-many-geofences', 'The station has all the geofences it can have', {
    detail: `A station has at most ${maxGeofences}: each is tested with each fix that comes near it.`,
  });
