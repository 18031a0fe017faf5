import type { MiddlewareHandler } from 'hono';
import { Problem } from '../errors.ts';

/** The first that fits counts. Reports are held to their own limit while they are read (api/positions/read-body.ts). */
const limits: readonly { prefix: string; maxBytes: number }[] = [
  { prefix: '/api/positions', maxBytes: 1_000_000 },
  { prefix: '/api/osmand', maxBytes: 1_000_000 },
  { prefix: '/api/session', maxBytes: 16_384 },
  // The largest thing a person edits is the outline of a grid (api/reading/read-body.ts).
  { prefix: '/api/', maxBytes: 1_048_576 },
];

/**
 * Refuses a body that is larger than its route takes before a byte of it is read. One without an announced length is
 * taken for reports only, which count while they read: browsers and HTTP libraries announce it.
 */
export function limitBodies(): MiddlewareHandler {
  return (context, next) => {
    const length = context.req.header('content-length');
    if (length === undefined) {
      if (context.req.header('transfer-encoding') !== undefined && !isReport(context.req.path))
        throw new Problem(411, 'length-required', 'The body has no announced length', {
          detail: 'Send it with Content-Length.',
        });
      return next();
    }
    const maxBytes = limits.find(({ prefix }) => context.req.path.startsWith(prefix))?.maxBytes ?? 0;
    if (Number(length) > maxBytes)
      throw new Problem(413, 'body-too-large', 'The body is too large', {
        detail: `It has ${Number(length)} bytes; at most ${maxBytes} are taken here.`,
      });
    return next();
  };
}

const isReport = (path: string): boolean => path === '/api/positions' || path === '/api/osmand';
