import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { checkOrigin } from './accounts/check-origin.ts';
import { createSessionRoutes } from './accounts/routes.ts';
import type { Sessions } from './accounts/sessions.ts';
import type { Viewer } from './accounts/viewer.ts';
import { createBasemapRoutes } from './basemap/routes.ts';
import { checkHost } from './check-host.ts';
import type { Database } from './database/database.ts';
import type { Environment } from './environment.ts';
import { Problem, problemOf } from './errors.ts';
import { createGridRoutes } from './grids/routes.ts';
import { createHealthRoutes } from './health/routes.ts';
import type { LiveHub } from './live/hub.ts';
import type { Ingest } from './positions/ingest.ts';
import type { Log } from './operation/log.ts';
import { rememberClient } from './operation/remember-client.ts';
import { createPositionRoutes } from './positions/routes.ts';
import { createSearchRoutes } from './search/routes.ts';
import { createSentinelRoutes } from './sentinels/routes.ts';
import { createStationRoutes } from './stations/routes.ts';
import type { UnitRegistry } from './units/registry.ts';
import { createUnitRoutes } from './units/routes.ts';

/** What the rooms are made of; tests pass their own. */
export interface Dependencies {
  environment: Environment;
  database: Database;
  postgisVersion: string;
  /** What the operator should know, shown by /api/health. */
  warnings: readonly string[];
  /** Who asks; throws a 401 Problem when nobody is signed in. */
  viewerOf(request: Request): Promise<Viewer>;
  sessions: Sessions;
  live: LiveHub;
  registry: UnitRegistry;
  ingest: Ingest;
  /** The operator's log; never with coordinates of people, tokens or passwords. */
  log: Log;
}

/** Every route of the API, and one place where errors become answers. */
export function createApp(dependencies: Dependencies) {
  const app = new Hono()
    .use('*', rememberClient(dependencies.environment))
    .use('*', checkHost(dependencies.environment))
    .use('/api/*', checkOrigin())
    .route('/api', createHealthRoutes(dependencies))
    .route('/api', createSessionRoutes(dependencies))
    .route('/api', createStationRoutes(dependencies))
    .route('/api', createPositionRoutes(dependencies))
    .route('/api', createBasemapRoutes(dependencies))
    .route('/api', createGridRoutes(dependencies))
    .route('/api', createSentinelRoutes(dependencies))
    .route('/api', createUnitRoutes(dependencies))
    .route('/api', createSearchRoutes(dependencies));

  app.all('/api/*', () => {
    throw new Problem(404, 'not-found', 'There is nothing at this address');
  });

  app.onError((error, context) => {
    const { details, headers } = problemOf(error);
    if (details.status >= 500)
      dependencies.log.error('request.failed', {
        method: context.req.method,
        route: routePath(context),
        status: details.status,
        error,
      });
    return context.body(JSON.stringify(details), details.status as 500, {
      ...headers,
      'Content-Type': 'application/problem+json',
    });
  });

  return app;
}

export type AppType = ReturnType<typeof createApp>;
