import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { ImportCommand } from '../commands/import.ts';
import { createProgress } from '../commands/progress.ts';
import type { Database } from '../database/database.ts';
import { OperatorError } from '../environment.ts';
import type { Bbox } from '../positions/contract.ts';
import { findOrMakeStation } from '../stations/find-or-make-station.ts';
import { importExtract, isShown, type ImportOutcome } from './import-extract.ts';
import { readOsmExtract, type Skipped } from './osm/read-extract.ts';
import { setMissingBoundary } from './queries.ts';

const usage = 'FILE.osm.pbf --station "…" [--time-zone Asia/Shanghai] [--name EXTRACT]';
export const osmAttribution = '© OpenStreetMap contributors';

/** An OpenStreetMap extract becomes base map and street graph; the station is made where it is missing. */
export const importOsm: ImportCommand = {
  usage,
  async run({ database, args, say }) {
    const { path, station, timeZone, name } = readArguments(args);
    const startedAtMs = Date.now();
    const sha256 = await hashFile(path);
    const description = { name, source: 'osm' as const, attribution: osmAttribution, sha256, observedAt: null };
    let outcome: ImportOutcome = { kind: 'unchanged' };
    let skipped: Skipped = new Map();
    if (!(await isShown(database, description))) {
      const { size } = await stat(path);
      const progress = createProgress(`importing ${basename(path)}`);
      try {
        // Reading is pulled by writing, so the bytes read tell how much is written; streets come last, the final tenth.
        const extract = await readOsmExtract(path, (bytes) => progress.update((0.9 * bytes) / (2 * size)));
        if (!extract.bbox) throw new OperatorError(`${path} holds no nodes, so there is nothing to show.`);
        outcome = await importExtract(
          database,
          { ...description, observedAt: extract.observedAt },
          extract.features(),
          extract.streets,
        );
        skipped = extract.skipped;
      } finally {
        progress.end();
      }
    }
    await nameStation(database, station, timeZone, outcome, say);
    report(outcome, skipped, name, Date.now() - startedAtMs, say);
  },
};

function readArguments(args: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { station: { type: 'string' }, 'time-zone': { type: 'string' }, name: { type: 'string' } },
    });
  } catch (error) {
    throw new OperatorError(`${(error as Error).message}\nUsage: npm run import -- osm ${usage}`);
  }
  const [path, ...rest] = parsed.positionals;
  const { station, name } = parsed.values;
  if (!path || rest.length > 0 || !station?.trim()) throw new OperatorError(`Usage: npm run import -- osm ${usage}`);
  return {
    path,
    station,
    timeZone: parsed.values['time-zone'] ?? 'Asia/Shanghai',
    name: name?.trim() || extractNameOf(path),
  };
}

/** `monaco-260901.osm.pbf` and `monaco-latest.osm.pbf` are both of `monaco`: the later one replaces the earlier. */
export const extractNameOf = (path: string): string => {
  const file = basename(path).replace(/(\.osm)?\.pbf$/i, '');
  return file.replace(/[-_.](latest|\d{6,8}|\d{4}-\d{2}-\d{2})$/i, '') || file;
};

async function hashFile(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash).catch((error: NodeJS.ErrnoException) => {
    throw new OperatorError(`${path} cannot be read (${error.code}): check the path and that this user may read it.`);
  });
  return hash.digest();
}

/** Where the streets are: an extract's sea, ferries and borders can reach many times as far. All of it where there are none. */
function townBbox({ bbox, streets }: Extract<ImportOutcome, { kind: 'published' }>): Bbox {
  if (streets.nodes.length === 0) return bbox;
  const town: Bbox = [Infinity, Infinity, -Infinity, -Infinity];
  for (const {
    lngLat: [lng, lat],
  } of streets.nodes) {
    town[0] = Math.min(town[0], lng);
    town[1] = Math.min(town[1], lat);
    town[2] = Math.max(town[2], lng);
    town[3] = Math.max(town[3], lat);
  }
  return town;
}

async function nameStation(
  database: Database,
  name: string,
  timeZone: string,
  outcome: ImportOutcome,
  say: (line: string) => void,
): Promise<void> {
  const { stationId, isNew } = await findOrMakeStation(database, name, { timeZone });
  if (isNew) say(`Made station ${name} with time zone ${timeZone} (another one: --time-zone).`);
  if (outcome.kind === 'published')
    await database.inScope([stationId], (transaction) => setMissingBoundary(transaction, stationId, townBbox(outcome)));
}

function report(
  outcome: ImportOutcome,
  skipped: Skipped,
  name: string,
  tookMs: number,
  say: (line: string) => void,
): void {
  if (outcome.kind === 'unchanged') return say(`${name} is on the map with this very content: nothing changed.`);
  const { stored, streets } = outcome;
  const [largest = 0, ...others] = streets.componentEdgeCounts;
  say(`Imported ${name} in ${(tookMs / 1000).toFixed(1)} s:`);
  for (const [layer, count] of Object.entries(stored)) say(`  ${layer.padEnd(11)} ${count}`);
  say(`  ${'streets'.padEnd(11)} ${streets.edges.length} between ${streets.nodes.length} junctions and ends`);
  if (others.length > 0)
    say(
      `  ${''.padEnd(11)} ${largest} of them connected; ${others.length} smaller pieces with ${streets.edges.length - largest} apart`,
    );
  for (const [reason, count] of skipped) say(`  skipped     ${count} × ${reason}`);
}
