import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { createSessions } from './accounts/sessions.ts';
import { createTokens } from './accounts/tokens/tokens.ts';
import { createViewerOf } from './accounts/viewer-of.ts';
import { keepAlerts } from './alerts/keep-alerts.ts';

import { createApp, createRequestWatch, type Dependencies } from './app.ts';
import { createAudit } from './audit/audit.ts';
import { logHeadsDaily } from './audit/log-heads.ts';
import { createRefusals } from './audit/refusals.ts';
import { answerTilesQuickly } from './basemap/quick-tiles.ts';
import { createTileSource } from './basemap/tile-source.ts';
import { requireHost } from './check-host.ts';
import { checkEngine } from './database/check-engine.ts';
import { openServerDatabase } from './database/open.ts';
import { keepReclaiming } from './database/reclaim-space.ts';
import { keepWatchingAnswers } from './dispatches/watch-answers.ts';
import { isLoopback, OperatorError, type Environment } from './environment.ts';
import { FenceWatch } from './geofences/fence-watch.ts';
import { createLiveHub } from './live/hub.ts';
import { livePath } from './live/upgrade.ts';
import { httpLimits } from './operation/http-limits.ts';
import { readInstallationKey } from './operation/installation-key.ts';
import type { Log } from './operation/log.ts';
import { createSeal } from './operation/seal.ts';
import { openIngest } from './positions/open-ingest.ts';
import { answerReportsQuickly } from './positions/quick-reports.ts';
import { tellPublishers } from './positions/tell-publishers.ts';
import { keepRollingUp } from './presence/keep-rolling-up.ts';
import { removeExpiredNightly } from './retention/schedule.ts';
import { createStaticRoutes } from './static-files.ts';
import { keepEndingOverdueShifts } from './units/end-overdue-shifts.ts';

/** A server that answers. */
export interface RunningServer {
  url: string;
  /** For what runs on this machine: loopback wherever the server listens on it. */
  ownUrl: string;
  dependencies: Dependencies;
  /** Rejects when the embedded database dies: the process should end. */
  died: Promise<never>;
  close(): Promise<void>;
}

export interface ServerReporter {
  onStep(step: string): void;
  log: Log;
}

/**
 * Environment → listen → database → app. The port is taken first, so that a taken one is told before the slow first
 * start of the database; until the app is there every request is answered 503.
 * @throws {OperatorError} with what the operator can do.
 */
export async function startServer(environment: Environment, { onStep, log }: ServerReporter): Promise<RunningServer> {
  const seal = createSeal(readInstallationKey(environment));
  let handle: RequestListener = getRequestListener(startingUp.fetch);
  const server = environment.tls
    ? createTlsServer(
        {
          ...httpLimits,
          ...forwardSecrecy,
          cert: readTls(environment.tls.certPath),
          key: readTls(environment.tls.keyPath),
        },
        (request, response) => handle(request, response),
      )
    : createServer(httpLimits, (request, response) => handle(request, response));
  const port = await listen(server, environment);
  try {
    const opened = await openServerDatabase(environment, onStep);
    const { database, postgisVersion, died } = opened;
    const sessions = await createSessions(database, {
      isSecure: hasSecureCookies(environment),
      exemptsDemo: isLoopback(environment.host) && environment.trustProxy.kind === 'none',
    });
    const tokens = createTokens(database);
    const viewerOf = createViewerOf(sessions, tokens);
    const audit = createAudit(database);
    const refusals = createRefusals({ audit, viewerOf, log });
    const endHeadLog = logHeadsDaily(database, log);
    const live = createLiveHub({
      trustProxy: environment.trustProxy,
      onRefused: (request, error) => refusals.note(request, { error, route: livePath }),
      viewerOf: (request) => {
        requireHost(environment, request.headers.get('host'));
        return viewerOf(request);
      },
    });
    live.attach(server);
    const fences = new FenceWatch();
    const opening = openIngest({
      database,
      live: { ...tellPublishers([live, fences]), restore: live.restore },
      environment,
      log,
    });
    const { registry, latest, ingest, close: closeIngest } = await opening;
    const endReclaiming = keepReclaiming(database, { isQuiet: () => ingest.pending === 0, log });
    registry.onChanged((stationId, noun) => live.announceChange(stationId, noun));
    const dependencies: Dependencies = {
      environment,
      database,
      postgisVersion,
      warnings: await checkEngine(database),
      viewerOf,
      sessions,
      tokens,
      seal,
      audit,
      refusals,
      live,
      registry,
      ingest,
      log,
    };
    const endRemoving = removeExpiredNightly(dependencies);
    const endRollingUp = keepRollingUp({ database, log, isQuiet: () => ingest.pending === 0 });
    const endShiftKeeping = keepEndingOverdueShifts(dependencies);
    const alerts = await keepAlerts({ ...dependencies, latest, fences });
    const endAnswerWatching = keepWatchingAnswers(dependencies);
    const watch = createRequestWatch(environment);
    const tiles = createTileSource(database);
    const app = createApp(dependencies, watch, tiles).route('/', createStaticRoutes(environment.buildDir));
    const answerTiles = answerTilesQuickly({ ...dependencies, ...watch, tiles }, getRequestListener(app.fetch));
    handle = answerReportsQuickly({ ...dependencies, ...watch }, answerTiles);
    return {
      url: `${environment.tls ? 'https' : 'http'}://${nameToOpen(environment.host)}:${port}`,
      ownUrl: `${environment.tls ? 'https' : 'http'}://${isWildcard(environment.host) ? 'localhost' : nameToOpen(environment.host)}:${port}`,
      dependencies,
      died,
      async close() {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2000).unref();
        sessions.close();
        await live.close();
        await closed;
        await closeIngest();
        await endReclaiming();
        endHeadLog();
        endShiftKeeping();
        await alerts.close();
        endAnswerWatching();
        await endRemoving();
        await endRollingUp();
        await refusals.close();
        await opened.close();
      },
    };
  } catch (error) {
    server.close();
    server.closeAllConnections();
    throw error;
  }
}

/** With TLS 1.2 too only suites whose recorded traffic stays shut when the key is lost later. */
const forwardSecrecy = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
} as const;

const startingUp = new Hono();
startingUp.all('*', (context) =>
  context.body(
    JSON.stringify({
      type: '/problems/starting',
      title: 'The server is starting',
      status: 503,
      detail: 'Try again in a few seconds.',
    }),
    503,
    { 'Content-Type': 'application/problem+json', 'Retry-After': '3' },
  ),
);

/** Browsers keep `__Host-` cookies of TLS and of localhost. */
const hasSecureCookies = ({ tls, trustProxy, host }: Environment): boolean =>
  tls !== undefined || trustProxy.kind !== 'none' || isLoopback(host);

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** What to type into a browser: of all addresses of this machine the first that others reach, and localhost for loopback. */
function nameToOpen(host: string): string {
  if (host === '127.0.0.1') return 'localhost';
  if (!isWildcard(host)) return host.includes(':') ? `[${host}]` : host;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? 'localhost';
}

function listen(server: Server, { host, port }: Environment): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new OperatorError(
      `Port ${port} is taken by another program: stop that one, or choose another port with PORT=3001 npm start.`,
    );
  if (error.code === 'EACCES')
    return new OperatorError(`Port ${port} needs more rights than this user has: choose one above 1023 with PORT.`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new OperatorError(
      `HOST ${host} is not an address of this machine: leave HOST unset, or set one that it has.`,
    );
  return error;
}

function readTls(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new OperatorError(`${path} (TLS_CERT or TLS_KEY) cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
