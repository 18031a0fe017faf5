import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { tileBoundsM, tileBuffer, tileUnitM } from '../../tiles/schema.ts';
import type { Database } from '../database/database.ts';
import type { Bbox } from '../positions/contract.ts';
import { encodeTile } from './encode-tile.ts';
import { toMercator } from './mercator.ts';
import { encodeTileInDatabase, listShownExtracts, listTileRows, readRevision, type ShownExtract } from './queries.ts';
import { TileCache, type Tile } from './tile-cache.ts';

const gzipAsync = promisify(gzip);

/** How long a published extract may stay unseen by a running server. */
const freshForMs = 1000;

/** What the base map is now. */
export interface BasemapState {
  revision: number;
  /** Newest content first. */
  extracts: readonly ShownExtract[];
}

export interface TileSource {
  /** At most a second old. */
  state(): Promise<BasemapState>;
  /** A tile of the base map; the address must be in range. */
  tileOf(zoom: number, x: number, y: number): Promise<Tile>;
  /** A tile as it is kept, with the state it belongs to; undefined: something has to be asked first. */
  kept(zoom: number, x: number, y: number): { tile: Tile; revision: number } | undefined;
}

/**
 * Tiles from the database, encoded there where it can, in Node otherwise; kept compressed in memory. Requests for a tile
 * that is being made wait for that one.
 */
export function createTileSource(database: Database, { maxCacheBytes = 64 * 1024 * 1024 } = {}): TileSource {
  const cache = new TileCache(maxCacheBytes);
  const inMaking = new Map<string, Promise<Tile>>();
  let known: Promise<BasemapState> | undefined;
  /** What `known` gave. */
  let current: BasemapState | undefined;
  let knownAtMs = 0;

  const state = (): Promise<BasemapState> => {
    if (!known || performance.now() - knownAtMs > freshForMs) {
      knownAtMs = performance.now();
      const reading = database.inScope([], async (transaction) => {
        // The revision first: an extract published between the two is then read again a second later.
        const revision = await readRevision(transaction);
        return { revision, extracts: await listShownExtracts(transaction) };
      });
      known = reading;
      current = undefined;
      reading.then(
        (read) => {
          if (known === reading) current = read;
        },
        () => {
          if (known === reading) known = undefined;
        },
      );
    }
    return known;
  };

  /** Bytes of a tile and the revision of the base map that they were read at. */
  const read = (ids: readonly number[], zoom: number, x: number, y: number) =>
    database.engine === 'postgis'
      ? database.askInScope([], (transaction) => encodeTileInDatabase(transaction, ids, zoom, x, y))
      : database.inScope([], async (transaction) => {
          const rows = await listTileRows(transaction, ids, zoom, x, y);
          return { bytes: encodeTile(rows, zoom, x, y), revision: await readRevision(transaction) };
        });

  const make = async (zoom: number, x: number, y: number, at: BasemapState): Promise<Tile> => {
    let now = at;
    for (;;) {
      const ids = now.extracts.filter((extract) => touches(extract, zoom, x, y)).map(({ id }) => id);
      const { bytes, revision } =
        ids.length > 0 ? await read(ids, zoom, x, y) : { bytes: new Uint8Array(), revision: now.revision };
      if (revision === now.revision) {
        const tile = pack(bytes);
        cache.keep(`${zoom}/${x}/${y}`, revision, tile);
        return tile;
      }
      // An import was published in between, and the rows of the one it replaced may be half deleted.
      known = undefined;
      now = await state();
    }
  };

  return {
    state,
    async tileOf(zoom, x, y) {
      const at = await state();
      const key = `${zoom}/${x}/${y}`;
      const kept = cache.find(key, at.revision);
      if (kept) return kept;
      const makingKey = `${at.revision}/${key}`;
      let making = inMaking.get(makingKey);
      if (!making) {
        making = make(zoom, x, y, at).finally(() => inMaking.delete(makingKey));
        inMaking.set(makingKey, making);
      }
      return making;
    },
    kept(zoom, x, y) {
      if (!current || !known || performance.now() - knownAtMs > freshForMs) return undefined;
      const tile = cache.find(`${zoom}/${x}/${y}`, current.revision);
      return tile && { tile, revision: current.revision };
    },
  };
}

function touches({ west, south, east, north }: ShownExtract, zoom: number, x: number, y: number): boolean {
  const [tileWest, tileSouth, tileEast, tileNorth] = tileBoundsM(zoom, x, y);
  const bufferM = tileBuffer * tileUnitM(zoom);
  const [minX, minY] = toMercator([west, south]);
  const [maxX, maxY] = toMercator([east, north]);
  return (
    minX <= tileEast + bufferM &&
    maxX >= tileWest - bufferM &&
    minY <= tileNorth + bufferM &&
    maxY >= tileSouth - bufferM
  );
}

function pack(bytes: Uint8Array): Tile {
  const body = new Uint8Array(bytes);
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  let packing: Promise<Uint8Array<ArrayBuffer>> | undefined;
  let gzipped: Uint8Array<ArrayBuffer> | undefined;
  return {
    tag,
    body,
    gzip: () => (packing ??= gzipAsync(body).then((buffer) => (gzipped = new Uint8Array(buffer)))),
    get gzipped() {
      return gzipped;
    },
  };
}

/** Around all that is shown; null while there is no base map. */
export const boundsOf = ({ extracts }: BasemapState): Bbox | null =>
  extracts.reduce<Bbox | null>(
    (all, { west, south, east, north }) =>
      all
        ? [Math.min(all[0], west), Math.min(all[1], south), Math.max(all[2], east), Math.max(all[3], north)]
        : [west, south, east, north],
    null,
  );
