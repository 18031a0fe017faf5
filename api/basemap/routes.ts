import { Hono } from 'hono';
import { layerNames, maxTileZoom, minTileZoomOf, tileSchema } from '../../tiles/schema.ts';
import type { ViewerOf } from '../accounts/viewer-of.ts';
import type { Database } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { boundsOf, createTileSource, type TileSource } from './tile-source.ts';

export const mvt = 'application/vnd.mapbox-vector-tile';

/** The base map: its TileJSON and its tiles. It is public data, the same for everybody who is signed in. */
export function createBasemapRoutes({
  database,
  viewerOf,
  tiles = createTileSource(database),
}: {
  database: Database;
  viewerOf: ViewerOf;
  tiles?: TileSource;
}) {
  return new Hono()
    .get('/tiles/base.json', async (context) => {
      await viewerOf(context.req.raw);
      const state = await tiles.state();
      return context.json(
        {
          tilejson: '3.0.0',
          name: 'base',
          scheme: 'xyz' as const,
          // With the revision in their address tiles may be kept for ever.
          tiles: [`/api/tiles/base/{z}/{x}/{y}.mvt?r=${state.revision}`],
          minzoom: 0,
          maxzoom: maxTileZoom,
          bounds: boundsOf(state) ?? [-180, -85.0511, 180, 85.0511],
          attribution: [...new Set(state.extracts.map(({ attribution }) => attribution))].join(' · '),
          vector_layers: layerNames.map((id) => ({
            id,
            minzoom: minTileZoomOf(id),
            maxzoom: maxTileZoom,
            fields: Object.fromEntries(tileSchema[id].attributes.map((name) => [name, fieldTypes[name] ?? 'String'])),
          })),
        },
        200,
        { 'Cache-Control': 'no-cache' },
      );
    })
    .get('/tiles/base/:z/:x/:file', async (context) => {
      await viewerOf(context.req.raw);
      const { zoom, x, y } = readAddress(context.req.param('z'), context.req.param('x'), context.req.param('file'));
      const tile = await tiles.tileOf(zoom, x, y);
      const isGzip = tile.body.length > 0 && acceptsGzip(context.req.header('Accept-Encoding'));
      // Bytes differ by encoding, so does a strong tag.
      const etag = `"${tile.tag}${isGzip ? '-gzip' : ''}"`;
      const headers: Record<string, string> = {
        ETag: etag,
        Vary: 'Accept-Encoding',
        'Cache-Control': isCurrent(context.req.query('r'), (await tiles.state()).revision) ? forEver : askEachTime,
      };
      if (matches(context.req.header('If-None-Match'), tile.tag)) return context.body(null, 304, headers);
      if (tile.body.length === 0) return context.body(null, 204, headers);
      headers['Content-Type'] = mvt;
      if (isGzip) headers['Content-Encoding'] = 'gzip';
      return context.body(isGzip ? await tile.gzip() : tile.body, 200, headers);
    });
}

/** An address with the current revision never changes its content; any other is asked again each time. */
export const isCurrent = (asked: string | undefined, revision: number): boolean => asked === String(revision);
export const forEver = 'public, max-age=31536000, immutable';
export const askEachTime = 'public, no-cache';

const fieldTypes: Partial<Record<string, string>> = {
  rank: 'Number',
  oneway: 'Number',
  height_m: 'Number',
  bridge: 'Boolean',
  tunnel: 'Boolean',
};

function readAddress(z: string, x: string, file: string): { zoom: number; x: number; y: number } {
  const y = /^(\d{1,8})\.mvt$/.exec(file)?.[1];
  if (!/^\d{1,2}$/.test(z) || !/^\d{1,8}$/.test(x) || y === undefined)
    throw new Problem(400, 'bad-tile-address', 'A tile address is three whole numbers', {
      detail: `Got ${z}/${x}/${file}; expected {z}/{x}/{y}.mvt.`,
    });
  const address = { zoom: Number(z), x: Number(x), y: Number(y) };
  if (address.zoom > maxTileZoom)
    throw new Problem(404, 'no-such-tile', 'There are no tiles at this zoom', {
      detail: `Got zoom ${z}; tiles go from 0 to ${maxTileZoom}.`,
    });
  const side = 2 ** address.zoom;
  if (address.x >= side || address.y >= side)
    throw new Problem(404, 'no-such-tile', 'There is no such tile', {
      detail: `Got ${z}/${x}/${y}; at zoom ${z} x and y go from 0 to ${side - 1}.`,
    });
  return address;
}

/** RFC 9110 12.5.3, as far as gzip goes. */
export function acceptsGzip(header: string | undefined): boolean {
  const codings = (header ?? '').toLowerCase().split(',');
  const gzip = codings
    .map((coding) => coding.split(';').map((part) => part.trim()))
    .find(([name]) => name === 'gzip' || name === '*');
  return gzip !== undefined && !gzip.slice(1).some((parameter) => /^q=0(\.0*)?$/.test(parameter));
}

/** If-None-Match compares weakly (RFC 9110 13.1.2); either encoding of the same content will do. */
export function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((part) => {
    const opaque = part.trim().replace(/^W\//, '');
    return opaque === `"${tag}"` || opaque === `"${tag}-gzip"`;
  });
}
