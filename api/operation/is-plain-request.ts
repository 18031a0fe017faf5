import type { IncomingMessage } from 'node:http';
import { requireHost } from '../check-host.ts';
import type { Environment } from '../environment.ts';
import { isSecureOver } from './client-address.ts';
import { isThisMachine, strictTransport } from './security-headers.ts';

/** What needs no URL parser to be understood; an address in brackets or an odd letter does. */
const plainHost = /^[a-z0-9._-]+(?::\d+)?$/;

/**
 * Whether a request may be answered before the app: it says nothing twice, and the app's check of its host lets it pass.
 */
export function isPlainRequest({ headers, rawHeaders }: IncomingMessage, environment: Environment): boolean {
  const { host } = headers;
  if (host === undefined || !plainHost.test(host)) return false;
  // Node.js keeps the first of two, other readers join them.
  if (Object.keys(headers).length * 2 !== rawHeaders.length) return false;
  try {
    requireHost(environment, host);
    return true;
  } catch {
    return false;
  }
}

/** What `protectAnswers` adds on a connection of such a request besides the headers that all answers have. */
export function strictTransportOf(
  incoming: IncomingMessage,
  { trustProxy }: Pick<Environment, 'trustProxy'>,
): string[] {
  const isStrict =
    isSecureOver({ incoming, trustProxy }) && !isThisMachine(incoming.headers.host!.replace(/:\d+$/, ''));
  return isStrict ? ['Strict-Transport-Security', strictTransport] : [];
}
