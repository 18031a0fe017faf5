// Who is at the other end of a request: the one place that reads X-Forwarded-*, for sessions, audit and rate limits.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { familyOf, type TrustProxy } from './trust-proxy.ts';

/** How a request came in, and whose word about it counts. */
export interface Connection {
  incoming: Pick<IncomingMessage, 'socket' | 'headers'>;
  trustProxy: TrustProxy;
}

/** A `Request` does not know its socket; what is not kept here (a test without a port) counts as this machine. */
const connections = new WeakMap<Request, Connection>();

/** Keeps which socket a request came by; called once where a request enters, HTTP and live socket alike. */
export function rememberConnection(
  request: Request,
  incoming: Pick<IncomingMessage, 'socket' | 'headers'> | undefined,
  trustProxy: TrustProxy,
): void {
  if (incoming) connections.set(request, { incoming, trustProxy });
}

/** The IP address of the client: of the socket's peer, or what the trusted proxies say. '127.0.0.1' without a socket. */
export function clientAddressOf(request: Request): string {
  const connection = connections.get(request);
  return connection ? addressOver(connection) : '127.0.0.1';
}

/** The same before there is a `Request`. */
export const addressOver = ({ incoming, trustProxy }: Connection): string =>
  readClientAddress(incoming.socket.remoteAddress, header(incoming, 'x-forwarded-for'), trustProxy);

/** Whether the client's own connection is encrypted: by our TLS, or by a trusted proxy's. */
export function isSecure(request: Request): boolean {
  const connection = connections.get(request);
  return connection ? isSecureOver(connection) : new URL(request.url).protocol === 'https:';
}

/** The same before there is a `Request`. */
export function isSecureOver({ incoming, trustProxy }: Connection): boolean {
  if ((incoming.socket as TLSSocket).encrypted) return true;
  if (!isTrusted(plain(incoming.socket.remoteAddress), 0, trustProxy)) return false;
  // The nearest proxy speaks last.
  return header(incoming, 'x-forwarded-proto')?.split(',').at(-1)?.trim().toLowerCase() === 'https';
}

/** Scheme, host and port as the client's browser sees them ("https://map.example"); the host is what the client sent. */
export function originOf(request: Request): string {
  const connection = connections.get(request);
  const url = new URL(request.url);
  const forwarded =
    connection && isTrusted(plain(connection.incoming.socket.remoteAddress), 0, connection.trustProxy)
      ? header(connection.incoming, 'x-forwarded-host')?.split(',').at(-1)?.trim()
      : undefined;
  const host = forwarded || connection?.incoming.headers.host || url.host;
  return `${isSecure(request) ? 'https' : 'http'}://${host}`;
}

const forwardingHeaders = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'via'];

/** Whether some proxy says that it handed the request on, trusted or not. */
export const isForwarded = (request: Request): boolean =>
  saysForwarded(connections.get(request)?.incoming.headers ?? Object.fromEntries(request.headers));

/** The same before there is a `Request`. */
export const saysForwarded = (headers: IncomingHttpHeaders): boolean =>
  forwardingHeaders.some((name) => headers[name] !== undefined);

/**
 * Walks from the socket's peer towards the client as far as each says something we may believe.
 * @param forwardedFor X-Forwarded-For as it came: "client, proxy1, proxy2"
 */
export function readClientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustProxy: TrustProxy,
): string {
  let address = plain(peer);
  const said = forwardedFor?.split(',') ?? [];
  for (let hop = 0; said.length > 0 && isTrusted(address, hop, trustProxy); hop++) {
    const next = plain(said.pop()?.trim());
    if (!familyOf(next)) break;
    address = next;
  }
  return address;
}

/** The part of an address by which attempts are counted: of IPv6 its /64, all of which one household owns. */
export function networkOf(address: string): string {
  if (familyOf(address) !== 'ipv6') return address;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** `::ffff:10.0.0.1` is 10.0.0.1; a port and brackets, which some proxies add, are left out. */
function plain(address: string | undefined): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(address ?? '')?.[1] ?? address ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
  return (/^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(mapped)?.[1] ?? mapped).replace(/%.*$/, '') || 'unknown';
}

function isTrusted(address: string, hop: number, trust: TrustProxy): boolean {
  if (trust.kind === 'none') return false;
  if (trust.kind === 'hops') return hop < trust.hops;
  const family = familyOf(address);
  return family !== undefined && trust.addresses.check(address, family);
}

function header({ headers }: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
