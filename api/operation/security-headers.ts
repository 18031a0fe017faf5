import { OutgoingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler, Next } from 'hono';
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
export const strictTransport = 'max-age=31536000; includeSubDomains';

/** Of every answer of the API that does not say otherwise. */
export const forApi: readonly (readonly [string, string])[] = [
  ...always,
  ['Content-Security-Policy', apiPolicy],
  // Kept nowhere, unless the route says otherwise.
  ['Cache-Control', 'no-store'],
];

/**
 * Headers that make a browser careful; what a route says itself (its own policy, how long it may be kept) stands. They are
 * written on the outgoing message before the route runs: on the finished answer they would cost five times as much.
 */
export function protectAnswers(): MiddlewareHandler {
  return (context, next) => {
    const { outgoing } = (context.env ?? {}) as Partial<HttpBindings>;
    const defaults = context.req.path.startsWith('/api/') ? forApi : always;
    const isStrict = isSecure(context.req.raw) && !isThisMachine(new URL(context.req.url).hostname);
    // `instanceof`: a test without a port has none.
    if (!(outgoing instanceof OutgoingMessage)) return addTo(context, next, defaults, isStrict);
    for (const [name, value] of defaults) outgoing.setHeader(name, value);
    if (isStrict) outgoing.setHeader('Strict-Transport-Security', strictTransport);
    return next();
  };
}

async function addTo(
  context: Context,
  next: Next,
  defaults: readonly (readonly [string, string])[],
  isStrict: boolean,
): Promise<void> {
  await next();
  const { headers } = context.res;
  for (const [name, value] of defaults) if (!headers.has(name)) headers.set(name, value);
  if (isStrict) headers.set('Strict-Transport-Security', strictTransport);
}

/** A browser would else refuse everything else on http://localhost for a year. */
export const isThisMachine = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(host);
