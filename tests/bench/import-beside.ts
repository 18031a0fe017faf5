// What a large OSM import beside the running server costs everybody else on the embedded engine: one session for all.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { makeUnit } from '../database/base-data.ts';
import { makeStation } from '../database/make-station.ts';
import { startServerProcess } from '../e2e/start-server.ts';
import { writeOsmPbf } from '../fixtures/write-osm-pbf.ts';
import { signIn } from './sign-in.ts';
import type { BenchContext, BenchRow } from './contract.ts';

const probeEveryMs = 100;

export async function run({ quick }: BenchContext): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sd-town-'));
  const file = join(directory, 'town.osm.pbf');
  const buildings = quick ? 10_000 : 60_000;
  writeFileSync(file, latticeTown(buildings));
  const server = await startServerProcess({ timeoutMs: 300_000 });
  try {
    const database = openPool({ engine: 'embedded', target: { socketDir: server.dataDir }, maxConnections: 1 });
    const stationId = await makeStation(database);
    await makeUnit(database, stationId, { number: 1, callSign: 'probe', kind: 'car' });
    await database.inScope([stationId], (transaction) =>
      transaction.execute(
        sql`UPDATE devices SET name = 'probe', token_hash = ${createHash('sha256').update(stationId).digest()} WHERE station_id = ${stationId}`,
      ),
    );
    const cookie = await signIn(database);
    await database.close();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const alone = await probe(
      server.url,
      stationId,
      cookie,
      new Promise((resolve) => setTimeout(resolve, quick ? 5000 : 20_000)),
    );
    const startedMs = Date.now();
    const importing = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../api/commands/import.ts'), 'osm', file, '--station', 'bench'],
      {
        env: { ...process.env, DATABASE_URL: '', DATA_DIR: server.dataDir },
        stdio: 'ignore',
      },
    );
    const ended = new Promise<number | null>((resolve) => importing.once('exit', resolve));
    const beside = await probe(server.url, stationId, cookie, ended);
    if ((await ended) !== 0) throw new Error('the import failed');
    const importS = (Date.now() - startedMs) / 1000;
    const what = (name: string) =>
      `embedded, 63 units at 1 Hz: ${name} while ${buildings.toLocaleString('en')} buildings are imported (${importS.toFixed(0)} s)`;
    const row = (name: string, during: number[], before: number[]): BenchRow => ({
      id: 'import',
      what: what(name),
      value: quantile(during, 0.99),
      unit: 'ms p99',
      peer: `${quantile(before, 0.99).toFixed(0)} ms p99 without the import; largest during it ${Math.max(...during).toFixed(0)} ms`,
    });
    return [row('ingest of one fix', beside.ingest, alone.ingest), row('a tile of the map', beside.tile, alone.tile)];
  } finally {
    await server.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Posts a fix and reads a tile at a steady pace until `until`, whatever they take (no coordinated omission). */
async function probe(
  url: string,
  token: string,
  cookie: string,
  until: Promise<unknown>,
): Promise<{ ingest: number[]; tile: number[] }> {
  const ingest: number[] = [];
  const tile: number[] = [];
  const waiting: Promise<void>[] = [];
  let isOver = false;
  void until.then(() => (isOver = true));
  const timed = async (times: number[], request: () => Promise<Response>) => {
    const startMs = performance.now();
    const response = await request();
    await response.arrayBuffer();
    if (response.status >= 400) throw new Error(`${response.url} answered ${response.status}`);
    times.push(performance.now() - startMs);
  };
  for (let index = 0; !isOver; index++) {
    waiting.push(
      timed(ingest, () =>
        fetch(`${url}/api/positions`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify([{ device: 'probe', at: new Date().toISOString(), lngLat: [118, 29], accuracyM: 5 }]),
        }),
      ),
    );
    // Another address each time, so that the server's cache does not answer for the database.
    if (index % 5 === 0)
      waiting.push(
        timed(tile, () =>
          fetch(`${url}/api/tiles/base/15/${27_100 + (index % 60)}/${13_500 + Math.floor(index / 60)}.mvt`, {
            headers: { Cookie: cookie },
          }),
        ),
      );
    await new Promise((resolve) => setTimeout(resolve, probeEveryMs));
  }
  await Promise.all(waiting);
  return { ingest, tile };
}

const quantile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

/** A lattice of streets with a building in each corner of every block. */
function latticeTown(buildings: number): Buffer {
  const side = Math.ceil(Math.sqrt(buildings));
  const stepDeg = 0.0004;
  const nodes: { id: number; lngLat: [number, number] }[] = [];
  const ways: { id: number; nodeIds: number[]; tags: Record<string, string> }[] = [];
  const addNode = (lng: number, lat: number) => {
    nodes.push({ id: nodes.length + 1, lngLat: [lng, lat] });
    return nodes.length;
  };
  const corner = Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_, x) => addNode(100 + x * stepDeg, 40 + y * stepDeg)),
  );
  for (let y = 0; y < side; y++)
    ways.push({ id: ways.length + 1, nodeIds: corner[y]!, tags: { highway: 'residential', name: `${y} Street` } });
  for (let x = 0; x < side; x++)
    ways.push({
      id: ways.length + 1,
      nodeIds: corner.map((row) => row[x]!),
      tags: { highway: 'residential', name: `${x} Avenue` },
    });
  for (let index = 0; index < buildings; index++) {
    const lng = 100 + ((index % side) + 0.2) * stepDeg;
    const lat = 40 + (Math.floor(index / side) + 0.2) * stepDeg;
    const ring = [
      addNode(lng, lat),
      addNode(lng + stepDeg / 2, lat),
      addNode(lng + stepDeg / 2, lat + stepDeg / 2),
      addNode(lng, lat + stepDeg / 2),
    ];
    ways.push({ id: ways.length + 1, nodeIds: [...ring, ring[0]!], tags: { building: 'yes' } });
  }
  return writeOsmPbf({ nodes, ways });
}
