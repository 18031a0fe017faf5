// R3: base map tiles through the whole server, against pgbench running the same transactions and against node:http
// answering 304 with the same headers.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importExtract } from '../../api/basemap/import-extract.ts';
import { listShownExtracts, tileStatement } from '../../api/basemap/queries.ts';
import { openPool, type Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { beginInScope, middleOf, preparePgbench } from './pgbench.ts';
import { signIn } from './sign-in.ts';
import { HttpLine } from '../fixtures/http-line.ts';
import { startServeProcess } from '../fixtures/serve-process.ts';
import { denseCity } from '../fixtures/dense-city.ts';
import type { BenchContext, BenchRow } from './contract.ts';

const connections = 4;
const slowMs = 3;
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
    const server = await startServeProcess({
      DATABASE_URL: context.postgisUrl,
      PORT: '0',
      // The limiter's work is measured, its answer is not.
      RATE_LIMIT_PER_ACCOUNT: '1000000',
    });
    try {
      const rounds = context.quick ? 3 : 7;
      const cookie = await signIn(database);
      const plain = await openLines(server.url, cookie, {});
      const packed = await openLines(server.url, cookie, { 'Accept-Encoding': 'gzip' });
      const statements = slow.map((tile) => tileStatement([extractId], ...tile));
      const runPgbench = preparePgbench(context.postgisUrl, directory, beginInScope([]), statements, connections);
      // In turns, so that all three meet the same machine.
      const turns: { plain: number; packed: number; peer: number }[] = [];
      for (let round = 0; round < rounds; round++)
        turns.push({
          plain: await measureCold(database, plain, slow),
          packed: await measureCold(database, packed, slow),
          peer: await runPgbench(context.quick ? 2 : 4),
        });
      for (const line of [...plain, ...packed]) line.close();
      const peer = middleOf(turns.map((turn) => turn.peer));
      const seconds = context.quick ? 1 : 3;
      const notModified = await measureNotModified(server.url, cookie, slow[0]!, seconds);
      const cold = (what: string, kind: 'plain' | 'packed'): BenchRow => {
        const ratio = middleOf(turns.map((turn) => turn[kind] / turn.peer));
        return {
          id: 'R3',
          what,
          value: middleOf(turns.map((turn) => turn[kind])),
          unit: 'tiles/s',
          peer: `pgbench, same transactions, ${connections} clients: ${peer.toFixed(0)}/s`,
          ratio,
          aim: '≥ 0.9',
          met: ratio >= 0.9,
        };
      };
      return [
        cold(`${slow.length} tiles whose SQL takes ≥ ${slowMs} ms, none kept, ${connections} connections`, 'plain'),
        cold('the same, compressed', 'packed'),
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

/**
 * Each tile once, the server's memory of them emptied before; tiles a second while all connections are busy: from the
 * first answer until the last tile is asked for, as pgbench has neither a beginning nor an end.
 */
async function measureCold(
  database: Database,
  lines: readonly HttpLine[],
  tiles: readonly TileAddress[],
): Promise<number> {
  await database.asOwner((transaction) =>
    transaction.execute(sql`UPDATE basemap_revision SET revision = revision + 1`),
  );
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const queue = tiles.map(pathOf);
  let [firstAtMs, lastAtMs, answered] = [0, 0, 0];
  await Promise.all(
    lines.map(async (line) => {
      for (let path = queue.pop(); path; path = queue.pop()) {
        const status = await line.get(path);
        if (status !== 200) throw new Error(`${path} answered ${status}`);
        if (firstAtMs === 0) firstAtMs = performance.now();
        else if (queue.length > 0) {
          answered++;
          lastAtMs = performance.now();
        }
      }
    }),
  );
  return answered / ((lastAtMs - firstAtMs) / 1000);
}

const openLines = (url: string, cookie: string, headers: Record<string, string>): Promise<HttpLine[]> =>
  Promise.all(Array.from({ length: connections }, () => HttpLine.open(url, { Cookie: cookie, ...headers })));

/** node:http adds them by itself. */
const ofTheConnection = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding']);

/** Requests a second of the server and of node:http alone, measured in turns so that both meet the same machine. */
async function measureNotModified(
  url: string,
  cookie: string,
  tile: TileAddress,
  seconds: number,
): Promise<{ ours: number; raw: number }> {
  const tileUrl = new URL(pathOf(tile), url);
  const first = await fetch(tileUrl, { headers: { Cookie: cookie } });
  await first.arrayBuffer();
  const etag = first.headers.get('ETag')!;
  const headers = { 'If-None-Match': etag, 'Accept-Encoding': 'gzip' };
  const again = await fetch(tileUrl, { headers: { ...headers, Cookie: cookie } });
  const sent = Object.fromEntries([...again.headers].filter(([name]) => !ofTheConnection.has(name)));
  const raw = createServer((_, response) => {
    response.writeHead(304, sent);
    response.end();
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const rawUrl = new URL(`http://127.0.0.1:${(raw.address() as AddressInfo).port}/`);
  try {
    const turns: { ours: number; raw: number }[] = [];
    for (let turn = 0; turn < 5; turn++)
      turns.push({
        raw: await rateOf(rawUrl, cookie, headers, seconds),
        ours: await rateOf(tileUrl, cookie, headers, seconds),
      });
    return turns.toSorted((a, b) => a.ours / a.raw - b.ours / b.raw)[turns.length >> 1]!;
  } finally {
    raw.close();
    raw.closeAllConnections();
  }
}

async function rateOf(url: URL, cookie: string, headers: Record<string, string>, seconds: number): Promise<number> {
  const lines = await openLines(url.origin, cookie, headers);
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
