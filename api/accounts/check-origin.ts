import type { MiddlewareHandler } from 'hono';
import { Problem } from '../errors.ts';
import { originOf } from '../operation/client-address.ts';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A request that changes something and carries a cookie must come from a page of this server (CSRF): browsers say where
 * from in Sec-Fetch-Site and Origin, and no page can forge either. Requests without a cookie have nothing to abuse.
 * SameSite=Lax and the JSON media type stand behind it.
 */
export function checkOrigin(): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    if (!harmless.has(req.method) && req.header('Cookie') !== undefined) {
      const site = req.header('Sec-Fetch-Site');
      const origin = req.header('Origin');
      const isForeign =
        (site !== undefined && site !== 'same-origin' && site !== 'none') ||
        (origin !== undefined && origin !== originOf(req.raw));
      if (isForeign)
        throw new Problem(403, 'foreign-origin', 'This request comes from a page of another site', {
          errors: [{ field: 'Origin', got: origin ?? site ?? '', expected: originOf(req.raw) }],
        });
    }
    await next();
  };
}
