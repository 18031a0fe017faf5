// Arrays of PostgreSQL in its binary format (postgresql.org/docs/current/arrays.html has the text one; the binary one is
// array_send/array_recv in src/backend/utils/adt/arrayfuncs.c): dimensions, has-null flag, element type, length, lower
// bound, then each element as length and bytes, length -1 for NULL. pg sends a Buffer parameter as binary; as text the
// same arrays cost several times as much to write here and to read there.

const headerBytes = 20;
const oids = { int2: 21, int4: 23, float4: 700, float8: 701, timestamptz: 1184 } as const;
const sizes = { int2: 2, int4: 4, float4: 4, float8: 8, timestamptz: 8 } as const;

export type ColumnType = keyof typeof oids;

/** 2000-01-01, where PostgreSQL counts its microseconds from. */
const postgresEpochMs = 946_684_800_000;

/**
 * A one-dimensional array parameter.
 * @param read the element at an index; NaN becomes NULL. `timestamptz` takes milliseconds since 1970.
 */
export function encodeColumn(type: ColumnType, count: number, read: (index: number) => number): Buffer {
  const size = sizes[type];
  const buffer = Buffer.allocUnsafe(headerBytes + count * (4 + size));
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  view.setInt32(0, count === 0 ? 0 : 1);
  view.setInt32(4, 1);
  view.setInt32(8, oids[type]);
  if (count === 0) return buffer.subarray(0, 12);
  view.setInt32(12, count);
  view.setInt32(16, 1);
  let at = headerBytes;
  for (let index = 0; index < count; index++) {
    const value = read(index);
    if (value !== value) {
      view.setInt32(at, -1);
      at += 4;
      continue;
    }
    view.setInt32(at, size);
    at += 4;
    if (type === 'float8') view.setFloat64(at, value);
    else if (type === 'float4') view.setFloat32(at, value);
    else if (type === 'int4') view.setInt32(at, value);
    else if (type === 'int2') view.setInt16(at, value);
    else writeTimestamp(view, at, value);
    at += size;
  }
  return buffer.subarray(0, at);
}

function writeTimestamp(view: DataView, at: number, ms: number): void {
  const microseconds = Math.round((ms - postgresEpochMs) * 1000);
  view.setInt32(at, Math.floor(microseconds / 4_294_967_296));
  view.setUint32(at + 4, microseconds >>> 0);
}
