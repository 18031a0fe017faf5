import type { MiddlewareHandler } from 'hono';
import { isLoopback, type Environment } from './environment.ts';
import { Problem } from './errors.ts';

type Listening = Pick<Environment, 'host' | 'trustProxy'>;

/**
 * A server on loopback answers only requests addressed to loopback: else a page of another site whose name is made to
 * point at 127.0.0.1 (DNS rebinding) could try the demo's known passwords.
 * @throws {Problem} 421
 */
export function requireHost({ host, trustProxy }: Listening, hostHeader: string | null): void {
  if (!isLoopback(host) || trustProxy.kind !== 'none') return;
  const name = hostHeader?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') ?? '';
  if (isLoopback(name)) return;
  throw new Problem(421, 'wrong-host', 'This server answers on this machine only', {
    errors: [{ field: 'Host', got: name, expected: 'localhost' }],
  });
}

/** `requireHost` for every request; and pages at 127.0.0.1 move to localhost, where cookies and passkeys will hold. */
export function checkHost(listening: Listening): MiddlewareHandler {
  return async (context, next) => {
    const url = new URL(context.req.url);
    requireHost(listening, url.host);
    if (url.hostname === '127.0.0.1' && context.req.method === 'GET' && !url.pathname.startsWith('/api/')) {
      url.hostname = 'localhost';
      return context.redirect(url.toString(), 302);
    }
    await next();
  };
}
