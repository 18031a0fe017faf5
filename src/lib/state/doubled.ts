/** The column with room for as many again. */
export function doubled<T extends Uint32Array | Uint8Array | Float64Array | Float32Array>(column: T): T {
  const bigger = new (column.constructor as new (length: number) => T)(column.length * 2);
  bigger.set(column);
  return bigger;
}
