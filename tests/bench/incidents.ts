// R8: a million incidents from the database to a browser's columns, and one step of the filter's slider, against JSON
// of the same facts and a layer whose data is filtered and rebuilt for each step.
import { createBrotliDecompress, gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import { openPool } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { compressStream } from '../../api/reading/compress-stream.ts';
import { incidentSources } from '../../api/incidents/contract.ts';
import { readBatches } from '../../api/incidents/read-batches.ts';
import { writeColumns } from '../../api/incidents/write-columns.ts';
import type { IncidentFilter } from '../../src/lib/state/incident-filter.ts';
import { makeManyIncidents } from '../database/make-incidents.ts';
import { makeStation } from '../database/make-station.ts';
import { resolveAliases } from '../fixtures/resolve-aliases.ts';
import type { Bench, BenchContext } from './contract.ts';

resolveAliases();
const { readIncidentStream } = await import('../../src/lib/api/read-incident-stream.ts');
const { LocalHours } = await import('../../src/lib/geo/local-hours.ts');
const { IncidentColumns, rowIntegers } = await import('../../src/lib/state/incident-columns.ts');
const { boundsOf, countIncidents, firstFilter } = await import('../../src/lib/state/incident-filter.ts');
const { findPeak } = await import('../../src/lib/state/incident-peak.ts');

const medianMs = (rounds: number, work: (round: number) => void): number => {
  const times = Array.from({ length: rounds }, (_, round) => {
    const startedMs = performance.now();
    work(round);
    return performance.now() - startedMs;
  });
  return times.sort((a, b) => a - b)[rounds >> 1]!;
};

export const run: Bench = async ({ postgisUrl, quick }: BenchContext) => {
  const count = quick ? 100_000 : 1_000_000;
  const database = openPool({ engine: 'postgis', target: { url: postgisUrl! }, maxConnections: 2 });
  try {
    const station = await makeStation(database);
    await makeManyIncidents(database, station, count);
    await database.asOwner((transaction) => transaction.execute(sql`ANALYZE incidents`));

    global.gc?.();
    const memoryBefore = process.memoryUsage().rss;
    let mostMemory = 0;
    let bytes = 0;
    const sent = compressStream(writeColumns(readBatches(database, station, {}), {}), 'br');
    const startedMs = performance.now();
    const chunks: Uint8Array[] = [];
    for await (const chunk of sent as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      chunks.push(chunk);
      mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
    }
    const servedMs = performance.now() - startedMs;

    // Unpacking is the browser's network code; what the page does is told apart.
    const plain: Uint8Array[] = [];
    for await (const chunk of Readable.from(chunks).pipe(createBrotliDecompress())) plain.push(chunk as Uint8Array);
    const columns = new IncidentColumns(new LocalHours('Asia/Shanghai'));
    const decodedAtMs = performance.now();
    await readIncidentStream(Readable.toWeb(Readable.from(plain)) as ReadableStream<Uint8Array>, {
      begun() {},
      batch: (batch) => columns.append(batch),
    });
    const decodeMs = performance.now() - decodedAtMs;
    if (columns.count !== count) throw new Error(`${columns.count} of ${count} incidents came`);

    const json = JSON.stringify(
      Array.from({ length: count }, (_, i) => {
        const { number, lngLat, atMs, category, source } = columns.read(i);
        return { id: uuidv7(), number, lngLat, at: new Date(atMs).toISOString(), category, source };
      }),
    );
    const jsonBytes = gzipSync(json).length;
    let parsed: { lngLat: [number, number]; at: string; category: string; source: string }[] = [];
    const jsonMs = medianMs(1, () => {
      parsed = JSON.parse(json) as typeof parsed;
    });

    const steps = quick ? 5 : 15;
    const zone = new LocalHours('Asia/Shanghai');
    const filterAt = (step: number): IncidentFilter => ({
      ...firstFilter,
      time: { from: `2024-${String((step % 12) + 1).padStart(2, '0')}-01`, to: '2026-06-01' },
    });
    // All that a page does before the draw call: eight integers.
    const stepMs = medianMs(steps * 7, (step) => {
      const bounds = boundsOf(filterAt(step), columns.categories, zone, Date.now());
      new Int32Array(Object.values(bounds));
    });
    const restMs = medianMs(steps, (step) => {
      countIncidents(columns, boundsOf(filterAt(step), columns.categories, zone, Date.now()));
    });
    const peakMs = medianMs(3, (step) => {
      findPeak(columns, boundsOf(filterAt(step), columns.categories, zone, Date.now()), 200);
    });
    const rebuiltMs = medianMs(3, (step) => {
      const from = (filterAt(step).time as { from: string }).from;
      const shown = parsed.filter(({ at, source }) => at >= from && incidentSources.includes(source as 'citizen'));
      const positions = new Float64Array(3 * shown.length);
      const colors = new Uint8Array(4 * shown.length);
      shown.forEach(({ lngLat }, i) => {
        positions[3 * i] = lngLat[0];
        positions[3 * i + 1] = lngLat[1];
        colors[4 * i] = 150;
      });
    });
    const bytesEach = bytes / count;
    const what = `${count.toLocaleString('en')} incidents`;
    return [
      {
        id: 'R8',
        what: `${what} as columns, brotli, each`,
        value: bytesEach,
        unit: 'B',
        peer: 'JSON, gzip',
        ratio: jsonBytes / bytes,
        aim: '≤ 13 bytes',
        met: bytesEach <= 13,
      },
      { id: 'R8', what: `${what} from the database to the last byte`, value: servedMs / 1000, unit: 's' },
      {
        id: 'R8',
        what: `server memory while ${what} are sent, above before`,
        value: (mostMemory - memoryBefore) / 1e6,
        unit: 'MB',
      },
      {
        id: 'R8',
        what: `${what} from bytes to what the graphics card takes (${(columns.rows.BYTES_PER_ELEMENT * rowIntegers).toString()} bytes each)`,
        value: decodeMs,
        unit: 'ms',
        peer: 'JSON.parse of the same',
        ratio: jsonMs / decodeMs,
      },
      {
        id: 'R8',
        what: 'one step of the time slider, main thread up to the draw call, no request',
        value: stepMs,
        unit: 'ms',
        peer: 'JSON rows filtered and packed again',
        ratio: rebuiltMs / stepMs,
        aim: '≥ 10 ×',
        met: rebuiltMs / stepMs >= 10,
      },
      {
        id: 'R8',
        what: 'counts of every choice, once the hand rests',
        value: restMs,
        unit: 'ms',
        peer: 'JSON rows filtered and packed again',
        ratio: rebuiltMs / restMs,
      },
      { id: 'R8', what: 'the heatmap’s legend, once the hand rests', value: peakMs, unit: 'ms' },
    ];
  } finally {
    await database.close();
  }
};
