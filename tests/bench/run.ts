// npm run bench [-- name …] [--quick] [--write]: every benchmark of this folder, with its peers, in one run.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { openPool } from '../../api/database/database.ts';
import { openEmbedded } from '../../api/database/embedded.ts';
import { checkEngine } from '../../api/database/check-engine.ts';
import { migrate } from '../../api/database/migrate.ts';
import { copyEmbeddedTemplate } from '../database/embedded-template.ts';
import { startPostgisCluster } from '../database/postgis-cluster.ts';
import type { Bench, BenchContext, BenchRow } from './contract.ts';
import { writeTable } from './write-table.ts';

const args = process.argv.slice(2);
const wanted = args.filter((argument) => !argument.startsWith('--'));
const notBenches = new Set(['run', 'contract', 'write-table', 'sign-in', 'pgbench']);
const available = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !notBenches.has(name));
const names = wanted.length > 0 ? wanted : available;
const unknown = names.filter((name) => !available.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark named ${unknown.join(', ')}; there are ${available.join(', ')}.\n`);
  process.exit(1);
}

// Durable, as in production: what ingest promises is measured with the disk in it.
const cluster = await startPostgisCluster({ durable: true });
const dataDir = mkdtempSync(join(tmpdir(), 'sd-'));
await copyEmbeddedTemplate(dataDir);
const engine = await openEmbedded(dataDir);
const rows: BenchRow[] = [];
/** Others that work on the machine slow a process with one busy thread more than a peer with several. */
const loads = [loadavg()[0]!];
/** One that fails does not keep the others from being measured. */
const failed: string[] = [];
try {
  const context: BenchContext = {
    postgisUrl: cluster.url,
    embeddedDataDir: dataDir,
    quick: args.includes('--quick'),
    seed: 20_261_122,
  };
  const database = openPool({ engine: 'postgis', target: { url: cluster.url }, maxConnections: 2 });
  await migrate(database);
  await checkEngine(database);
  await database.close();
  for (const name of names) {
    process.stderr.write(`… ${name}\n`);
    try {
      const { run } = (await import(`./${name}.ts`)) as { run: Bench };
      const measured = await run(context);
      for (const row of measured) process.stdout.write(`${JSON.stringify(row)}\n`);
      rows.push(...measured);
    } catch (error) {
      failed.push(name);
      process.stderr.write(`${name} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    }
    loads.push(loadavg()[0]!);
  }
} finally {
  await engine.close();
  await cluster.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}, ${args.includes('--quick') ? 'short runs, ' : ''}load average ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`;
const table = writeTable(rows, machine);
process.stdout.write(`\n${table}`);
if (failed.length > 0) process.stderr.write(`Not measured: ${failed.join(', ')}\n`);
else if (args.includes('--write')) writeFileSync(join(import.meta.dirname, 'README.md'), table);
process.exit(failed.length > 0 ? 1 : 0);
