import { randomBytes } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { Problem } from '../errors.ts';
import { clientAddressOf } from './client-address.ts';
import type { Log } from './log.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { TokenBuckets } from './token-buckets.ts';

/** A client may send any word as method; neither a log line nor a label takes it as it comes. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Refused requests told a second, and at once: who floods the server must not fill its disk. */
const toldRate = { perSecond: 20, burst: 200 };

/**
 * Counts every request, and tells the log of those refused or failed: method, route pattern, status, what was wrong and
 * from where; never the address line, headers or body, which may hold anything. The request's id is also in its answer.
 */
export function observeRequests(log: Log, metrics: RequestMetrics): MiddlewareHandler {
  const prefix = randomBytes(4).toString('hex');
  const told = new TokenBuckets(toldRate);
  let count = 0;
  let untold = 0;

  function tell(context: Context, method: string, status: number, route: string, seconds: number): void {
    const id = `${prefix}-${(++count).toString(36)}`;
    context.res.headers.set('X-Request-Id', id);
    if (told.take('all', Date.now()) > 0) {
      untold++;
      return;
    }
    const { error } = context;
    const isFailure = status >= 500;
    log[isFailure ? 'error' : 'info'](isFailure ? 'request.failed' : 'request.refused', {
      id,
      method,
      route,
      status,
      problem: error instanceof Problem ? error.kind : undefined,
      address: clientAddressOf(context.req.raw),
      ms: Math.round(seconds * 1000),
      untold: untold > 0 ? untold : undefined,
      error: isFailure && error && !(error instanceof Problem && error.cause === undefined) ? error : undefined,
    });
    untold = 0;
  }

  return async (context, next) => {
    const begunMs = performance.now();
    await next();
    const seconds = (performance.now() - begunMs) / 1000;
    const { status } = context.res;
    const route = routePath(context) || '*';
    const method = knownMethods.has(context.req.method) ? context.req.method : 'other';
    metrics.countRequest(method, route, status, seconds);
    // 421 and 429 included; a look at one's own session before sign-in is no refusal worth a line.
    if (status >= 400 && !(status === 401 && route === '/api/session' && method === 'GET'))
      tell(context, method, status, route, seconds);
  };
}
