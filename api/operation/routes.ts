import { timingSafeEqual } from 'node:crypto';
import { hash } from 'node:crypto';
import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { clientAddressOf, isForwarded } from './client-address.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { writeServerMetrics } from './server-metrics.ts';

/**
 * `GET /metrics` for Prometheus: with METRICS_TOKEN as bearer, else, when none is set, from this machine without a proxy.
 */
export function createOperationRoutes(dependencies: Dependencies, metrics: RequestMetrics) {
  const { metricsToken } = dependencies.environment;
  return new Hono().get('/metrics', (context) => {
    if (metricsToken !== undefined) requireToken(context.req.header('authorization'), metricsToken);
    else if (!isThisMachine(context.req.raw))
      throw new Problem(403, 'metrics-local-only', 'Metrics are for this machine only', {
        detail: 'Set METRICS_TOKEN and send it as Authorization: Bearer … to read them from elsewhere.',
      });
    return context.body(metrics.write() + writeServerMetrics(dependencies), 200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      'Cache-Control': 'no-store',
    });
  });
}

function requireToken(authorization: string | undefined, expected: string): void {
  const sent = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  if (!timingSafeEqual(hash('sha256', sent, 'buffer'), hash('sha256', expected, 'buffer')))
    throw new Problem(401, 'unknown-credential', 'Metrics need the token of METRICS_TOKEN');
}

function isThisMachine(request: Request): boolean {
  const address = clientAddressOf(request);
  return (address === '::1' || address.startsWith('127.')) && !isForwarded(request);
}
