// R8: a million incidents, seeded rows of a PostGIS table, from the database through the server's own stream to a real
// Chromium: bytes, first picture, and one step of the filter's slider, with the page's own states and layers. Beside it
// JSON of the same facts and a layer whose rows are filtered and packed anew for each step. A step's time is that of the
// main thread up to the last draw call, and apart from it with the frame drawn, which is in software here.
import { gzipSync, createBrotliDecompress } from 'node:zlib';
import { Readable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import { openPool } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { compressStream } from '../../api/reading/compress-stream.ts';
import { readBatches } from '../../api/incidents/read-batches.ts';
import { writeColumns } from '../../api/incidents/write-columns.ts';
import { makeManyIncidents } from '../database/make-incidents.ts';
import { makeStation } from '../database/make-station.ts';
import { resolveAliases } from '../fixtures/resolve-aliases.ts';
import { call, openChromium, openPart } from './browser/open-chromium.ts';
import { servePages } from './browser/serve-pages.ts';
import type { Bench, BenchContext, BenchRow } from './contract.ts';
import type { LoadCost, StepCost } from './browser/costs.ts';
import { middleOf } from './pgbench.ts';

resolveAliases();
const { readIncidentStream } = await import('../../src/lib/api/read-incident-stream.ts');
const { LocalHours } = await import('../../src/lib/geo/local-hours.ts');
const { IncidentColumns } = await import('../../src/lib/state/incident-columns.ts');
const { boundsOf, countIncidents, firstFilter } = await import('../../src/lib/state/incident-filter.ts');
const { findPeak } = await import('../../src/lib/state/incident-peak.ts');

const view = { lngLat: [117.93, 29.625], zoom: 11.5 } as const;
const timeZone = 'Asia/Shanghai';

export const run: Bench = async ({ postgisUrl, quick }: BenchContext) => {
  const count = quick ? 100_000 : 1_000_000;
  const made = await makeStream(postgisUrl!, count);
  const columns = await readColumns(made.chunks);
  if (columns.count !== count) throw new Error(`${columns.count} of ${count} incidents came`);
  const json = Buffer.from(
    JSON.stringify(
      Array.from({ length: count }, (_, i) => {
        const { number, lngLat, atMs, category, source } = columns.read(i);
        return { id: uuidv7(), number, lngLat, at: new Date(atMs).toISOString(), category, source };
      }),
    ),
  );
  const jsonPacked = gzipSync(json);
  const steps = quick ? 4 : 9;
  const inBrowser = await measureInBrowser(Buffer.concat(made.chunks), jsonPacked, steps);

  const zone = new LocalHours(timeZone);
  const boundsAt = (step: number) =>
    boundsOf({ ...firstFilter, time: spanOf(step) }, columns.categories, zone, Date.now());
  const restMs = medianMs(steps, (step) => countIncidents(columns, boundsAt(step)));
  const peakMs = medianMs(3, (step) => findPeak(columns, boundsAt(step), 200));

  const { dots, heat, json: peer } = inBrowser;
  const what = `${count.toLocaleString('en')} incidents`;
  const bytesEach = made.bytes / count;
  const stepRatio = peer.step.mainMs / dots.step.mainMs;
  const heatRatio = peer.step.mainMs / heat.step.mainMs;
  return [
    row(`${what} as columns, brotli, each`, bytesEach, 'B', {
      peer: 'JSON, gzip',
      ratio: jsonPacked.length / made.bytes,
      aim: '≤ 13 bytes',
      met: bytesEach <= 13,
    }),
    row(`${what} from the database to the last byte`, made.servedMs / 1000, 's', {}),
    row(`server memory while ${what} are sent, above before`, made.memoryMb, 'MB', {}),
    row(`first picture of ${what} in Chromium, from the request`, dots.load.pictureMs / 1000, 's', {
      peer: `JSON, gzip, to a layer: ${(peer.load.pictureMs / 1000).toFixed(1)} s; our first dots after ${(dots.load.firstDotsMs / 1000).toFixed(1)} s`,
      ratio: peer.load.pictureMs / dots.load.pictureMs,
    }),
    row('one step of the time slider, main thread up to the last draw call, no request', dots.step.mainMs, 'ms', {
      peer: `JSON rows filtered, packed and given to the layer anew: ${peer.step.mainMs.toFixed(0)} ms`,
      ratio: stepRatio,
      aim: '≥ 10 ×',
      met: stepRatio >= 10,
    }),
    row('the same with the heatmap', heat.step.mainMs, 'ms', {
      peer: 'the same',
      ratio: heatRatio,
      aim: '≥ 10 ×',
      met: heatRatio >= 10,
    }),
    row('one step and its frame, drawn in software', dots.step.wholeMs, 'ms', {
      peer: `JSON: ${peer.step.wholeMs.toFixed(0)} ms; with our heatmap ${heat.step.wholeMs.toFixed(0)} ms`,
      ratio: peer.step.wholeMs / dots.step.wholeMs,
    }),
    row('counts of every choice, once the hand rests', restMs, 'ms', {}),
    row('the heatmap’s legend, once the hand rests', peakMs, 'ms', {}),
  ];
};

const row = (what: string, value: number, unit: string, more: Partial<BenchRow>): BenchRow => ({
  id: 'R8',
  what,
  value,
  unit,
  ...more,
});

/** From one of twelve months on. */
const spanOf = (step: number) => ({
  from: `2024-${String((step % 12) + 1).padStart(2, '0')}-01`,
  to: '2026-06-01',
});

function medianMs(rounds: number, work: (round: number) => void): number {
  return middleOf(
    Array.from({ length: rounds }, (_, round) => {
      const startedMs = performance.now();
      work(round);
      return performance.now() - startedMs;
    }),
  );
}

/** What the server answers, packed as it packs it. */
async function makeStream(
  url: string,
  count: number,
): Promise<{ chunks: Uint8Array[]; bytes: number; servedMs: number; memoryMb: number }> {
  const database = openPool({ engine: 'postgis', target: { url }, maxConnections: 2 });
  try {
    const station = await makeStation(database);
    await makeManyIncidents(database, station, count);
    await database.asOwner((transaction) => transaction.execute(sql`ANALYZE incidents`));
    global.gc?.();
    const memoryBefore = process.memoryUsage().rss;
    let [mostMemory, bytes] = [0, 0];
    const chunks: Uint8Array[] = [];
    const sent = compressStream(writeColumns(readBatches(database, station, {}), {}), 'br');
    const startedMs = performance.now();
    for await (const chunk of sent as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      chunks.push(chunk);
      mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
    }
    const servedMs = performance.now() - startedMs;
    return { chunks, bytes, servedMs, memoryMb: (mostMemory - memoryBefore) / 1e6 };
  } finally {
    await database.close();
  }
}

async function readColumns(packed: readonly Uint8Array[]) {
  const columns = new IncidentColumns(new LocalHours(timeZone));
  const plain = Readable.from(packed).pipe(createBrotliDecompress());
  await readIncidentStream(Readable.toWeb(plain) as ReadableStream<Uint8Array>, {
    begun() {},
    batch: (batch) => columns.append(batch),
  });
  return columns;
}

interface Seen {
  load: LoadCost;
  step: StepCost;
}

async function measureInBrowser(
  arrow: Uint8Array,
  json: Uint8Array,
  steps: number,
): Promise<{ dots: Seen; heat: Seen; json: Seen }> {
  const server = await servePages(
    new Map([
      ['/incidents.arrow', { body: arrow, encoding: 'br' }],
      ['/incidents.json', { body: json, encoding: 'gzip' }],
    ]),
  );
  const browser = await openChromium();
  try {
    const measure = async (part: string, args: readonly unknown[]): Promise<Seen> => {
      const page = await openPart(browser, server.url, part);
      await call(page, 'open', ...args);
      const load = await call<LoadCost>(page, 'load');
      await call<StepCost>(page, 'step', spanOf(steps));
      const askedBefore = server.requests.length;
      const costs: StepCost[] = [];
      for (let step = 0; step < steps; step++) costs.push(await call<StepCost>(page, 'step', spanOf(step)));
      const asked = server.requests.slice(askedBefore);
      if (asked.length > 0) throw new Error(`a step of the filter asked for ${asked.join(', ')}`);
      await page.close();
      return {
        load,
        step: {
          mainMs: middleOf(costs.map(({ mainMs }) => mainMs)),
          wholeMs: middleOf(costs.map(({ wholeMs }) => wholeMs)),
        },
      };
    };
    const query = `/?v=${view.zoom}/${view.lngLat[1]}/${view.lngLat[0]}&layers=incidents&it=all`;
    return {
      dots: await measure('incidents', [query]),
      heat: await measure('incidents', [`${query}&heat=400`]),
      json: await measure('jsonIncidents', [view.lngLat, view.zoom]),
    };
  } finally {
    await browser.close();
    server.close();
  }
}
