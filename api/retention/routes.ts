import { Hono } from 'hono';
import { requireAction, stationsFor } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { stationQuerySchema } from '../reading/contract.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readQuery } from '../reading/read-query.ts';
import { retentionChangeSchema, type Retention } from './contract.ts';
import { findRetention, findRetentionRuns, putRetention } from './queries.ts';

const unkept = { 'Cache-Control': 'no-store' };
const maxRuns = 50;

/** How long a station keeps what, and what was removed. */
export function createRetentionRoutes(
  dependencies: Pick<Dependencies, 'database' | 'viewerOf' | 'audit' | 'environment'>,
) {
  const { database, viewerOf, environment } = dependencies;
  return new Hono()
    .get('/retention', async (context) => {
      const { station } = readQuery(stationQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const theirs = stationsFor(viewer, 'manageRetention');
      if (theirs.length === 0)
        throw new Problem(403, 'not-allowed', 'This account may not do that here', {
          detail: 'How long data is kept is for administrators.',
        });
      const stationIds = station === undefined ? theirs : theirs.filter((id) => id === station.toLowerCase());
      if (station !== undefined && stationIds.length === 0) throw notFound('station', station);
      const answer: Retention = await database.inScope(stationIds, async (transaction) => ({
        settings: await findRetention(transaction, stationIds),
        ingestLimitDays: environment.retentionMs / 86_400_000,
        runs: await findRetentionRuns(transaction, stationIds, maxRuns),
      }));
      return context.json(answer, 200, unkept);
    })
    .put('/retention', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(retentionChangeSchema, request);
      const change = { ...body, stationId: body.stationId.toLowerCase() };
      requireAction(viewer, change.stationId, 'manageRetention');
      const settings = await database.inScope([change.stationId], async (transaction) => {
        const [before] = await findRetention(transaction, [change.stationId]);
        if (!before) throw notFound('station', change.stationId);
        await putRetention(transaction, change);
        const fields = changedFields(
          { ...before.days, overdueShiftHours: before.overdueShiftHours },
          {
            ...change.days,
            overdueShiftHours: change.overdueShiftHours,
          },
        );
        await recordChange(
          dependencies,
          transaction,
          { viewer, request },
          {
            stationId: change.stationId,
            action: 'retention.change',
            target: { kind: 'station', id: change.stationId, name: '' },
            detail: {
              fields,
              before: { ...before.days, overdueShiftHours: before.overdueShiftHours },
              after: { ...change.days, overdueShiftHours: change.overdueShiftHours },
            },
          },
        );
        return findRetention(transaction, [change.stationId]);
      });
      return context.json(settings[0]!, 200, unkept);
    });
}
