/** A tile ready to be sent; its body is empty where there is nothing in it. */
export interface Tile {
  /** Names the content; strong, without quotes. */
  tag: string;
  body: Uint8Array<ArrayBuffer>;
  /** The body compressed, once, for the first who takes it so: others should not wait for it. */
  gzip(): Promise<Uint8Array<ArrayBuffer>>;
  /** The same when it was done already. */
  readonly gzipped: Uint8Array<ArrayBuffer> | undefined;
}

/** Bookkeeping of one entry, so that a million empty tiles are bounded too. */
const entryBytes = 200;

/** Tiles of one revision, the least recently used leaving first when `maxBytes` are reached. */
export class TileCache {
  readonly #maxBytes: number;
  readonly #tiles = new Map<string, Tile>();
  #bytes = 0;
  #revision = -1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  find(key: string, revision: number): Tile | undefined {
    if (revision !== this.#revision) return undefined;
    const tile = this.#tiles.get(key);
    if (tile) {
      // A Map keeps the order of insertion: to the end, away from the eviction below.
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  /** Tiles of an older revision than the newest one seen are not kept. */
  keep(key: string, revision: number, tile: Tile): void {
    if (revision < this.#revision) return;
    if (revision > this.#revision) {
      this.#tiles.clear();
      this.#bytes = 0;
      this.#revision = revision;
    }
    const before = this.#tiles.get(key);
    if (before) this.#bytes -= sizeOf(before);
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    this.#bytes += sizeOf(tile);
    for (const [oldest, left] of this.#tiles) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#tiles.delete(oldest);
      this.#bytes -= sizeOf(left);
    }
  }
}

/** Compressed bytes may come at any time and are never more than the body's: counted from the start. */
const sizeOf = ({ body }: Tile): number => 2 * body.length + entryBytes;
