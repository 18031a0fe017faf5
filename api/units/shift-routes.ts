import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { asError } from '../operation/log.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { readBody } from '../reading/read-body.ts';
import { readId } from '../reading/read-query.ts';
import { shiftSchema } from './contract.ts';
import { orderShift } from './order-shift.ts';

/** Starting and ending shifts. */
export function createShiftRoutes({
  database,
  viewerOf,
  audit,
  registry,
  sessions,
  log,
}: Pick<Dependencies, 'database' | 'viewerOf' | 'audit' | 'registry' | 'sessions' | 'log'>) {
  return new Hono().post('/units/:id/shift', async (context) => {
    const unitId = readId(context.req.param('id'), 'unit');
    const viewer = await viewerOf(context.req.raw);
    const order = await readBody(shiftSchema, context.req.raw);
    const { state } = await database.inScope(viewer.stationIds, (transaction) =>
      orderShift(transaction, audit, viewer, {
        unitId,
        order,
        address: clientAddressOf(context.req.raw),
        nowMs: Date.now(),
      }),
    );
    // Who is on a crew now sees its unit.
    sessions.forget();
    // Now, not with the next look at the revisions: the unit is taken off every map and its fixes are off duty before the
    // answer. Should this fail, the next look within a second does it.
    await registry.refresh().catch((error: unknown) => log.warn('registry.refresh-failed', { error: asError(error) }));
    return context.json(state, 200, { 'Cache-Control': 'no-store' });
  });
}
