import type { IncomingMessage } from 'node:http';
import { requireHost } from '../check-host.ts';
import type { Environment } from '../environment.ts';

/** What needs no URL parser to be understood; an address in brackets or an odd letter does. */
const plainHost = /^[a-z0-9._-]+(?::\d+)?$/;

/**
 * Whether a request may be answered before the app: it says nothing twice, its host needs no second look and it carries
 * no cookie, so that what the app's checks of host and origin would say is known.
 */
export function isPlainRequest({ headers, rawHeaders }: IncomingMessage, environment: Environment): boolean {
  const { host, cookie } = headers;
  if (host === undefined || !plainHost.test(host) || cookie !== undefined) return false;
  // Node.js keeps the first of two, other readers join them.
  if (Object.keys(headers).length * 2 !== rawHeaders.length) return false;
  try {
    requireHost(environment, host);
    return true;
  } catch {
    return false;
  }
}
