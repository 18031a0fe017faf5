// R3: base map tiles through the whole server, against pgbench running the same transactions and against node:http
// answering 304 with the same headers.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importExtract } from '../../api/basemap/import-extract.ts';
import { listShownExtracts, tileStatement } from '../../api/basemap/queries.ts';
import { openPool, type Database } from '../../api/database/database.ts';
import { sql, type Statement } from '../../api/database/sql.ts';
import { HttpLine } from '../fixtures/http-line.ts';
import { startServeProcess } from '../fixtures/serve-process.ts';
import { denseCity } from '../fixtures/dense-city.ts';
import { findBinaries } from '../database/postgis-cluster.ts';
import type { BenchContext, BenchRow } from './contract.ts';

const connections = 4;
const slowMs = 3;
/** As a browser sends it along once people sign in. */
const session = 'session=0123456789abcdef0123456789abcdef';
type TileAddress = [zoom: number, x: number, y: number];

export async function run(context: BenchContext): Promise<BenchRow[]> {
  if (!context.postgisUrl) return [];
  const database = openPool({ engine: 'postgis', target: { url: context.postgisUrl }, maxConnections: 2 });
  const directory = mkdtempSync(join(tmpdir(), 'sd-tiles-'));
  try {
    const city = denseCity(context.seed, context.quick ? 20_000 : 40_000);
    await importExtract(
      database,
      {
        name: 'bench-tiles',
        source: 'demo',
        attribution: 'bench',
        sha256: createHash('sha256').update(`${context.seed}`).digest(),
        observedAt: null,
      },
      city.features,
      [],
    );
    await database.asOwner((transaction) => transaction.execute(sql`ANALYZE basemap_features`));
    const extractId = (await database.asOwner(listShownExtracts)).find(({ name }) => name === 'bench-tiles')!.id;
    const slow = await findSlowTiles(database, extractId, city.tiles);
    const server = await startServeProcess({ DATABASE_URL: context.postgisUrl, PORT: '0' });
    try {
      const rounds = context.quick ? 2 : 5;
      const [plain, packed] = [
        await measureCold(database, server.url, slow, rounds, {}),
        await measureCold(database, server.url, slow, rounds, { 'Accept-Encoding': 'gzip' }),
      ];
      const peer = await measurePgbench(context.postgisUrl, directory, extractId, slow, context.quick ? 4 : 10);
      const seconds = context.quick ? 2 : 5;
      const notModified = await measureNotModified(server.url, slow[0]!, seconds);
      const cold = (what: string, value: number): BenchRow => ({
        id: 'R3',
        what,
        value,
        unit: 'tiles/s',
        peer: `pgbench, same transactions, ${connections} clients: ${peer.toFixed(0)}/s`,
        ratio: value / peer,
        aim: '≥ 0.9',
        met: value / peer >= 0.9,
      });
      return [
        cold(`${slow.length} tiles whose SQL takes ≥ ${slowMs} ms, none kept, ${connections} connections`, plain),
        cold('the same, compressed', packed),
        {
          id: 'R3',
          what: `tile that the browser has (304), ${connections} connections`,
          value: notModified.ours,
          unit: 'requests/s',
          peer: `node:http with the same headers: ${notModified.raw.toFixed(0)}/s`,
          ratio: notModified.ours / notModified.raw,
          aim: '≥ 0.6',
          met: notModified.ours / notModified.raw >= 0.6,
        },
      ];
    } finally {
      await server.stop();
    }
  } finally {
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Tiles whose statement takes long enough that the server's own work should not show, measured warm. */
async function findSlowTiles(
  database: Database,
  extractId: number,
  tiles: readonly TileAddress[],
): Promise<TileAddress[]> {
  const slow: TileAddress[] = [];
  for (const tile of tiles) {
    let best = Infinity;
    for (let i = 0; i < 3; i++)
      await database.inScope([], async (transaction) => {
        const startedAt = performance.now();
        await transaction.query(tileStatement([extractId], ...tile));
        best = Math.min(best, performance.now() - startedAt);
      });
    if (best >= slowMs) slow.push(tile);
    // pgbench takes 128 scripts at most.
    if (slow.length === 100) break;
  }
  if (slow.length < 10) throw new Error(`only ${slow.length} tiles take ${slowMs} ms here: make the city denser`);
  return slow;
}

const pathOf = ([zoom, x, y]: TileAddress): string => `/api/tiles/base/${zoom}/${x}/${y}.mvt`;

/** Each tile once per round, the server's memory of them emptied before each; tiles a second, the best round. */
async function measureCold(
  database: Database,
  url: string,
  tiles: readonly TileAddress[],
  rounds: number,
  headers: Record<string, string>,
): Promise<number> {
  const lines = await openLines(url, headers);
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    await database.asOwner((transaction) =>
      transaction.execute(sql`UPDATE basemap_revision SET revision = revision + 1`),
    );
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const queue = tiles.map(pathOf);
    const startedAt = performance.now();
    await Promise.all(
      lines.map(async (line) => {
        for (let path = queue.pop(); path; path = queue.pop()) {
          const status = await line.get(path);
          if (status !== 200) throw new Error(`${path} answered ${status}`);
        }
      }),
    );
    best = Math.max(best, tiles.length / ((performance.now() - startedAt) / 1000));
  }
  for (const line of lines) line.close();
  return best;
}

const openLines = (url: string, headers: Record<string, string>): Promise<HttpLine[]> =>
  Promise.all(Array.from({ length: connections }, () => HttpLine.open(url, { Cookie: session, ...headers })));

async function measurePgbench(
  url: string,
  directory: string,
  extractId: number,
  tiles: readonly TileAddress[],
  seconds: number,
): Promise<number> {
  const scripts = tiles.flatMap((tile, index) => {
    const path = join(directory, `${index}.sql`);
    const begin = String.raw`BEGIN\; SET LOCAL ROLE shaodian_app\; SET LOCAL shaodian.stations = '{}';`;
    writeFileSync(path, `${begin}\n${withLiterals(tileStatement([extractId], ...tile))};\nCOMMIT;\n`);
    return ['-f', path];
  });
  const { stdout } = await promisify(execFile)(
    join(findBinaries(), 'pgbench'),
    ['-n', '-c', String(connections), '-j', '2', '-T', String(seconds), ...scripts, url],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (!rate) throw new Error(`pgbench did not say its rate:\n${stdout}`);
  return Number(rate);
}

/** The statement as one line of text, which is what pgbench reads; all its values are numbers. */
const withLiterals = ({ text, values }: Statement): string =>
  text
    .replace(/\$(\d+)/g, (_, number: string) => {
      const value = values[Number(number) - 1];
      return Array.isArray(value) ? `'{${value.join(',')}}'` : `${String(value)}`;
    })
    .replace(/\s+/g, ' ')
    .trim();

/** Requests a second of the server and of node:http alone, measured in turns so that both meet the same machine. */
async function measureNotModified(
  url: string,
  tile: TileAddress,
  seconds: number,
): Promise<{ ours: number; raw: number }> {
  const tileUrl = new URL(pathOf(tile), url);
  const first = await fetch(tileUrl);
  await first.arrayBuffer();
  const etag = first.headers.get('ETag')!;
  const headers = { 'If-None-Match': etag, 'Accept-Encoding': 'gzip' };
  const sent = Object.fromEntries(first.headers);
  const raw = createServer((_, response) => {
    response.writeHead(304, { ETag: etag, Vary: 'Accept-Encoding', 'Cache-Control': sent['cache-control'] ?? '' });
    response.end();
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const rawUrl = new URL(`http://127.0.0.1:${(raw.address() as AddressInfo).port}/`);
  try {
    const best = { ours: 0, raw: 0 };
    for (let turn = 0; turn < 3; turn++) {
      best.raw = Math.max(best.raw, await rateOf(rawUrl, headers, seconds));
      best.ours = Math.max(best.ours, await rateOf(tileUrl, headers, seconds));
    }
    return best;
  } finally {
    raw.close();
    raw.closeAllConnections();
  }
}

async function rateOf(url: URL, headers: Record<string, string>, seconds: number): Promise<number> {
  const lines = await openLines(url.origin, headers);
  const endsAt = performance.now() + seconds * 1000;
  let count = 0;
  await Promise.all(
    lines.map(async (line) => {
      while (performance.now() < endsAt) {
        const status = await line.get(url.pathname);
        if (status !== 304) throw new Error(`${url.pathname} answered ${status}`);
        count++;
      }
    }),
  );
  for (const line of lines) line.close();
  return count / seconds;
}
