import { Hono } from 'hono';
import { requireAction } from '../accounts/audience.ts';
import { recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { alertOf } from './alert-of.ts';
import { alertScope } from './alert-scope.ts';
import { acknowledgeSchema, alertHistoryDays, alertsQuerySchema, maxAlerts, type Alert } from './contract.ts';
import { acknowledgeAlert, closeAlert, findAlert, findAlerts, lockAlert } from './queries.ts';

const noStore = { 'Cache-Control': 'no-store' };

/** Alerts are read by those whom they concern, acknowledged and closed by people. */
export function createAlertRoutes(dependencies: Dependencies) {
  const { database, viewerOf, live } = dependencies;

  /** The alert, locked. @throws {Problem} 404, 403 */
  async function open(transaction: Transaction, viewer: Viewer, id: string) {
    const alert = await lockAlert(transaction, viewer.stationIds, id);
    if (!alert) throw notFound('alert', id);
    requireAction(viewer, alert.stationId, 'acknowledgeAlerts');
    return alert;
  }

  async function change(
    by: { viewer: Viewer; request: Request },
    id: string,
    action: 'acknowledge' | 'close',
    work: (transaction: Transaction, alert: NonNullable<Awaited<ReturnType<typeof lockAlert>>>) => Promise<void>,
  ): Promise<Alert> {
    const { viewer } = by;
    const changed = await database.inScope(viewer.stationIds, async (transaction) => {
      const alert = await open(transaction, viewer, id);
      await work(transaction, alert);
      const row = (await findAlert(transaction, alertScope(viewer, alert.stationId), id))!;
      await recordChange(dependencies, transaction, by, {
        stationId: alert.stationId,
        action: `alert.${action}`,
        target: { kind: 'alert', id, name: row.callSign ?? row.geofenceName ?? row.gridNumber ?? alert.kind },
        detail: { kind: alert.kind },
      });
      return row;
    });
    live.announceChange(changed.stationId, 'alerts');
    return alertOf(changed);
  }

  return new Hono()
    .get('/alerts', async (context) => {
      const query = readQuery(alertsQuerySchema, context.req.query());
      const scope = alertScope(await viewerOf(context.req.raw), query.station);
      const since = new Date(Date.now() - alertHistoryDays * 86_400_000).toISOString();
      const rows = await database.inScope(scope.stationIds, (transaction) =>
        findAlerts(transaction, scope, { state: query.state, since, limit: maxAlerts }),
      );
      return context.json({ alerts: rows.map(alertOf) }, 200, noStore);
    })
    .post('/alerts/:id/acknowledge', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'alert');
      const viewer = await viewerOf(request);
      const { note } = await readBody(acknowledgeSchema, request);
      const alert = await change(
        { viewer, request },
        id,
        'acknowledge',
        async (transaction, { stationId, ...known }) => {
          if (known.isAcknowledged)
            throw new Problem(409, 'already-acknowledged', 'Somebody has acknowledged this alert already');
          await acknowledgeAlert(
            transaction,
            { stationId, id },
            { accountId: viewer.accountId, name: viewer.displayName },
            note,
          );
        },
      );
      return context.json(alert, 200, noStore);
    })
    .post('/alerts/:id/close', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'alert');
      const viewer = await viewerOf(request);
      const alert = await change({ viewer, request }, id, 'close', async (transaction, { stationId, ...known }) => {
        if (known.isResolved) throw new Problem(409, 'resolved', 'This alert is closed already');
        if (!known.isAcknowledged)
          throw new Problem(409, 'not-acknowledged', 'This alert has to be acknowledged first', {
            detail: 'An alert is closed by hand only after a person has seen to it.',
          });
        await closeAlert(transaction, { stationId, id }, viewer.displayName);
      });
      return context.json(alert, 200, noStore);
    });
}
