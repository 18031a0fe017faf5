import { tableFromIPC } from 'apache-arrow';
import { expect, test } from 'vitest';
import { packedRowBytes, type PackedIncidents } from '../../../api/incidents/reading-queries.ts';
import { writeColumns } from '../../../api/incidents/write-columns.ts';
import { compressStream } from '../../../api/reading/compress-stream.ts';
import { readIncidentStream } from '../../../src/lib/api/read-incident-stream.ts';
import type { IncidentBatch } from '../../../src/lib/state/incident-columns.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';

interface Row {
  number: number;
  lng: number;
  lat: number;
  time: number;
  category: string;
  source: number;
}

/** As the database packs them. */
function pack(rows: readonly Row[]): PackedIncidents {
  const categories = [...new Set(rows.map(({ category }) => category))].sort();
  const packed = Buffer.alloc(packedRowBytes * rows.length);
  rows.forEach(({ number, lng, lat, time, category, source }, i) => {
    const at = packedRowBytes * i;
    packed.writeUInt32BE(number, at);
    packed.writeInt32BE(lng, at + 4);
    packed.writeInt32BE(lat, at + 8);
    packed.writeInt32BE(time, at + 12);
    packed.writeUInt16BE(4 * categories.indexOf(category) + source, at + 16);
  });
  return { count: rows.length, categories, packed: rows.length === 0 ? null : packed };
}

async function* batchesOf(...batches: (readonly Row[])[]): AsyncGenerator<PackedIncidents> {
  for (const rows of batches) yield pack(rows);
}

const row = (number: number, category = 'theft', more: Partial<Row> = {}): Row => ({
  number,
  lng: 11_793_000 + (number % 1000),
  lat: -2_963_000,
  time: (number % 1000) - 5,
  category,
  source: number % 3,
  ...more,
});
const batches = [
  [row(1), row(2, 'fight'), row(7, '噪音扰民')],
  [row(8, 'theft'), row(4_000_000_000, 'fraud', { lng: -18_000_000 })],
  [row(4_000_000_001, '噪音扰民')],
];

async function bytesOf(...rows: (readonly Row[])[]): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of writeColumns(batchesOf(...rows), { rewrites: '3' })) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

/** In pieces of a size that fits nothing. */
const inPieces = (bytes: Uint8Array, size: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });

function rowsOf({ numbers, lngs, lats, minutes, categories, sources, names }: IncidentBatch): Row[] {
  return Array.from(numbers, (number, i) => ({
    number,
    lng: lngs[i]!,
    lat: lats[i]!,
    time: minutes[i]!,
    category: names[categories[i]!]!,
    source: sources[i]!,
  }));
}

test('what is written is what apache-arrow reads, with a dictionary that grows', async () => {
  const table = tableFromIPC(await bytesOf(...batches));
  expect(table.batches).toHaveLength(3);
  expect(table.schema.metadata.get('rewrites')).toBe('3');
  expect(table.toArray().map((read) => read!.toJSON())).toEqual(batches.flat());
});

test('what the browser reads is the same, however it is cut into pieces', async () => {
  const bytes = await bytesOf(...batches);
  for (const size of [1, 7, 64, 100_000]) {
    const read: Row[] = [];
    let rewrites: string | undefined;
    await readIncidentStream(inPieces(bytes, size), {
      begun: (metadata) => (rewrites = metadata.get('rewrites')),
      batch: (batch) => read.push(...rowsOf(batch)),
    });
    expect(rewrites).toBe('3');
    expect(read).toEqual(batches.flat());
  }
});

test('a stream without rows is whole', async () => {
  const bytes = await bytesOf([]);
  expect(tableFromIPC(bytes).numRows).toBe(0);
  let batchCount = 0;
  await readIncidentStream(inPieces(bytes, 50), { begun: () => {}, batch: () => batchCount++ });
  expect(batchCount).toBe(0);
});

test('a stream that is cut off is told from one that ended', async () => {
  const bytes = await bytesOf(...batches);
  const read = (part: Uint8Array) => readIncidentStream(inPieces(part, 100), { begun() {}, batch() {} });
  await expect(read(bytes.slice(0, -8))).rejects.toThrow('ended early');
  await expect(read(bytes.slice(0, 200))).rejects.toThrow('ended early');
  await expect(read(new TextEncoder().encode('{"type":"/problems/not-found"}  '))).rejects.toThrow('continuation');
});

test('a million incidents stream in at most 13 bytes each, a few batches at a time', async () => {
  const random = seededRandom(7);
  const perBatch = 16_384;
  const count = 1_000_000;
  let made = 0;
  let mostAhead = 0;
  let readRows = 0;
  // Without an object a row: what is measured is the stream.
  async function* many(): AsyncGenerator<PackedIncidents> {
    for (let first = 1; first <= count; first += perBatch) {
      const rows = Math.min(perBatch, count - first + 1);
      const packed = Buffer.allocUnsafe(packedRowBytes * rows);
      for (let i = 0, at = 0; i < rows; i++, at += packedRowBytes) {
        packed.writeUInt32BE(first + i, at);
        packed.writeInt32BE(11_790_000 + Math.floor(random() * 6000), at + 4);
        packed.writeInt32BE(2_960_000 + Math.floor(random() * 5000), at + 8);
        packed.writeInt32BE(2_000_000 + Math.floor((first + i) * 1.5 + random() * 600), at + 12);
        const source = random() < 0.7 ? 0 : Math.floor(random() * 3);
        packed.writeUInt16BE(4 * Math.floor(random() ** 2 * 15) + source, at + 16);
      }
      made += rows;
      mostAhead = Math.max(mostAhead, made - readRows);
      yield { count: rows, categories: Array.from({ length: 15 }, (_, i) => `category ${i}`), packed };
    }
  }
  const packed = compressStream(writeColumns(many(), {}), 'br') as ReadableStream<Uint8Array>;
  let bytes = 0;
  const { createBrotliDecompress } = await import('node:zlib');
  const { Readable } = await import('node:stream');
  const counted = packed.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        controller.enqueue(chunk);
      },
    }),
  );
  const plain = Readable.toWeb(Readable.fromWeb(counted as never).pipe(createBrotliDecompress()));
  let sum = 0;
  await readIncidentStream(plain as ReadableStream<Uint8Array>, {
    begun() {},
    batch({ numbers }) {
      readRows += numbers.length;
      sum += numbers.at(-1)!;
    },
  });
  expect(readRows).toBe(count);
  expect(sum).toBeGreaterThan(count);
  expect(bytes / count).toBeLessThan(13);
  // The compressor holds a window of 4 MB, which is fourteen batches.
  expect(mostAhead / perBatch).toBeLessThan(24);
}, 120_000);
