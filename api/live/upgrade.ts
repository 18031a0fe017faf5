import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { audienceOf } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { isUuid } from '../database/database.ts';
import { Problem, problemOf } from '../errors.ts';
import { rememberConnection } from '../operation/client-address.ts';
import type { TrustProxy } from '../operation/trust-proxy.ts';
import type { LiveAudience } from './encode-tick.ts';

export const livePath = '/api/live';

export interface Admission {
  stationId: string;
  audience: LiveAudience;
  /** The only units shown, ascending; null: all of the station's. */
  ownUnitNumbers: readonly number[] | null;
}

/** Whether two admissions show the same. */
export const isSameAdmission = (a: Admission, b: Admission): boolean => audienceKey(a) === audienceKey(b);

/** Names what an admission shows of its station: viewers with one key share one feed. */
export const audienceKey = ({ audience, ownUnitNumbers }: Admission): string =>
  ownUnitNumbers === null ? audience : `own ${ownUnitNumbers.join(' ')}`;

/** The upgrade request as the rest of the API sees requests. */
export function requestOf(incoming: IncomingMessage, trustProxy: TrustProxy): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  const request = new Request(new URL(incoming.url ?? '/', 'http://localhost'), { headers });
  rememberConnection(request, incoming, trustProxy);
  return request;
}

/**
 * Which station the request asks for.
 * @throws {Problem} 400 when it names none
 */
export function readStationId(request: Request): string {
  const stationId = new URL(request.url).searchParams.get('station')?.toLowerCase() ?? '';
  if (!isUuid(stationId))
    throw new Problem(400, 'invalid-request', 'The live socket needs a station', {
      errors: [{ field: 'station', got: stationId, expected: 'a UUID' }],
    });
  return stationId;
}

/**
 * How exactly the viewer may watch the station.
 * @throws {Problem} when the station is unknown, or the viewer may not see where its units are.
 */
export function admit(viewer: Viewer, stationId: string): Admission {
  const audience = audienceOf(viewer, stationId, 'whereabouts');
  // As for rows: what may not be seen is not there.
  if (audience === 'none') throw new Problem(404, 'not-found', 'There is no such station');
  if (audience !== 'own') return { stationId, audience, ownUnitNumbers: null };
  const own = viewer.ownUnits.filter((unit) => unit.stationId === stationId).map(({ number }) => number);
  return { stationId, audience: 'exact', ownUnitNumbers: own.sort((a, b) => a - b) };
}

/**
 * Browsers send cookies with a socket from any site and ask nobody; programs send no Origin.
 * @throws {Problem} 403 when the page is another site's
 */
export function checkOrigin({ headers: { origin, host } }: IncomingMessage): void {
  if (origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host)
    throw new Problem(403, 'foreign-origin', 'The live socket is for pages of this server only');
}

/** Answers an upgrade that is not made, as every refused request is answered. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const { details, headers } = problemOf(error);
  const body = JSON.stringify(details);
  const lines = Object.entries({
    ...headers,
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // The HTTP server leaves an upgraded socket half open; a client that never closes would hold it for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${details.status} Refused\r\n${lines.join('')}\r\n${body}`);
}
