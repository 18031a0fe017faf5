// The binary message of one tick, little-endian, every part a multiple of 4 bytes so that columns are views on it.
//
//   preamble  u8 'S' · u8 'D' · u8 version · u8 0 · u32 epoch · u32 tick · f64 server time, ms since 1970
//   frames    one a cell that has something to say:
//             u32 kind (1 snapshot, 2 delta) · u32 cell · u32 units · u32 entered · u32 removed
//             u32[units] unit numbers · u32[removed] unit numbers · u16[2 × units] x, y in steps from the cell's south-west
//             u16[units] age codes · u8[units] heading codes · u8[entered] kinds of the first `entered` units · zeros up to 4
//   trailer   u32 kind (3; 7 resets) · u32 base tick · u16 west · u16 south · u16 east · u16 north · u32 frames
//
// A unit that moves costs 11 bytes. Its kind is sent once, when it enters a cell.
import { isInRange, southOf, stepDeg, westOf, type CellRange } from './frame-cells.ts';

export const frameVersion = 1;
export const preambleBytes = 20;
export const frameHeaderBytes = 20;
export const trailerBytes = 20;
export const kindSnapshot = 1;
export const kindDelta = 2;
export const kindTrailer = 3;
/** Set in a trailer's kind: what was held before this message is to be forgotten. */
export const resetBit = 4;

/** What one cell has to say in one tick. All arrays are views on the message: copy what must outlive it. */
export interface CellFrame {
  /** A snapshot holds all units of the cell; a delta those that reported, entered or left since the tick before. */
  kind: 'snapshot' | 'delta';
  cell: number;
  unitNumbers: Uint32Array;
  /** x, y of each unit in steps of `stepDeg` from `westOf(cell)`, `southOf(cell)`: a vertex buffer of format uint16x2. */
  positions: Uint16Array;
  ages: Uint16Array;
  headings: Uint8Array;
  /** Kinds, as index into `unitKinds`, of the first `kinds.length` units: those that entered the cell. All in a snapshot. */
  kinds: Uint8Array;
  /** Units that left this cell: for another one, off duty, or deleted. Ignore those seen in another cell since. */
  removed: Uint32Array;
}

/** One whole tick for one viewer: arrives in one message, so that a unit that changes cells is never seen in none or both. */
export interface LiveTick {
  /** Changes with each start of the server; ticks of different epochs have nothing to do with each other. */
  epoch: number;
  tick: number;
  /** The tick this one builds on: `tick - 1`, or `tick` itself when the view changed between two ticks. */
  baseTick: number;
  /** Forget what was held: the frames are snapshots of all cells that have units. */
  isReset: boolean;
  serverTimeMs: number;
  /** The cells held from now on; forget the units of all others. */
  range: CellRange;
  frames: CellFrame[];
}

/** A message that is not a whole tick of this version. */
export class LiveFrameError extends Error {
  override name = 'LiveFrameError';
}

/**
 * Reads one message without copying; the arrays are views on `buffer`.
 * @throws {LiveFrameError} when it is cut short, of another version or malformed.
 */
export function decodeTick(buffer: ArrayBuffer): LiveTick {
  const view = new DataView(buffer);
  const length = buffer.byteLength;
  if (length < preambleBytes + trailerBytes || length % 4 !== 0)
    throw new LiveFrameError(`a live message of ${length} bytes; expected a multiple of 4, at least 40`);
  if (view.getUint16(0) !== 0x5344) throw new LiveFrameError('not a live message: it does not start with SD');
  if (view.getUint8(2) !== frameVersion)
    throw new LiveFrameError(`a live message of version ${view.getUint8(2)}; expected ${frameVersion}`);

  const trailer = length - trailerBytes;
  const trailerKind = view.getUint32(trailer, true);
  if ((trailerKind & ~resetBit) !== kindTrailer) throw new LiveFrameError('a live message without its trailer');
  const range = {
    west: view.getUint16(trailer + 8, true),
    south: view.getUint16(trailer + 10, true),
    east: view.getUint16(trailer + 12, true),
    north: view.getUint16(trailer + 14, true),
  };
  const frames: CellFrame[] = [];
  let offset = preambleBytes;
  while (offset < trailer) {
    const frame = decodeFrame(buffer, view, offset, trailer);
    if (!isInRange(range, frame.cell)) throw new LiveFrameError(`cell ${frame.cell} is not one of the trailer's`);
    frames.push(frame);
    offset += frameBytes(frame.unitNumbers.length, frame.kinds.length, frame.removed.length);
  }
  const named = view.getUint32(trailer + 16, true);
  if (named !== frames.length) throw new LiveFrameError(`${frames.length} frames; the trailer names ${named}`);
  return {
    epoch: view.getUint32(4, true),
    tick: view.getUint32(8, true),
    baseTick: view.getUint32(trailer + 4, true),
    isReset: (trailerKind & resetBit) !== 0,
    serverTimeMs: view.getFloat64(12, true),
    range,
    frames,
  };
}

function decodeFrame(buffer: ArrayBuffer, view: DataView, start: number, end: number): CellFrame {
  if (start + frameHeaderBytes > end) throw new LiveFrameError('a frame cut short in its header');
  const kind = view.getUint32(start, true);
  if (kind !== kindSnapshot && kind !== kindDelta) throw new LiveFrameError(`a frame of kind ${kind}; expected 1 or 2`);
  const units = view.getUint32(start + 8, true);
  const entered = view.getUint32(start + 12, true);
  const removed = view.getUint32(start + 16, true);
  // Bounded one by one first: the sum of three made-up counts does not fit the 32 bits it is rounded in.
  const room = end - start;
  if (entered > units || units > room || removed > room || frameBytes(units, entered, removed) > room)
    throw new LiveFrameError(`a frame of ${units} units, ${entered} entered, ${removed} removed is cut short`);
  let offset = start + frameHeaderBytes;
  const unitNumbers = new Uint32Array(buffer, offset, units);
  const removedNumbers = new Uint32Array(buffer, (offset += units * 4), removed);
  const positions = new Uint16Array(buffer, (offset += removed * 4), units * 2);
  const ages = new Uint16Array(buffer, (offset += units * 4), units);
  const headings = new Uint8Array(buffer, (offset += units * 2), units);
  const kinds = new Uint8Array(buffer, offset + units, entered);
  return {
    kind: kind === kindSnapshot ? 'snapshot' : 'delta',
    cell: view.getUint32(start + 4, true),
    unitNumbers,
    positions,
    ages,
    headings,
    kinds,
    removed: removedNumbers,
  };
}

/** Bytes of a cell's frame, its header and padding included. */
export const frameBytes = (units: number, entered: number, removed: number): number =>
  (frameHeaderBytes + 11 * units + entered + 4 * removed + 3) & ~3;

/**
 * Writes lng, lat of each unit of a frame into `target` from element `offset` on, in degrees.
 * The half step puts a position in the middle of what was rounded to it: at most 1.7 cm off.
 */
export function writeLngLats(frame: CellFrame, target: Float64Array | Float32Array, offset = 0): void {
  const { positions } = frame;
  const west = westOf(frame.cell) + stepDeg / 2;
  const south = southOf(frame.cell) + stepDeg / 2;
  for (let index = 0; index < positions.length; index += 2) {
    target[offset + index] = west + positions[index]! * stepDeg;
    target[offset + index + 1] = south + positions[index + 1]! * stepDeg;
  }
}
