import { maxColumnCategories } from './contract.ts';
import {
  dictionaryMessage,
  endOfStream,
  recordBatchMessage,
  schemaMessage,
  type ColumnType,
} from '../reading/arrow-messages.ts';
import { packedRowBytes, type PackedIncidents } from './reading-queries.ts';

const columns: readonly ColumnType[] = [
  { name: 'number', bits: 32, isSigned: false },
  { name: 'lng', bits: 32, isSigned: true },
  { name: 'lat', bits: 32, isSigned: true },
  { name: 'time', bits: 32, isSigned: true },
  { name: 'category', bits: 8, isSigned: false, isDictionary: true },
  { name: 'source', bits: 8, isSigned: false },
];

/**
 * Incidents as an Arrow IPC stream, a record batch for each that comes; a category is written into the dictionary
 * before the first batch that names it. Holds one batch at a time.
 */
export async function* writeColumns(
  batches: AsyncIterable<PackedIncidents>,
  metadata: Readonly<Record<string, string>>,
): AsyncGenerator<Buffer> {
  yield schemaMessage(columns, metadata);
  const codes = new Map<string, number>();
  let hasDictionary = false;
  for await (const { count, categories, packed } of batches) {
    if (!packed || count === 0) continue;
    const fresh = addCategories(codes, categories);
    if (fresh.length > 0 || !hasDictionary) yield dictionaryMessage(fresh, hasDictionary);
    hasDictionary = true;
    yield unpack(
      packed,
      count,
      categories.map((category) => codes.get(category)!),
    );
  }
  if (!hasDictionary) yield dictionaryMessage([], false);
  yield endOfStream;
}

/** Gives each new category a code. @returns the entries that the dictionary lacks, in the order of their codes */
function addCategories(codes: Map<string, number>, categories: readonly string[]): string[] {
  const last = maxColumnCategories - 1;
  const fresh: string[] = [];
  for (const category of categories) {
    if (codes.has(category)) continue;
    const code = Math.min(codes.size, last);
    if (codes.size < last) fresh.push(category);
    else if (codes.size === last) fresh.push('');
    codes.set(category, code);
  }
  return fresh;
}

function unpack(packed: Buffer, count: number, codes: readonly number[]): Buffer {
  const numbers = new Uint32Array(count);
  const [lngs, lats, minutes] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  const [categories, sources] = [new Uint8Array(count), new Uint8Array(count)];
  for (let row = 0, at = 0; row < count; row++, at += packedRowBytes) {
    numbers[row] = packed.readUInt32BE(at);
    lngs[row] = packed.readInt32BE(at + 4);
    lats[row] = packed.readInt32BE(at + 8);
    minutes[row] = packed.readInt32BE(at + 12);
    const kind = packed.readUInt16BE(at + 16);
    categories[row] = codes[kind >> 2]!;
    sources[row] = kind & 3;
  }
  return recordBatchMessage([numbers, lngs, lats, minutes, categories, sources]);
}
