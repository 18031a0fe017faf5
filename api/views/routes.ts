import { Hono } from 'hono';
import { audienceOf, requireAction } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { maxViews, viewBodySchema, viewsQuerySchema, type SavedView, type ViewBody } from './contract.ts';
import { countViews, deleteView, findViews, insertView, lockView, updateView, type ViewScope } from './queries.ts';

const unkept = { 'Cache-Control': 'no-store' };

/**
 * Where a viewer has views: wherever they have a desk or a wall, which is where they see incidents with their places. A
 * view names places and filters of such a map, so that it goes to nobody else.
 */
function viewScope(viewer: Viewer, station?: string): ViewScope {
  const asked = station === undefined ? viewer.stationIds : [station.toLowerCase()];
  if (station !== undefined && !viewer.rolesAt.has(station.toLowerCase())) throw notFound('station', station);
  const stationIds = asked.filter((id) => audienceOf(viewer, id, 'incidents') === 'exact');
  return { stationIds, accountId: viewer.accountId };
}

/** Views of the map under a name, of a person or of the station. */
export function createViewRoutes(dependencies: Pick<Dependencies, 'database' | 'viewerOf' | 'audit' | 'live'>) {
  const { database, viewerOf, live } = dependencies;
  return new Hono()
    .get('/views', async (context) => {
      const { station } = readQuery(viewsQuerySchema, context.req.query());
      const scope = viewScope(await viewerOf(context.req.raw), station);
      const views = await database.inScope(scope.stationIds, (transaction) => findViews(transaction, scope));
      return context.json({ views }, 200, unkept);
    })
    .put('/views/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'view');
      const viewer = await viewerOf(request);
      const parsed = await readBody(viewBodySchema, request);
      const body = { ...parsed, stationId: parsed.stationId.toLowerCase() };
      requireAction(viewer, body.stationId, 'saveViews');
      const scope = viewScope(viewer);
      const [view, isNew] = await database.inScope(scope.stationIds, async (transaction) => {
        const before = await lockView(transaction, scope, id);
        if (before && isAs(before, body)) return [before, false];
        if (before) {
          if (before.stationId !== body.stationId) throw taken();
          requireVersion(readVersion(request), before.version);
        }
        const accountId = body.isShared ? null : viewer.accountId;
        if (!before || before.isShared !== body.isShared) {
          const count = await countViews(transaction, body.stationId, accountId);
          if (count >= maxViews) throw tooMany();
        }
        const written = { ...body, id, accountId };
        if (before) await updateView(transaction, written);
        else if (!(await insertView(transaction, written))) throw taken();
        await recordChange(
          dependencies,
          transaction,
          { viewer, request },
          {
            stationId: body.stationId,
            action: before ? 'view.change' : 'view.create',
            target: { kind: 'view', id, name: body.name },
            detail: before
              ? { fields: changedFields(before, body), isShared: body.isShared }
              : { isShared: body.isShared, isOnTour: body.isOnTour },
          },
        );
        return [(await lockView(transaction, scope, id))!, !before];
      });
      live.announceChange(view.stationId, 'views');
      return context.json(view, isNew ? 201 : 200, unkept);
    })
    .delete('/views/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'view');
      const viewer = await viewerOf(request);
      const scope = viewScope(viewer);
      const gone = await database.inScope(scope.stationIds, async (transaction) => {
        const view = await lockView(transaction, scope, id);
        if (!view) throw notFound('view', id);
        requireAction(viewer, view.stationId, 'saveViews');
        await deleteView(transaction, view.stationId, id);
        await recordChange(
          dependencies,
          transaction,
          { viewer, request },
          {
            stationId: view.stationId,
            action: 'view.delete',
            target: { kind: 'view', id, name: view.name },
            detail: { isShared: view.isShared },
          },
        );
        return view;
      });
      live.announceChange(gone.stationId, 'views');
      return context.body(null, 204);
    });
}

const isAs = (view: SavedView, body: ViewBody): boolean => changedFields(view, body).length === 0;

const taken = (): Problem => new Problem(409, 'taken', 'Another one has this already', { detail: 'The id is taken.' });

const tooMany = (): Problem =>
  new Problem(409, 'too-many-views', 'There are too many views', {
    detail: `${maxViews} of a person and ${maxViews} of a station can be kept: delete one first.`,
  });
