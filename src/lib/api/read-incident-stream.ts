import type { IncidentBatch } from '$lib/state/incident-columns.ts';

// Reads the Arrow IPC stream of incident columns and no other schema: apache-arrow would add 40 kB to what a browser
// fetches. Tested against what apache-arrow writes.
// Source: https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format, Message.fbs and Schema.fbs there.

const header = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const;
const columnNames = ['number', 'lng', 'lat', 'time', 'category', 'source'];

export interface StreamVerbs {
  /** The metadata of the schema, first. */
  begun(metadata: ReadonlyMap<string, string>): void;
  /** The arrays are views into what was received and may be kept. */
  batch(batch: IncidentBatch): void;
}

export class IncidentStreamError extends Error {
  override name = 'IncidentStreamError';
}

/**
 * Reads to the end, telling each batch as it comes.
 * @throws {IncidentStreamError} when it ends early or holds other columns than these
 */
export async function readIncidentStream(stream: ReadableStream<Uint8Array>, verbs: StreamVerbs): Promise<void> {
  const pull = createPuller(stream.getReader());
  const names: string[] = [];
  for (;;) {
    const prefix = view(await pull(8));
    if (prefix.getInt32(0, true) !== -1) throw new IncidentStreamError('no continuation mark');
    const metadataBytes = prefix.getInt32(4, true);
    if (metadataBytes === 0) return;
    const message = readRoot(view(await pull(metadataBytes)));
    const body = await pull(message.long(3));
    const told = message.table(2);
    switch (message.byte(1)) {
      case header.schema:
        checkColumns(told);
        verbs.begun(metadataOf(told));
        break;
      case header.dictionaryBatch:
        // A dictionary that is no delta replaces the one before.
        if (told.byte(2) === 0) names.length = 0;
        names.push(...textsOf(told.table(1), body));
        break;
      case header.recordBatch:
        verbs.batch({ ...columnsOf(told, body), names: [...names] });
        break;
      default:
        throw new IncidentStreamError(`a message of kind ${message.byte(1)}`);
    }
  }
}

/** Gives exactly so many bytes, in memory of their own that begins on a multiple of 8. */
function createPuller(reader: ReadableStreamDefaultReader<Uint8Array>): (bytes: number) => Promise<Uint8Array> {
  let rest = new Uint8Array(0);
  return async (bytes) => {
    const out = new Uint8Array(bytes);
    for (let filled = 0; filled < bytes;) {
      if (rest.length === 0) {
        const { done, value } = await reader.read();
        if (done) throw new IncidentStreamError('it ended early');
        rest = value as Uint8Array<ArrayBuffer>;
      }
      const taken = rest.subarray(0, bytes - filled);
      out.set(taken, filled);
      filled += taken.length;
      rest = rest.subarray(taken.length);
    }
    return out;
  };
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A FlatBuffers table: fields by their place in the schema, absent ones as their default. */
class FlatTable {
  readonly #view: DataView;
  readonly #at: number;

  constructor(bytes: DataView, at: number) {
    this.#view = bytes;
    this.#at = at;
  }

  byte(field: number): number {
    const at = this.#find(field);
    return at === 0 ? 0 : this.#view.getUint8(at);
  }

  long(field: number): number {
    const at = this.#find(field);
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  table(field: number): FlatTable {
    const at = this.#find(field);
    if (at === 0) throw new IncidentStreamError(`field ${field} is missing`);
    return new FlatTable(this.#view, at + this.#view.getInt32(at, true));
  }

  text(field: number): string {
    const at = this.#find(field);
    if (at === 0) return '';
    const start = at + this.#view.getInt32(at, true);
    const length = this.#view.getInt32(start, true);
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + start + 4, length));
  }

  tables(field: number): FlatTable[] {
    const { start, length } = this.#vector(field);
    return Array.from({ length }, (_, i) => {
      const at = start + 4 * i;
      return new FlatTable(this.#view, at + this.#view.getInt32(at, true));
    });
  }

  /** Structs of two longs: buffers (offset, length) and nodes (length, nulls). */
  pairs(field: number): [number, number][] {
    const { start, length } = this.#vector(field);
    const long = (at: number): number => Number(this.#view.getBigInt64(at, true));
    return Array.from({ length }, (_, i) => [long(start + 16 * i), long(start + 16 * i + 8)]);
  }

  #vector(field: number): { start: number; length: number } {
    const at = this.#find(field);
    if (at === 0) return { start: 0, length: 0 };
    const start = at + this.#view.getInt32(at, true);
    return { start: start + 4, length: this.#view.getInt32(start, true) };
  }

  #find(field: number): number {
    const fields = this.#at - this.#view.getInt32(this.#at, true);
    const slot = 4 + 2 * field;
    if (slot >= this.#view.getUint16(fields, true)) return 0;
    const offset = this.#view.getUint16(fields + slot, true);
    return offset === 0 ? 0 : this.#at + offset;
  }
}

const readRoot = (bytes: DataView): FlatTable => new FlatTable(bytes, bytes.getInt32(0, true));

function checkColumns(schema: FlatTable): void {
  const found = schema.tables(1).map((field) => field.text(0));
  if (found.join() !== columnNames.join()) throw new IncidentStreamError(`columns ${found.join(', ')}`);
}

const metadataOf = (schema: FlatTable): Map<string, string> =>
  new Map(schema.tables(2).map((pair) => [pair.text(0), pair.text(1)]));

function textsOf(batch: FlatTable, body: Uint8Array): string[] {
  const [, offsets, bytes] = batch.pairs(2);
  const count = batch.long(0);
  if (!offsets || !bytes) throw new IncidentStreamError('a dictionary without texts');
  const ends = new Int32Array(body.buffer, body.byteOffset + offsets[0], count + 1);
  const decoder = new TextDecoder();
  return Array.from({ length: count }, (_, i) =>
    decoder.decode(body.subarray(bytes[0] + ends[i]!, bytes[0] + ends[i + 1]!)),
  );
}

function columnsOf(batch: FlatTable, body: Uint8Array): Omit<IncidentBatch, 'names'> {
  const count = batch.long(0);
  const buffers = batch.pairs(2);
  // A validity bitmap and values for each column; nothing here is ever null.
  const at = (column: number): number => {
    const buffer = buffers[2 * column + 1];
    if (!buffer) throw new IncidentStreamError(`no column ${columnNames[column]}`);
    return body.byteOffset + buffer[0];
  };
  return {
    numbers: new Uint32Array(body.buffer, at(0), count),
    lngs: new Int32Array(body.buffer, at(1), count),
    lats: new Int32Array(body.buffer, at(2), count),
    minutes: new Int32Array(body.buffer, at(3), count),
    categories: new Uint8Array(body.buffer, at(4), count),
    sources: new Uint8Array(body.buffer, at(5), count),
  };
}
