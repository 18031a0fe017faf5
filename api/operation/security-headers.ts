import type { MiddlewareHandler } from 'hono';
import { isSecure } from './client-address.ts';

/** On every answer. Sources: OWASP Secure Headers Project, ASVS 5.0 chapter 3.4. */
const always: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  // Older browsers know this one only; frame-ancestors of the policy says the same.
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  [
    'Permissions-Policy',
    'geolocation=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), screen-wake-lock=(self), fullscreen=(self), camera=(), microphone=(), payment=(), usb=(), serial=(), bluetooth=(), hid=(), midi=()',
  ],
];

/** An answer of the API is no page: whatever a browser is tricked into making of it, it loads and runs nothing. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A year, which also the browsers' preload lists ask for. */
const strictTransport = 'max-age=31536000; includeSubDomains';

/**
 * Headers that make a browser careful. What a route set itself (its own policy, how long it may be kept) stays; an
 * answer of the API without a word on caching is kept nowhere.
 */
export function protectAnswers(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    // Not context.header(), which would copy the answer each time.
    const { headers } = context.res;
    for (const [name, value] of always) if (!headers.has(name)) headers.set(name, value);
    if (context.req.path.startsWith('/api/')) {
      if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', apiPolicy);
      if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
    }
    if (isSecure(context.req.raw) && !isThisMachine(new URL(context.req.url).hostname))
      headers.set('Strict-Transport-Security', strictTransport);
  };
}

/** A browser would else refuse everything else on http://localhost for a year. */
const isThisMachine = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(host);
