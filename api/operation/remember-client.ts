import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { rememberConnection } from './client-address.ts';
import type { TrustProxy } from './trust-proxy.ts';

/** Lets `clientAddressOf(request)` and `isSecure(request)` answer for every request that came by the HTTP server. */
export function rememberClient({ trustProxy }: { trustProxy: TrustProxy }): MiddlewareHandler {
  return (context, next) => {
    const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
    rememberConnection(context.req.raw, incoming, trustProxy);
    return next();
  };
}
