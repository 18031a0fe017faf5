import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction } from '../accounts/audience.ts';
import { changedFields } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { requireConfirmation } from '../reading/confirm-deletion.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import { raiseRevision } from '../reading/queries.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import { checkGrid, findFit, requireClosed, requireValid } from './check-grid.ts';
import {
  gridBodySchema,
  gridCheckSchema,
  newGridSchema,
  type Grid,
  type GridBody,
  type SavedGrid,
} from './contract.ts';
import { deleteGrid, findGrid, insertGrid, isOfficerOf, updateGrid } from './edit-queries.ts';
import { openGrid, readGrid, recordGridChange } from './open-grid.ts';
import { insertGridEdit, keepGrids, type GridEdit } from './reshape-queries.ts';

const taken = {
  grids_station_id_number_key: { field: 'number', expected: 'a number that no other grid of the station has' },
};

/** Grids drawn and changed on the map. */
export function createGridEditRoutes(dependencies: Dependencies) {
  const { database, viewerOf } = dependencies;

  async function requireBody(
    transaction: Transaction,
    stationId: string,
    { area, officerId }: GridBody,
  ): Promise<void> {
    await requireValid(transaction, area);
    if (officerId !== null && !(await isOfficerOf(transaction, stationId, officerId)))
      throw new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
        errors: [
          {
            field: 'officerId',
            got: officerId,
            expected: 'a member of the station whose role is officer',
            code: 'elsewhere',
          },
        ],
      });
  }

  /** So that it can be taken back. */
  const keep = (
    transaction: Transaction,
    { displayName }: Viewer,
    kind: GridEdit['kind'],
    { stationId, id }: Pick<Grid, 'stationId' | 'id'>,
    before: GridEdit['before'],
  ) => insertGridEdit(transaction, stationId, { id: uuidv7(), kind, madeBy: displayName, before, afterIds: [id] });

  /** In a transaction of its own: comparing all grids takes long, and the embedded engine has one session. */
  const withFit = async (grid: Grid): Promise<SavedGrid> => ({
    grid,
    fit: await database.inScope([grid.stationId], (transaction) => findFit(transaction, grid.stationId, grid.number)),
  });

  return new Hono()
    .get('/grids/:id', async (context) => {
      const id = readId(context.req.param('id'), 'grid');
      const { stationIds } = readScope(await viewerOf(context.req.raw), 'grids');
      const grid = await database.inScope(stationIds, (transaction) => findGrid(transaction, stationIds, id));
      if (!grid) throw notFound('grid', id);
      return context.json(grid);
    })
    .post('/grids', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(newGridSchema, request);
      const { stationId } = body;
      requireAction(viewer, stationId, 'editGrids');
      requireClosed(body.area);
      const grid = { ...body, id: uuidv7() };
      const made = await refuseTaken(taken, () =>
        database.inScope([stationId], async (transaction) => {
          await requireBody(transaction, stationId, body);
          await insertGrid(transaction, grid);
          await keep(transaction, viewer, 'create', grid, []);
          await raiseRevision(transaction, 'grids', stationId);
          const made = await readGrid(transaction, grid);
          await recordGridChange(dependencies, transaction, { viewer, request }, 'grid.create', grid);
          return made;
        }),
      );
      return context.json(await withFit(made), 201);
    })
    .post('/grids/check', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const { stationId, id, area } = await readBody(gridCheckSchema, request);
      requireAction(viewer, stationId, 'editGrids');
      requireClosed(area);
      return context.json(await checkGrid(database, { id: uuidv7(), stationId, area, replaced: id }));
    })
    .put('/grids/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'grid');
      const viewer = await viewerOf(request);
      const body = await readBody(gridBodySchema, request);
      const seen = readVersion(request);
      requireClosed(body.area);
      const changed = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const before = await openGrid(transaction, viewer, id);
          requireVersion(seen, before.version);
          const after = { ...before, ...body };
          await requireBody(transaction, after.stationId, body);
          const kept = await keepGrids(transaction, [id]);
          await updateGrid(transaction, after);
          await keep(transaction, viewer, 'change', after, kept);
          await raiseRevision(transaction, 'grids', after.stationId);
          const changed = await readGrid(transaction, after);
          await recordGridChange(dependencies, transaction, { viewer, request }, 'grid.change', after, {
            fields: changedFields(before, body),
          });
          return changed;
        }),
      );
      return context.json(await withFit(changed));
    })
    .delete('/grids/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'grid');
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      await database.inScope(viewer.stationIds, async (transaction) => {
        const grid = await openGrid(transaction, viewer, id);
        requireConfirmation(confirm, grid, {});
        const kept = await keepGrids(transaction, [id]);
        await deleteGrid(transaction, grid.stationId, id);
        await keep(transaction, viewer, 'delete', grid, kept);
        await raiseRevision(transaction, 'grids', grid.stationId);
        await recordGridChange(dependencies, transaction, { viewer, request }, 'grid.delete', grid);
      });
      return context.body(null, 204);
    });
}
