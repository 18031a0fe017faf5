import { isIP } from 'node:net';
import { Problem } from '../../errors.ts';
import { originOf } from '../../operation/client-address.ts';

/** Who asks for passkeys, by the address the page came from: WebAuthn knows names, by https or on localhost. */
export interface RelyingParty {
  id: string;
  origin: string;
}

/** Undefined: browsers have no passkeys of this address (a bare IP address, or plain http). */
export function relyingPartyOf(request: Request): RelyingParty | undefined {
  const origin = originOf(request);
  const { hostname, protocol } = new URL(origin);
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  if (isIP(hostname.replace(/^\[|\]$/g, '')) || (protocol !== 'https:' && !isLocal)) return undefined;
  return { id: hostname, origin };
}

/** @throws {Problem} 409 */
export function requireRelyingParty(request: Request): RelyingParty {
  const party = relyingPartyOf(request);
  if (party) return party;
  throw new Problem(409, 'passkeys-unavailable', 'There are no passkeys at this address', {
    detail: 'Browsers have passkeys of names by https, and of localhost; not of bare IP addresses.',
  });
}
