// Resident memory of the real server: the demo on both engines, and 20,000 reporting units on PostGIS.
import { readFileSync } from 'node:fs';
import { openPool } from '../../api/database/database.ts';
import { runSimulator } from '../../api/stations/demo/run-simulator.ts';
import { startPostgisCluster } from '../database/postgis-cluster.ts';
import { startServerProcess, type ServerProcess } from '../e2e/start-server.ts';
import { makeFleet } from '../fixtures/make-fleet.ts';
import type { BenchContext, BenchRow } from './contract.ts';

const fleetSize = 20_000;
/** A first start makes the demo: on a machine that others use too it takes its time. */
const patienceMs = 300_000;

export async function run({ quick }: BenchContext): Promise<BenchRow[]> {
  const seconds = quick ? 15 : 60;
  const rows: BenchRow[] = [];
  const embedded = await startServerProcess({ fresh: true, timeoutMs: patienceMs });
  rows.push(await watch(embedded, seconds, 'embedded engine: demo with 63 units and 20,000 incidents', 1500));
  await embedded.remove();

  const cluster = await startPostgisCluster();
  const demo = await startServerProcess({ environment: { DATABASE_URL: cluster.url }, timeoutMs: patienceMs });
  rows.push(await watch(demo, seconds, 'PostGIS: demo with 63 units and 20,000 incidents', 300));
  await demo.remove();

  const environment = { DATABASE_URL: await cluster.createDatabase('fleet') };
  const server = await startServerProcess({ args: ['--no-demo'], environment, timeoutMs: patienceMs });
  const database = openPool({ engine: 'postgis', target: { url: environment.DATABASE_URL }, maxConnections: 2 });
  const { gatewayToken } = await makeFleet(database, fleetSize, 'm-');
  await database.close();
  const stop = new AbortController();
  const simulating = runSimulator({
    url: server.url,
    credentials: { gatewayToken, count: fleetSize, prefix: 'm-', batch: 500 },
    rate: 0.2,
    signal: stop.signal,
  });
  const row = await watch(server, seconds, `PostGIS: ${fleetSize.toLocaleString('en')} units at 0.2 Hz`, 500);
  stop.abort();
  const { accepted } = await simulating;
  rows.push({ ...row, what: `${row.what}, ${accepted.toLocaleString('en')} fixes accepted meanwhile` });
  await server.remove();
  await cluster.stop();
  return rows;
}

/** The highest resident size seen while it runs for a while; Linux tells it in /proc. */
async function watch(server: ServerProcess, seconds: number, what: string, limitMb: number): Promise<BenchRow> {
  let peakMb = 0;
  for (let second = 0; second < seconds; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const kilobytes = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);
    peakMb = Math.max(peakMb, kilobytes / 1000);
  }
  return {
    id: 'memory',
    what: `${what}, peak of ${seconds} s`,
    value: peakMb,
    unit: 'MB',
    aim: `< ${limitMb} MB`,
    met: peakMb < limitMb,
  };
}
