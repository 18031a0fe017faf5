import {
  endOfStream,
  recordBatchMessage,
  schemaMessage,
  type ColumnType,
  type ColumnValues,
} from '../reading/arrow-messages.ts';
import type { TrackedUnit } from './contract.ts';
import { packedFixBytes } from './queries.ts';
import type { PackedPart } from './read-parts.ts';

type Bits = ColumnType['bits'];

const columns = (unitBits: Bits): ColumnType[] => [
  { name: 'unit', bits: unitBits, isSigned: false },
  { name: 'lng', bits: 32, isSigned: true },
  { name: 'lat', bits: 32, isSigned: true },
  { name: 'time', bits: 32, isSigned: false },
  { name: 'heading', bits: 16, isSigned: true },
  { name: 'speed', bits: 16, isSigned: true },
];

/** Fixes as an Arrow IPC stream, a record batch for each batch that comes; holds one at a time. */
export async function* writeTrackColumns(
  batches: AsyncIterable<readonly PackedPart[]>,
  units: readonly TrackedUnit[],
  metadata: Readonly<Record<string, string>>,
): AsyncGenerator<Buffer> {
  const highest = units.at(-1)?.number ?? 0;
  const unitBits: Bits = highest < 256 ? 8 : highest < 65_536 ? 16 : 32;
  yield schemaMessage(columns(unitBits), { ...metadata, units: JSON.stringify(units) });
  for await (const parts of batches) yield unpack(parts, unitBits);
  yield endOfStream;
}

function unpack(parts: readonly PackedPart[], unitBits: Bits): Buffer {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const units = new { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array }[unitBits](count);
  const [lngs, lats, times] = [new Int32Array(count), new Int32Array(count), new Uint32Array(count)];
  const [headings, speeds] = [new Int16Array(count), new Int16Array(count)];
  let row = 0;
  for (const { unitNumber, count: rows, packed } of parts) {
    units.fill(unitNumber, row, row + rows);
    for (let at = 0; at < packed.length; at += packedFixBytes, row++) {
      times[row] = packed.readInt32BE(at);
      lngs[row] = packed.readInt32BE(at + 4);
      lats[row] = packed.readInt32BE(at + 8);
      headings[row] = packed.readInt16BE(at + 12);
      speeds[row] = packed.readInt16BE(at + 14);
    }
  }
  const values: ColumnValues[] = [units, lngs, lats, times, headings, speeds];
  return recordBatchMessage(values);
}
