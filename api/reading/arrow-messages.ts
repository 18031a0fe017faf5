import { Builder, type Offset } from 'flatbuffers';

// Messages of the Arrow IPC stream for columns of integers and one of texts, so that neither server nor browser carries
// the whole of apache-arrow (11 MB installed; the tests read what this writes with it).
// Source: https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format, Message.fbs and Schema.fbs there.

const metadataV5 = 4;
const header = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const;
const type = { int: 2, utf8: 5 } as const;
const dictionaryId = 0n;

/** A column: its width in bits, and what it holds. */
export interface ColumnType {
  name: string;
  bits: 8 | 16 | 32;
  isSigned: boolean;
  /** Values are indices into the dictionary of texts. */
  isDictionary?: boolean;
}

/** Values without a validity bitmap: no column here has nulls. */
export type ColumnValues = Int32Array | Uint32Array | Uint16Array | Int16Array | Uint8Array;

const align = (bytes: number): number => (bytes + 7) & ~7;

function table(builder: Builder, fields: number, add: () => void): Offset {
  builder.startObject(fields);
  add();
  return builder.endObject();
}

function vectorOf(builder: Builder, offsets: readonly Offset[]): Offset {
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) builder.addOffset(offset);
  return builder.endVector();
}

const intType = (builder: Builder, bits: number, isSigned: boolean): Offset =>
  table(builder, 2, () => {
    builder.addFieldInt32(0, bits, 0);
    builder.addFieldInt8(1, Number(isSigned), 0);
  });

function field(builder: Builder, { name, bits, isSigned, isDictionary }: ColumnType): Offset {
  const nameOffset = builder.createString(name);
  const children = vectorOf(builder, []);
  const index = intType(builder, bits, isSigned);
  const valueType = isDictionary ? table(builder, 0, () => {}) : index;
  const dictionary = isDictionary
    ? table(builder, 4, () => {
        builder.addFieldInt64(0, dictionaryId, -1n);
        builder.addFieldOffset(1, index, 0);
      })
    : 0;
  return table(builder, 7, () => {
    builder.addFieldOffset(0, nameOffset, 0);
    builder.addFieldInt8(1, 0, 1);
    builder.addFieldInt8(2, isDictionary ? type.utf8 : type.int, 0);
    builder.addFieldOffset(3, valueType, 0);
    builder.addFieldOffset(4, dictionary, 0);
    builder.addFieldOffset(5, children, 0);
  });
}

/** The first message: names and types, and metadata of the whole stream. */
export function schemaMessage(columns: readonly ColumnType[], metadata: Readonly<Record<string, string>>): Buffer {
  const builder = new Builder(1024);
  const fields = vectorOf(
    builder,
    columns.map((column) => field(builder, column)),
  );
  const pairs = vectorOf(
    builder,
    Object.entries(metadata).map(([key, value]) => {
      const [keyOffset, valueOffset] = [builder.createString(key), builder.createString(value)];
      return table(builder, 2, () => {
        builder.addFieldOffset(0, keyOffset, 0);
        builder.addFieldOffset(1, valueOffset, 0);
      });
    }),
  );
  const schema = table(builder, 4, () => {
    builder.addFieldOffset(1, fields, 0);
    builder.addFieldOffset(2, pairs, 0);
  });
  return message(builder, header.schema, schema, []);
}

/** Texts of the dictionary; `isDelta`: these come after those that were sent. */
export function dictionaryMessage(texts: readonly string[], isDelta: boolean): Buffer {
  const encoded = texts.map((text) => Buffer.from(text, 'utf8'));
  const offsets = new Int32Array(texts.length + 1);
  encoded.forEach((bytes, index) => (offsets[index + 1] = offsets[index]! + bytes.length));
  const body = [new Uint8Array(offsets.buffer), Buffer.concat(encoded)];
  const builder = new Builder(256);
  const batch = recordBatch(builder, texts.length, 1, [new Uint8Array(0), ...body]);
  const dictionary = table(builder, 3, () => {
    builder.addFieldInt64(0, dictionaryId, -1n);
    builder.addFieldOffset(1, batch, 0);
    builder.addFieldInt8(2, Number(isDelta), 0);
  });
  return message(builder, header.dictionaryBatch, dictionary, body);
}

/** Rows, a column after the other, in the order of the schema; all of one length. */
export function recordBatchMessage(columns: readonly ColumnValues[]): Buffer {
  const body = columns.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  const builder = new Builder(1024);
  const none = new Uint8Array(0);
  const batch = recordBatch(
    builder,
    columns[0]?.length ?? 0,
    columns.length,
    body.flatMap((bytes) => [none, bytes]),
  );
  return message(builder, header.recordBatch, batch, body);
}

/** The end of the stream. */
export const endOfStream = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

function recordBatch(builder: Builder, length: number, nodes: number, buffers: readonly Uint8Array[]): Offset {
  // Structs of a vector are written backwards: the last first, and of each its last field first.
  builder.startVector(16, buffers.length, 8);
  let end = buffers.reduce((sum, { length: bytes }) => sum + align(bytes), 0);
  for (const { length: bytes } of buffers.toReversed()) {
    end -= align(bytes);
    builder.prep(8, 16);
    builder.writeInt64(BigInt(bytes));
    builder.writeInt64(BigInt(end));
  }
  const bufferOffsets = builder.endVector();
  builder.startVector(16, nodes, 8);
  for (let node = 0; node < nodes; node++) {
    builder.prep(8, 16);
    builder.writeInt64(0n);
    builder.writeInt64(BigInt(length));
  }
  const nodeOffsets = builder.endVector();
  return table(builder, 5, () => {
    builder.addFieldInt64(0, BigInt(length), 0n);
    builder.addFieldOffset(1, nodeOffsets, 0);
    builder.addFieldOffset(2, bufferOffsets, 0);
  });
}

/** Continuation mark, length of the metadata, metadata, then the body, everything on a multiple of 8 bytes. */
function message(builder: Builder, headerType: number, headerOffset: Offset, body: readonly Uint8Array[]): Buffer {
  const bodyBytes = body.reduce((sum, { length }) => sum + align(length), 0);
  const root = table(builder, 5, () => {
    builder.addFieldInt16(0, metadataV5, 0);
    builder.addFieldInt8(1, headerType, 0);
    builder.addFieldOffset(2, headerOffset, 0);
    builder.addFieldInt64(3, BigInt(bodyBytes), 0n);
  });
  builder.finish(root);
  const metadata = builder.asUint8Array();
  const metadataBytes = align(metadata.length + 8) - 8;
  const out = Buffer.alloc(8 + metadataBytes + bodyBytes);
  out.writeInt32LE(-1, 0);
  out.writeInt32LE(metadataBytes, 4);
  out.set(metadata, 8);
  let at = 8 + metadataBytes;
  for (const bytes of body) {
    out.set(bytes, at);
    at += align(bytes.length);
  }
  return out;
}
