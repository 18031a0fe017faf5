import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction, stationsFor } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { stationQuerySchema } from '../reading/contract.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import { hashToken, makeToken } from '../units/make-token.ts';
import { gatewayChangeSchema, newGatewaySchema, rotationSchema, type Gateway } from './contract.ts';
import { findGateways, insertGateway, lockSender, replaceToken, revokeSender, updateGateway } from './queries.ts';

const taken = {
  gateways_station_id_name_key: {
    field: 'name',
    expected: 'a name that no other gateway of the station has, revoked ones included',
  },
};

/** Tokens are in some answers. */
const unkept = { 'Cache-Control': 'no-store' };

/** Gateways, which report for all devices of a station, and their credentials. A trigger raises the station's revision of units with each change. */
export function createGatewayRoutes(dependencies: Dependencies) {
  const { database, viewerOf, registry } = dependencies;

  const find = async (transaction: Transaction, stationId: string, id: string): Promise<Gateway> =>
    (await findGateways(transaction, [stationId], id))[0]!;

  /** The gateway, locked. @throws {Problem} 404, 403 */
  async function open(transaction: Transaction, viewer: Viewer, id: string): Promise<Gateway> {
    await lockSender(transaction, 'gateway', viewer.stationIds, id);
    const [gateway] = await findGateways(transaction, viewer.stationIds, id);
    if (!gateway) throw notFound('gateway', id);
    requireAction(viewer, gateway.stationId, 'manageDevices');
    return gateway;
  }

  const record = (
    transaction: Transaction,
    by: { viewer: Viewer; request: Request },
    action: string,
    { stationId, id, name }: Pick<Gateway, 'stationId' | 'id' | 'name'>,
    detail: Record<string, unknown> = {},
  ) =>
    recordChange(dependencies, transaction, by, { stationId, action, target: { kind: 'gateway', id, name }, detail });

  return new Hono()
    .get('/gateways', async (context) => {
      const { station } = readQuery(stationQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      if (station !== undefined) requireAction(viewer, station.toLowerCase(), 'manageDevices');
      const stationIds = station === undefined ? stationsFor(viewer, 'manageDevices') : [station.toLowerCase()];
      const gateways = await database.inScope(stationIds, (transaction) => findGateways(transaction, stationIds));
      return context.json({ gateways }, 200, unkept);
    })
    .post('/gateways', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(newGatewaySchema, request);
      requireAction(viewer, body.stationId, 'manageDevices');
      const token = makeToken();
      const id = uuidv7();
      const gateway = await refuseTaken(taken, () =>
        database.inScope([body.stationId], async (transaction) => {
          await insertGateway(transaction, { ...body, id }, hashToken(token));
          const made = await find(transaction, body.stationId, id);
          await record(transaction, { viewer, request }, 'gateway.create', made);
          return made;
        }),
      );
      await registry.refresh();
      return context.json({ gateway, token }, 201, unkept);
    })
    .patch('/gateways/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'gateway');
      const viewer = await viewerOf(request);
      const change = await readBody(gatewayChangeSchema, request);
      const seen = readVersion(request);
      const gateway = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const before = await open(transaction, viewer, id);
          requireVersion(seen, before.version);
          const after = { ...before, ...change };
          await updateGateway(transaction, after);
          await record(transaction, { viewer, request }, 'gateway.change', after, {
            fields: changedFields(before, change),
          });
          return find(transaction, after.stationId, id);
        }),
      );
      await registry.refresh();
      return context.json(gateway, 200, unkept);
    })
    .post('/gateways/:id/token', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'gateway');
      const viewer = await viewerOf(request);
      const { graceSeconds } = await readBody(rotationSchema, request);
      const token = makeToken();
      const gateway = await database.inScope(viewer.stationIds, async (transaction) => {
        const { stationId, name } = await open(transaction, viewer, id);
        await replaceToken(transaction, { kind: 'gateway', id, stationId }, hashToken(token), graceSeconds);
        await record(
          transaction,
          { viewer, request },
          'gateway.issue-token',
          { stationId, id, name },
          { graceSeconds },
        );
        return find(transaction, stationId, id);
      });
      await registry.refresh();
      return context.json({ gateway, token }, 200, unkept);
    })
    .post('/gateways/:id/revoke', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'gateway');
      const viewer = await viewerOf(request);
      const gateway = await database.inScope(viewer.stationIds, async (transaction) => {
        const { stationId, name } = await open(transaction, viewer, id);
        await revokeSender(transaction, { kind: 'gateway', id, stationId });
        await record(transaction, { viewer, request }, 'gateway.revoke', { stationId, id, name });
        return find(transaction, stationId, id);
      });
      await registry.refresh();
      return context.json(gateway, 200, unkept);
    });
}
