import { Hono } from 'hono';
import type { Dependencies } from '../../api/app.ts';
import { createAudit } from '../../api/audit/audit.ts';
import type { Database } from '../../api/database/database.ts';
import { problemOf } from '../../api/errors.ts';
import { createGridRoutes } from '../../api/grids/routes.ts';
import { createSearchRoutes } from '../../api/search/routes.ts';
import { createSentinelRoutes } from '../../api/sentinels/routes.ts';
import { createUnitRoutes } from '../../api/units/routes.ts';
import type { Viewer } from '../../api/accounts/viewer.ts';
import { makeViewer } from '../fixtures/make-viewer.ts';

/** The reading routes on a real database, seen by a commander of these stations, or by another viewer. */
export function createReadingApp(
  database: Database,
  stationIds: readonly string[],
  viewer: Viewer = makeViewer(stationIds, ['commander']),
) {
  const dependencies: Pick<Dependencies, 'database' | 'viewerOf' | 'audit'> = {
    database,
    audit: createAudit(database),
    viewerOf: async () => viewer,
  };
  const app = new Hono()
    .route('/api', createGridRoutes(dependencies))
    .route('/api', createSentinelRoutes(dependencies))
    .route('/api', createUnitRoutes(dependencies))
    .route('/api', createSearchRoutes(dependencies));
  app.onError((error, context) => {
    const { details } = problemOf(error);
    if (details.status === 500) throw error;
    return context.body(JSON.stringify(details), details.status as 400);
  });
  /** Answer's status, headers and JSON (null when it has no body). */
  return async (path: string, headers: Record<string, string> = {}) => {
    const response = await app.request(path, { headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  };
}
