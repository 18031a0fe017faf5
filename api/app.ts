import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { challengeOf } from './accounts/challenge.ts';
import { checkOrigin } from './accounts/check-origin.ts';
import { createSessionRoutes } from './accounts/routes.ts';
import type { Sessions } from './accounts/sessions.ts';
import type { Tokens } from './accounts/tokens/tokens.ts';
import type { Viewer } from './accounts/viewer.ts';
import { createAlertRoutes } from './alerts/routes.ts';
import { createSosRoutes } from './alerts/sos-routes.ts';
import { createAdministrationRoutes } from './administration/routes.ts';
import type { Audit } from './audit/audit.ts';
import type { Refusals } from './audit/refusals.ts';
import { createAuditRoutes } from './audit/routes.ts';
import { createBasemapRoutes } from './basemap/routes.ts';
import { createTileSource } from './basemap/tile-source.ts';
import { checkHost } from './check-host.ts';
import type { Database } from './database/database.ts';
import { createDispatchRoutes } from './dispatches/routes.ts';
import type { Environment } from './environment.ts';
import { Problem, problemOf } from './errors.ts';
import { createFigureRoutes } from './figures/routes.ts';
import { createGeofenceRoutes } from './geofences/routes.ts';
import { createEventRoutes } from './events/routes.ts';
import { createExportRoutes } from './exports/routes.ts';
import { createGridRoutes } from './grids/routes.ts';
import { createHealthRoutes } from './health/routes.ts';
import { createIncidentRecordRoutes } from './incidents/record-routes.ts';
import { createIncidentRoutes } from './incidents/routes.ts';
import type { LiveHub } from './live/hub.ts';
import type { Ingest } from './positions/ingest.ts';
import type { Log } from './operation/log.ts';
import { limitBodies } from './operation/limit-bodies.ts';
import { observeRequests } from './operation/observe-requests.ts';
import { rememberClient } from './operation/remember-client.ts';
import type { Seal } from './operation/seal.ts';
import { createRequestLimits, type RequestLimits } from './operation/request-limits.ts';
import { createRequestMetrics, type RequestMetrics } from './operation/request-metrics.ts';
import { createOperationRoutes } from './operation/routes.ts';
import { protectAnswers } from './operation/security-headers.ts';
import { createOpenApiRoutes } from './openapi/routes.ts';
import { createPositionRoutes } from './positions/routes.ts';
import { createPresenceRoutes } from './presence/routes.ts';
import { createRetentionRoutes } from './retention/routes.ts';
import { createSearchRoutes } from './search/routes.ts';
import { createSentinelRoutes } from './sentinels/routes.ts';
import { createStationRoutes } from './stations/routes.ts';
import type { UnitRegistry } from './units/registry.ts';
import { createTrackRoutes } from './tracks/routes.ts';
import { createUnitRoutes } from './units/routes.ts';
import { createShiftRoutes } from './units/shift-routes.ts';
import { createViewRoutes } from './views/routes.ts';

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
  /** Personal tokens, by which programs read. */
  tokens: Tokens;
  /** What is kept encrypted in the database and in cookies. */
  seal: Seal;
  /** The record of who did what; writing to it fails the action where it cannot be written. */
  audit: Audit;
  /** Where refused requests are noted, at a bounded rate. */
  refusals: Refusals;
  live: LiveHub;
  registry: UnitRegistry;
  ingest: Ingest;
  /** The operator's log; never with coordinates of people, tokens or passwords. */
  log: Log;
}

/** What counts requests and holds them to their limits, in the app and before it. */
export interface RequestWatch {
  metrics: RequestMetrics;
  limits: RequestLimits;
}

export function createRequestWatch({ requestRates }: Pick<Environment, 'requestRates'>): RequestWatch {
  const metrics = createRequestMetrics();
  return { metrics, limits: createRequestLimits(requestRates, metrics.countLimited) };
}

/** Every route of the API, and one place where errors become answers. */
export function createApp(
  given: Dependencies,
  { metrics, limits } = createRequestWatch(given.environment),
  tiles = createTileSource(given.database),
) {
  const dependencies = { ...given, viewerOf: limits.byAccount(given.viewerOf) };
  const app = new Hono()
    .use('*', rememberClient(dependencies.environment))
    .use('*', observeRequests(dependencies.log, metrics))
    .use('*', protectAnswers())
    .use('*', checkHost(dependencies.environment))
    .use('/api/*', limits.byAddress, limitBodies())
    .use('/api/*', checkOrigin())
    .route('/api', createHealthRoutes(dependencies))
    .route('/api', createOperationRoutes(dependencies, metrics))
    .route('/api', createOpenApiRoutes())
    .route('/api', createSessionRoutes(dependencies))
    .route('/api', createStationRoutes(dependencies))
    .route('/api', createAdministrationRoutes(dependencies))
    .route('/api', createPositionRoutes(dependencies, { ...limits, ...metrics }))
    .route('/api', createBasemapRoutes({ ...dependencies, tiles }))
    .route('/api', createGridRoutes(dependencies))
    .route('/api', createSentinelRoutes(dependencies))
    .route('/api', createUnitRoutes(dependencies))
    .route('/api', createAlertRoutes(dependencies))
    .route('/api', createSosRoutes(dependencies))
    .route('/api', createGeofenceRoutes(dependencies))
    .route('/api', createTrackRoutes(dependencies))
    .route('/api', createEventRoutes(dependencies))
    .route('/api', createIncidentRoutes(dependencies))
    .route('/api', createDispatchRoutes(dependencies))
    .route('/api', createIncidentRecordRoutes(dependencies))
    .route('/api', createFigureRoutes(dependencies))
    .route('/api', createShiftRoutes(dependencies))
    .route('/api', createAuditRoutes(dependencies))
    .route('/api', createRetentionRoutes(dependencies))
    .route('/api', createSearchRoutes(dependencies))
    .route('/api', createPresenceRoutes(dependencies))
    .route('/api', createExportRoutes(dependencies))
    .route('/api', createViewRoutes(dependencies));

  app.all('/api/*', () => {
    throw new Problem(404, 'not-found', 'There is nothing at this address');
  });

  app.onError((error, context) => {
    const { details, headers } = problemOf(error);
    dependencies.refusals.note(context.req.raw, { error, route: routePath(context), id: context.req.param('id') });
    return context.body(JSON.stringify(details), details.status as 500, {
      ...headers,
      ...(details.type === '/problems/sign-in-required' && { 'WWW-Authenticate': challengeOf(context.req.raw) }),
      'Content-Type': 'application/problem+json',
    });
  });

  return app;
}

export type AppType = ReturnType<typeof createApp>;
