import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction, stationsFor } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { stationQuerySchema } from '../reading/contract.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import { hashToken, makeToken } from '../units/make-token.ts';
import { deviceChangeSchema, newDeviceSchema, rotationSchema, type Device } from './contract.ts';
import {
  findDevices,
  insertDevice,
  isUnitOf,
  lockSender,
  replaceToken,
  revokeSender,
  updateDevice,
} from './queries.ts';
import { traccarClientOf } from './traccar-client.ts';

const taken = {
  devices_station_id_name_key: {
    field: 'name',
    expected: 'a name that no other device of the station has, revoked ones included',
  },
};

/** Tokens are in some answers. */
const unkept = { 'Cache-Control': 'no-store' };

/** Positioning devices and their credentials. A trigger raises the station's revision of units with each change. */
export function createDeviceRoutes(dependencies: Dependencies) {
  const { database, viewerOf, registry } = dependencies;

  const find = async (transaction: Transaction, stationId: string, id: string): Promise<Device> =>
    (await findDevices(transaction, [stationId], id))[0]!;

  /** The device, locked. @throws {Problem} 404, 403 */
  async function open(transaction: Transaction, viewer: Viewer, id: string): Promise<Device> {
    await lockSender(transaction, 'device', viewer.stationIds, id);
    const [device] = await findDevices(transaction, viewer.stationIds, id);
    if (!device) throw notFound('device', id);
    requireAction(viewer, device.stationId, 'manageDevices');
    return device;
  }

  async function requireUnit(transaction: Transaction, stationId: string, unitId: string | null): Promise<void> {
    if (unitId !== null && !(await isUnitOf(transaction, stationId, unitId)))
      throw new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
        errors: [{ field: 'unitId', got: unitId, expected: 'a unit of the device’s station' }],
      });
  }

  const record = (
    transaction: Transaction,
    by: { viewer: Viewer; request: Request },
    action: string,
    { stationId, id, name }: Pick<Device, 'stationId' | 'id' | 'name'>,
    detail: Record<string, unknown> = {},
  ) => recordChange(dependencies, transaction, by, { stationId, action, target: { kind: 'device', id, name }, detail });

  return new Hono()
    .get('/devices', async (context) => {
      const { station } = readQuery(stationQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      if (station !== undefined) requireAction(viewer, station.toLowerCase(), 'manageDevices');
      const stationIds = station === undefined ? stationsFor(viewer, 'manageDevices') : [station.toLowerCase()];
      const devices = await database.inScope(stationIds, (transaction) => findDevices(transaction, stationIds));
      return context.json({ devices }, 200, unkept);
    })
    .post('/devices', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(newDeviceSchema, request);
      requireAction(viewer, body.stationId, 'manageDevices');
      const token = body.withToken ? makeToken() : null;
      const id = uuidv7();
      const device = await refuseTaken(taken, () =>
        database.inScope([body.stationId], async (transaction) => {
          await requireUnit(transaction, body.stationId, body.unitId);
          await insertDevice(transaction, { ...body, id }, token && hashToken(token));
          const made = await find(transaction, body.stationId, id);
          await record(transaction, { viewer, request }, 'device.create', made, { unitId: made.unitId });
          return made;
        }),
      );
      await registry.refresh();
      return context.json({ device, token, traccarClient: token && traccarClientOf(request, token) }, 201, unkept);
    })
    .patch('/devices/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'device');
      const viewer = await viewerOf(request);
      const change = await readBody(deviceChangeSchema, request);
      const seen = readVersion(request);
      const device = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const before = await open(transaction, viewer, id);
          requireVersion(seen, before.version);
          const after = { ...before, ...change };
          await requireUnit(transaction, after.stationId, after.unitId);
          await updateDevice(transaction, after);
          await record(transaction, { viewer, request }, 'device.change', after, {
            fields: changedFields(before, change),
            unitId: after.unitId,
          });
          return find(transaction, after.stationId, id);
        }),
      );
      await registry.refresh();
      return context.json(device, 200, unkept);
    })
    .post('/devices/:id/token', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'device');
      const viewer = await viewerOf(request);
      const { graceSeconds } = await readBody(rotationSchema, request);
      const token = makeToken();
      const device = await database.inScope(viewer.stationIds, async (transaction) => {
        const { stationId, name } = await open(transaction, viewer, id);
        await replaceToken(transaction, { kind: 'device', id, stationId }, hashToken(token), graceSeconds);
        await record(transaction, { viewer, request }, 'device.issue-token', { stationId, id, name }, { graceSeconds });
        return find(transaction, stationId, id);
      });
      await registry.refresh();
      return context.json({ device, token, traccarClient: traccarClientOf(request, token) }, 200, unkept);
    })
    .post('/devices/:id/revoke', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'device');
      const viewer = await viewerOf(request);
      const device = await database.inScope(viewer.stationIds, async (transaction) => {
        const { stationId, name } = await open(transaction, viewer, id);
        await revokeSender(transaction, { kind: 'device', id, stationId });
        await record(transaction, { viewer, request }, 'device.revoke', { stationId, id, name });
        return find(transaction, stationId, id);
      });
      await registry.refresh();
      return context.json(device, 200, unkept);
    });
}
