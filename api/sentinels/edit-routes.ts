import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { requireConfirmation } from '../reading/confirm-deletion.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import { raiseRevision } from '../reading/queries.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import { newSentinelSchema, sentinelBodySchema } from './contract.ts';
import {
  countSentinelMembers,
  deleteSentinel,
  insertSentinel,
  lockSentinel,
  updateSentinel,
  type EditedSentinel,
} from './edit-queries.ts';
import { findSentinel } from './queries.ts';

const taken = {
  sentinels_station_id_number_key: {
    field: 'number',
    expected: 'a number that no other sentinel point of the station has',
  },
};

const unkept = { 'Cache-Control': 'no-store' };

/** 96 bits: a code proves a visit, so that none can be guessed. */
const makeQrCode = (): string => randomBytes(12).toString('base64url');

/** Sentinel points put and moved on the map, and the QR codes that hang there. */
export function createSentinelEditRoutes(dependencies: Dependencies) {
  const { database, viewerOf, sessions } = dependencies;

  /** The sentinel point, locked. @throws {Problem} 404, 403 */
  async function open(transaction: Transaction, viewer: Viewer, id: string): Promise<EditedSentinel> {
    const sentinel = await lockSentinel(transaction, viewer.stationIds, id);
    if (!sentinel) throw notFound('sentinel point', id);
    requireAction(viewer, sentinel.stationId, 'editSentinels');
    return sentinel;
  }

  /** As `GET /api/sentinels/{id}` shows it to this viewer. */
  async function answer(
    transaction: Transaction,
    viewer: Viewer,
    { id, stationId }: { id: string; stationId: string },
  ) {
    const { exactStationIds: memberStationIds, ownStationIds } = readScope(viewer, 'members');
    const scope = { stationIds: [stationId], memberStationIds, ownStationIds, ownMemberId: viewer.memberId };
    return (await findSentinel(transaction, scope, id))!;
  }

  const record = (
    transaction: Transaction,
    by: { viewer: Viewer; request: Request },
    action: string,
    { stationId, id, name }: Pick<EditedSentinel, 'stationId' | 'id' | 'name'>,
    detail: Record<string, unknown> = {},
  ) =>
    recordChange(dependencies, transaction, by, { stationId, action, target: { kind: 'sentinel', id, name }, detail });

  return new Hono()
    .post('/sentinels', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(newSentinelSchema, request);
      requireAction(viewer, body.stationId, 'editSentinels');
      const sentinel = { ...body, id: uuidv7(), qrCode: makeQrCode() };
      const made = await refuseTaken(taken, () =>
        database.inScope([body.stationId], async (transaction) => {
          await insertSentinel(transaction, sentinel);
          await raiseRevision(transaction, 'sentinels', sentinel.stationId);
          const made = await answer(transaction, viewer, sentinel);
          await record(transaction, { viewer, request }, 'sentinel.create', sentinel);
          return made;
        }),
      );
      return context.json(made, 201);
    })
    .put('/sentinels/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'sentinel point');
      const viewer = await viewerOf(request);
      const body = await readBody(sentinelBodySchema, request);
      const seen = readVersion(request);
      const changed = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const before = await open(transaction, viewer, id);
          requireVersion(seen, before.version);
          const after = { ...before, ...body };
          await updateSentinel(transaction, after);
          await raiseRevision(transaction, 'sentinels', after.stationId);
          const changed = await answer(transaction, viewer, after);
          await record(transaction, { viewer, request }, 'sentinel.change', after, {
            fields: changedFields(before, body),
          });
          return changed;
        }),
      );
      return context.json(changed);
    })
    .delete('/sentinels/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'sentinel point');
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      await database.inScope(viewer.stationIds, async (transaction) => {
        const sentinel = await open(transaction, viewer, id);
        const losses = await countSentinelMembers(transaction, sentinel.stationId, id);
        requireConfirmation(confirm, sentinel, losses);
        await deleteSentinel(transaction, sentinel.stationId, id);
        await raiseRevision(transaction, 'sentinels', sentinel.stationId);
        if ((losses['shifts'] ?? 0) > 0) await raiseRevision(transaction, 'units', sentinel.stationId);
        await record(transaction, { viewer, request }, 'sentinel.delete', sentinel, losses);
      });
      // Its members are on no crew any more.
      sessions.forget();
      return context.body(null, 204);
    })
    .get('/sentinels/:id/qr-code', async (context) => {
      const id = readId(context.req.param('id'), 'sentinel point');
      const viewer = await viewerOf(context.req.raw);
      const { qrCode } = await database.inScope(viewer.stationIds, (transaction) => open(transaction, viewer, id));
      return context.json({ qrCode }, 200, unkept);
    })
    .post('/sentinels/:id/qr-code', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'sentinel point');
      const viewer = await viewerOf(request);
      const qrCode = makeQrCode();
      await database.inScope(viewer.stationIds, async (transaction) => {
        const sentinel = await open(transaction, viewer, id);
        await updateSentinel(transaction, { ...sentinel, qrCode });
        await record(transaction, { viewer, request }, 'sentinel.issue-qr-code', sentinel);
      });
      return context.json({ qrCode }, 200, unkept);
    });
}
