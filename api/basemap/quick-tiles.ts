import type { IncomingMessage, RequestListener } from 'node:http';
import type { Sessions } from '../accounts/sessions.ts';
import type { RequestWatch } from '../app.ts';
import type { Environment } from '../environment.ts';
import { isPlainRequest, strictTransportOf } from '../operation/is-plain-request.ts';
import { forApi } from '../operation/security-headers.ts';
import { acceptsGzip, askEachTime, forEver, isCurrent, matches, mvt } from './routes.ts';
import type { TileSource } from './tile-source.ts';

/** As the route is named where requests are counted. */
const route = '/api/tiles/base/:z/:x/:file';
const address = /^\/api\/tiles\/base\/(\d{1,2})\/(\d{1,8})\/(\d{1,8})\.mvt(?:\?r=(\d+))?$/;

/** A tile says itself how long it may be kept. */
const tileHeaders = forApi.filter(([name]) => name !== 'Cache-Control').flat();

/**
 * Answers requests for tiles that the server has in memory on node:http itself: a map asks for a hundred at once, and the
 * app's way to the same answer costs several times what sending one does. Who is signed in is known here for the same two
 * seconds as there. Everything else goes to the app, whatever has to be refused before all.
 */
export function answerTilesQuickly(
  {
    environment,
    sessions,
    tiles,
    metrics,
    limits,
  }: RequestWatch & { environment: Environment; sessions: Sessions; tiles: TileSource },
  app: RequestListener,
): RequestListener {
  /** The tile, when it is here and who asks may have it now. */
  function find(incoming: IncomingMessage, [, zoom, x, y]: RegExpExecArray) {
    const kept = tiles.kept(Number(zoom), Number(x), Number(y));
    if (!kept || !isPlainRequest(incoming, environment)) return undefined;
    const isGzip = kept.tile.body.length > 0 && acceptsGzip(incoming.headers['accept-encoding'] as string | undefined);
    if (isGzip && !kept.tile.gzipped) return undefined;
    const held = sessions.known(incoming.headers.cookie);
    const connection = { incoming, trustProxy: environment.trustProxy };
    return held && limits.letsRead(connection, held.viewer.accountId) ? { ...kept, isGzip } : undefined;
  }

  return (incoming, outgoing) => {
    const begunMs = performance.now();
    const asked = incoming.method === 'GET' ? address.exec(incoming.url ?? '') : null;
    const found = asked && find(incoming, asked);
    if (!found) return app(incoming, outgoing);
    const { tile, revision, isGzip } = found;
    const headers = [
      ...tileHeaders,
      ...strictTransportOf(incoming, environment),
      ...['ETag', `"${tile.tag}${isGzip ? '-gzip' : ''}"`, 'Vary', 'Accept-Encoding'],
      ...['Cache-Control', isCurrent(asked[4], revision) ? forEver : askEachTime],
    ];
    const body = isGzip ? tile.gzipped! : tile.body;
    const status = matches(incoming.headers['if-none-match'], tile.tag) ? 304 : body.length === 0 ? 204 : 200;
    metrics.countRequest('GET', route, status, (performance.now() - begunMs) / 1000);
    if (status !== 200) return void outgoing.writeHead(status, headers).end();
    headers.push('Content-Type', mvt, 'Content-Length', String(body.length));
    if (isGzip) headers.push('Content-Encoding', 'gzip');
    outgoing.writeHead(200, headers).end(body);
  };
}
