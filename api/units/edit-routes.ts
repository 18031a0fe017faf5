import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { requireConfirmation } from '../reading/confirm-deletion.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import { newUnitSchema, unitChangeSchema } from './contract.ts';
import { countUnitUses, deleteUnit, insertUnit, lockUnit, updateUnit, type EditedUnit } from './edit-queries.ts';
import { replaceEquipment } from './import-queries.ts';
import { findUnits } from './queries.ts';
import { unitOf } from './unit-of.ts';
import { unitScope } from './unit-scope.ts';

const taken = {
  units_station_id_call_sign_key: { field: 'callSign', expected: 'a call sign that no other unit of the station has' },
};

/** Units are made, changed and deleted. A trigger raises the station's revision of units with each. */
export function createUnitEditRoutes(dependencies: Dependencies) {
  const { database, viewerOf, registry } = dependencies;

  /** As `GET /api/units/{id}` shows it to this viewer. */
  async function answer(transaction: Transaction, viewer: Viewer, unit: { id: string; stationId: string }) {
    const [row] = await findUnits(transaction, unitScope(viewer, [unit.stationId]), unit.id);
    return unitOf(row!, Date.now());
  }

  async function open(transaction: Transaction, viewer: Viewer, id: string): Promise<EditedUnit> {
    const unit = await lockUnit(transaction, viewer.stationIds, id);
    if (!unit) throw notFound('unit', id);
    requireAction(viewer, unit.stationId, 'manageUnits');
    return unit;
  }

  const record = (
    transaction: Transaction,
    by: { viewer: Viewer; request: Request },
    action: string,
    { stationId, id, callSign: name }: Pick<EditedUnit, 'stationId' | 'id' | 'callSign'>,
    detail: Record<string, unknown> = {},
  ) => recordChange(dependencies, transaction, by, { stationId, action, target: { kind: 'unit', id, name }, detail });

  const carried = (unitId: string, equipment: readonly { kind: string; quantity: number }[]) =>
    equipment.map((entry) => ({ ...entry, unitId }));

  return new Hono()
    .post('/units', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(newUnitSchema, request);
      requireAction(viewer, body.stationId, 'manageUnits');
      const unit = { ...body, id: uuidv7() };
      const made = await refuseTaken(taken, () =>
        database.inScope([body.stationId], async (transaction) => {
          await insertUnit(transaction, unit);
          await replaceEquipment(transaction, unit.stationId, [unit.id], carried(unit.id, body.equipment));
          const made = await answer(transaction, viewer, unit);
          await record(transaction, { viewer, request }, 'unit.create', unit, { kind: unit.kind });
          return made;
        }),
      );
      await registry.refresh();
      return context.json(made, 201);
    })
    .patch('/units/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'unit');
      const viewer = await viewerOf(request);
      const change = await readBody(unitChangeSchema, request);
      const seen = readVersion(request);
      const changed = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const before = await open(transaction, viewer, id);
          requireVersion(seen, before.version);
          const { equipment, ...fields } = change;
          const after = { ...before, ...fields };
          await updateUnit(transaction, after);
          if (equipment) await replaceEquipment(transaction, after.stationId, [id], carried(id, equipment));
          const changed = await answer(transaction, viewer, after);
          await record(transaction, { viewer, request }, 'unit.change', after, {
            fields: [...changedFields(before, fields), ...(equipment ? ['equipment'] : [])],
          });
          return changed;
        }),
      );
      await registry.refresh();
      return context.json(changed);
    })
    .delete('/units/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'unit');
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      await database.inScope(viewer.stationIds, async (transaction) => {
        const unit = await open(transaction, viewer, id);
        requireConfirmation(confirm, unit, await countUnitUses(transaction, unit));
        await deleteUnit(transaction, unit);
        await record(transaction, { viewer, request }, 'unit.delete', unit, { number: unit.number });
      });
      await registry.refresh();
      return context.body(null, 204);
    });
}
