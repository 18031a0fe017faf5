import type { Context } from 'hono';
import { clientAddressOf } from '../operation/client-address.ts';
import type { HeldSession } from './sessions.ts';
import { tellOf, type WaysIn } from './ways-in.ts';

/**
 * Signs the browser in: a new session in place of one it had, and its cookies, which go onto the answer.
 * @param methods how the person proved who they are (RFC 8176)
 */
export async function beginSession(
  ways: WaysIn,
  context: Context,
  accountId: string,
  methods: readonly string[],
): Promise<HeldSession> {
  const { sessions, devices } = ways;
  const request = context.req.raw;
  const former = await sessions.find(request);
  const { setCookie, held } = await sessions.begin(accountId, {
    methods,
    userAgent: context.req.header('User-Agent') ?? null,
    address: clientAddressOf(request),
  });
  await tellOf(ways, held, request, 'session.begin', { methods, kind: held.session.kind });
  if (former) await sessions.end(ownerOf(former), { id: former.session.sessionId });
  context.header('Set-Cookie', setCookie, { append: true });
  context.header('Set-Cookie', devices.remember(request, held.viewer.username), { append: true });
  context.header('Cache-Control', 'no-store');
  return held;
}

/**
 * After a password or a second factor changed: this browser gets a new session, all others of the account end.
 * @param methods what the new session rests on besides
 */
export async function renewSession(
  ways: WaysIn,
  context: Context,
  held: HeldSession,
  methods: readonly string[] = [],
): Promise<HeldSession> {
  const renewed = await beginSession(ways, context, held.viewer.accountId, [
    ...new Set([...held.session.methods, ...methods]),
  ]);
  await ways.sessions.end(ownerOf(renewed), { except: renewed.session.sessionId });
  return renewed;
}

export const ownerOf = ({ session }: HeldSession): { stationId: string; accountId: string } => ({
  stationId: session.stationId,
  accountId: session.accountId,
});
