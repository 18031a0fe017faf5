import { Hono } from 'hono';
import { audienceOf, mayDo, requireAction } from '../accounts/audience.ts';
import { recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId } from '../reading/read-query.ts';
import { alertOf } from './alert-of.ts';
import { alertScope } from './alert-scope.ts';
import { sosSchema } from './contract.ts';
import { closeAlert, findAlarmUnit, findAlert, findOpenAlert } from './queries.ts';
import { raiseSos, sosCauseOf } from './raise-sos.ts';

const noStore = { 'Cache-Control': 'no-store' };

/** The alarm of a unit: raised and taken back by its own crew, or by the desk for it. */
export function createSosRoutes(dependencies: Dependencies) {
  const { database, viewerOf, live } = dependencies;

  /** The unit, and whether the viewer is on its crew. @throws {Problem} 404, 403 */
  async function open(transaction: Transaction, viewer: Viewer, id: string) {
    const unit = await findAlarmUnit(transaction, viewer.stationIds, id);
    if (!unit) throw notFound('unit', id);
    const isCrew = viewer.ownUnits.some((own) => own.id === id);
    // Who sees only the own unit learns nothing of others.
    if (!isCrew && audienceOf(viewer, unit.stationId, 'units') !== 'exact') throw notFound('unit', id);
    requireAction(viewer, unit.stationId, 'raiseAlarm');
    if (!isCrew && !mayDo(viewer, unit.stationId, 'acknowledgeAlerts')) throw notOwn();
    return { unit, isCrew };
  }

  return new Hono()
    .post('/units/:id/sos', async (context) => {
      const request = context.req.raw;
      const unitId = readId(context.req.param('id'), 'unit');
      const viewer = await viewerOf(request);
      const { lngLat, at, id: requestId } = await readBody(sosSchema, request);
      const nowMs = Date.now();
      const { row, isNew } = await database.inScope(viewer.stationIds, async (transaction) => {
        const { unit, isCrew } = await open(transaction, viewer, unitId);
        const { stationId, callSign: name } = unit;
        const raised = await raiseSos(transaction, {
          stationId,
          unitId,
          lngLat,
          requestId,
          // A phone's clock may be wrong; nobody has held a button in the future.
          pressedAtMs: at === null ? nowMs : Math.min(nowMs, Date.parse(at)),
          via: isCrew ? 'crew' : 'desk',
        });
        const found = (await findAlert(transaction, alertScope(viewer, stationId), raised.id))!;
        if (raised.isNew)
          await recordChange(
            dependencies,
            transaction,
            { viewer, request },
            {
              stationId,
              action: 'alert.sos',
              target: { kind: 'unit', id: unitId, name },
              detail: { via: isCrew ? 'crew' : 'desk' },
            },
          );
        return { row: found, isNew: raised.isNew };
      });
      if (isNew) live.announceChange(row.stationId, 'alerts');
      return context.json(alertOf(row), isNew ? 201 : 200, noStore);
    })
    .post('/units/:id/sos/cancel', async (context) => {
      const request = context.req.raw;
      const unitId = readId(context.req.param('id'), 'unit');
      const viewer = await viewerOf(request);
      const row = await database.inScope(viewer.stationIds, async (transaction) => {
        const { unit } = await open(transaction, viewer, unitId);
        const { stationId, callSign: name } = unit;
        const id = await findOpenAlert(transaction, stationId, sosCauseOf(unitId));
        if (id === null) throw new Problem(409, 'no-sos', 'No alarm of this unit is open');
        await closeAlert(transaction, { stationId, id }, viewer.displayName);
        const found = (await findAlert(transaction, alertScope(viewer, stationId), id))!;
        await recordChange(
          dependencies,
          transaction,
          { viewer, request },
          {
            stationId,
            action: 'alert.sos-cancel',
            target: { kind: 'unit', id: unitId, name },
          },
        );
        return found;
      });
      live.announceChange(row.stationId, 'alerts');
      return context.json(alertOf(row), 200, noStore);
    });
}

const notOwn = (): Problem =>
  new Problem(403, 'not-allowed', 'This account may not do that here', {
    detail: 'The alarm of a unit is raised by its crew, or by the desk.',
  });
