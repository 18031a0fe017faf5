import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction } from '../accounts/audience.ts';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { requireConfirmation } from '../reading/confirm-deletion.ts';
import { deletionQuerySchema, type FieldCode } from '../reading/contract.ts';
import { raiseRevision } from '../reading/queries.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import {
  gridMergeSchema,
  gridSplitSchema,
  gridUndoSchema,
  lastGridEditQuerySchema,
  type Area,
  type LastGridEdit,
} from './contract.ts';
import { deleteGrid, insertGrid, updateGrid } from './edit-queries.ts';
import { openGrid, readGrid, recordGridChange } from './open-grid.ts';
import {
  cutArea,
  findLastEdit,
  insertGridEdit,
  isAsLeft,
  joinAreas,
  keepGrids,
  putGridsBack,
  type GridEdit,
} from './reshape-queries.ts';

const unkept = { 'Cache-Control': 'no-store' };
const taken = {
  grids_station_id_number_key: { field: 'number', expected: 'a number that no other grid of the station has' },
};
const refuse = (field: string, code: FieldCode, got: string, expected: string) =>
  new Problem(400, 'invalid-area', 'This cannot be done with these areas', {
    errors: [{ field, got, expected, code }],
  });

/** Grids cut in two, joined, and the last edit taken back. */
export function createGridReshapeRoutes(dependencies: Dependencies) {
  const { database, viewerOf } = dependencies;

  return new Hono()
    .post('/grids/:id/split', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'grid');
      const viewer = await viewerOf(request);
      const { line, number, name } = await readBody(gridSplitSchema, request);
      const seen = readVersion(request);
      const grids = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const grid = await openGrid(transaction, viewer, id);
          requireVersion(seen, grid.version);
          if (grid.area.type === 'MultiPolygon')
            throw refuse('line', 'severalParts', 'a grid of several parts', 'a grid of one part');
          const pieces = await cutArea(transaction, id, line);
          if (pieces.length !== 2)
            throw refuse(
              'line',
              'noCut',
              `a line that makes ${pieces.length} of it`,
              'a line across it, from outside to outside',
            );
          const before = await keepGrids(transaction, [id]);
          const [kept, cut] = pieces.map((piece) => JSON.parse(piece) as Area) as [Area, Area];
          const made = { id: uuidv7(), stationId: grid.stationId, number, name, officerId: grid.officerId, area: cut };
          await updateGrid(transaction, { ...grid, area: kept });
          await insertGrid(transaction, made);
          const edit = { id: uuidv7(), kind: 'split' as const, madeBy: viewer.displayName, before };
          await insertGridEdit(transaction, grid.stationId, { ...edit, afterIds: [id, made.id] });
          await raiseRevision(transaction, 'grids', grid.stationId);
          await recordGridChange(dependencies, transaction, { viewer, request }, 'grid.split', grid, {
            into: [grid.number, number],
          });
          return [await readGrid(transaction, grid), await readGrid(transaction, made)];
        }),
      );
      return context.json({ grids }, 201);
    })
    .post('/grids/:id/merge', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'grid');
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      const { otherId } = await readBody(gridMergeSchema, request);
      const seen = readVersion(request);
      const merged = await database.inScope(viewer.stationIds, async (transaction) => {
        const grid = await openGrid(transaction, viewer, id);
        const other = await openGrid(transaction, viewer, otherId.toLowerCase());
        requireVersion(seen, grid.version);
        if (other.stationId !== grid.stationId || other.id === grid.id)
          throw refuse('otherId', 'elsewhere', other.number, 'another grid of the same station');
        const { area, parts, partsBefore } = await joinAreas(transaction, id, other.id);
        if (parts >= partsBefore)
          throw refuse('otherId', 'apart', `${grid.number} and ${other.number}`, 'grids that share a border');
        requireConfirmation(confirm, other, { grids: 1 });
        const before = await keepGrids(transaction, [id, other.id]);
        await deleteGrid(transaction, other.stationId, other.id);
        await updateGrid(transaction, { ...grid, area: JSON.parse(area) as Area });
        const edit = { id: uuidv7(), kind: 'merge' as const, madeBy: viewer.displayName, before };
        await insertGridEdit(transaction, grid.stationId, { ...edit, afterIds: [id] });
        await raiseRevision(transaction, 'grids', grid.stationId);
        await recordGridChange(dependencies, transaction, { viewer, request }, 'grid.merge', grid, {
          from: [grid.number, other.number],
        });
        return readGrid(transaction, grid);
      });
      return context.json(merged);
    })
    .get('/grids/last-edit', async (context) => {
      const { station } = readQuery(lastGridEditQuerySchema, context.req.query());
      const stationId = station.toLowerCase();
      requireAction(await viewerOf(context.req.raw), stationId, 'editGrids');
      const edit = await database.inScope([stationId], (transaction) => findLastEdit(transaction, stationId));
      return context.json({ edit: edit && describe(edit) }, 200, unkept);
    })
    .post('/grids/undo', async (context) => {
      const request = context.req.raw;
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      const { stationId: asked } = await readBody(gridUndoSchema, request);
      const stationId = asked.toLowerCase();
      requireAction(viewer, stationId, 'editGrids');
      await refuseTaken(taken, () =>
        database.inScope([stationId], async (transaction) => {
          const edit = await findLastEdit(transaction, stationId);
          if (!edit) throw notFound('edit of grids', stationId);
          if (!(await isAsLeft(transaction, stationId, edit.after)))
            throw new Problem(409, 'changed-meanwhile', 'The grids were changed since, by an import or another edit');
          const kept = new Set(edit.before.map(({ id }) => id));
          const gone = edit.after.filter(({ id }) => !kept.has(id));
          requireConfirmation(confirm, { id: edit.id, version: 1 }, { grids: gone.length });
          await putGridsBack(transaction, stationId, edit);
          await raiseRevision(transaction, 'grids', stationId);
          const [first] = [...edit.before, ...edit.after];
          await recordGridChange(dependencies, transaction, { viewer, request }, 'grid.undo', { stationId, id: first!.id, number: first!.number }, { edit: edit.kind }); // prettier-ignore
        }),
      );
      return context.body(null, 204);
    });
}

const describe = ({ kind, madeAt, madeBy, before, after }: GridEdit): LastGridEdit => ({
  kind,
  madeAt: madeAt.toISOString(),
  madeBy,
  before: before.map(({ number }) => number),
  after: after.map(({ number }) => number),
});
