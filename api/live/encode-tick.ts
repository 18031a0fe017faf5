// Writes what frame.ts reads, each part with its WebSocket header in front. A tick is one message in fragments: the
// preamble opens it, a cell's frame continues it, the trailer ends it. So a cell is encoded once with its header, and
// every viewer's message is a mere concatenation.
import {
  frameBytes,
  frameHeaderBytes,
  frameVersion,
  kindDelta,
  kindSnapshot,
  kindTrailer,
  preambleBytes,
  resetBit,
  trailerBytes,
} from './frame.ts';
import type { CellRange } from './frame-cells.ts';
import { encodeAge, headingUnknown } from './frame-codes.ts';
import type { CellChange, StationUnits } from './station-units.ts';

// RFC 6455, 5.2: FIN bit and opcode.
const openFragment = 0x02;
const nextFragment = 0x00;
const lastFragment = 0x80;

export type LiveAudience = 'exact' | 'coarse';

/** Snaps a step to the middle of a quarter of the cell, about 550 m; keeps the unit in its cell. */
const coarseStep = (step: number): number => (step & 0xc000) | 0x2000;

export interface TickStamp {
  epoch: number;
  tick: number;
  timeMs: number;
}

export function encodePreamble({ epoch, tick, timeMs }: TickStamp): Buffer {
  const { buffer, start } = makeFragment(openFragment, preambleBytes);
  buffer.writeUInt16BE(0x5344, start);
  buffer[start + 2] = frameVersion;
  buffer[start + 3] = 0;
  buffer.writeUInt32LE(epoch, start + 4);
  buffer.writeUInt32LE(tick, start + 8);
  buffer.writeDoubleLE(timeMs, start + 12);
  return buffer;
}

export function encodeTrailer(baseTick: number, isReset: boolean, range: CellRange, frames: number): Buffer {
  const { buffer, start } = makeFragment(lastFragment, trailerBytes);
  buffer.writeUInt32LE(kindTrailer | (isReset ? resetBit : 0), start);
  buffer.writeUInt32LE(baseTick, start + 4);
  buffer.writeUInt16LE(range.west, start + 8);
  buffer.writeUInt16LE(range.south, start + 10);
  buffer.writeUInt16LE(range.east, start + 12);
  buffer.writeUInt16LE(range.north, start + 14);
  buffer.writeUInt32LE(frames, start + 16);
  return buffer;
}

export const encodeDelta = (
  units: StationUnits,
  cell: number,
  change: CellChange,
  timeMs: number,
  audience: LiveAudience,
): Buffer => encodeFrame(units, kindDelta, cell, change, timeMs, audience);

/** All units of a cell, as if they had just entered it. */
export const encodeSnapshot = (units: StationUnits, cell: number, timeMs: number, audience: LiveAudience): Buffer =>
  encodeFrame(units, kindSnapshot, cell, { entered: units.slotsIn(cell), moved: [], removed: [] }, timeMs, audience);

function encodeFrame(
  units: StationUnits,
  kind: number,
  cell: number,
  { entered, moved, removed }: CellChange,
  timeMs: number,
  audience: LiveAudience,
): Buffer {
  const count = entered.length + moved.length;
  const bytes = frameBytes(count, entered.length, removed.length);
  const { buffer, start } = makeFragment(nextFragment, bytes);
  const view = new DataView(buffer.buffer, buffer.byteOffset + start, bytes);
  view.setUint32(0, kind, true);
  view.setUint32(4, cell, true);
  view.setUint32(8, count, true);
  view.setUint32(12, entered.length, true);
  view.setUint32(16, removed.length, true);
  const removedAt = frameHeaderBytes + count * 4;
  const positionsAt = removedAt + removed.length * 4;
  const agesAt = positionsAt + count * 4;
  const headingsAt = agesAt + count * 2;
  const kindsAt = headingsAt + count;
  for (let index = 0; index < count; index++) {
    const slot = index < entered.length ? entered[index]! : moved[index - entered.length]!;
    const x = units.positions[slot * 2]!;
    const y = units.positions[slot * 2 + 1]!;
    view.setUint32(frameHeaderBytes + index * 4, units.numbers[slot]!, true);
    view.setUint16(positionsAt + index * 4, audience === 'exact' ? x : coarseStep(x), true);
    view.setUint16(positionsAt + index * 4 + 2, audience === 'exact' ? y : coarseStep(y), true);
    view.setUint16(agesAt + index * 2, encodeAge(timeMs - units.observedAtMs[slot]!), true);
    view.setUint8(headingsAt + index, audience === 'exact' ? units.headings[slot]! : headingUnknown);
  }
  for (let index = 0; index < entered.length; index++) view.setUint8(kindsAt + index, units.kinds[entered[index]!]!);
  for (let index = 0; index < removed.length; index++) view.setUint32(removedAt + index * 4, removed[index]!, true);
  for (let offset = kindsAt + entered.length; offset < bytes; offset++) view.setUint8(offset, 0);
  return buffer;
}

/** A fragment to fill from `start` on, its header written; lengths take the shortest form, as the RFC demands. */
function makeFragment(opcode: number, bytes: number): { buffer: Buffer; start: number } {
  const start = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10;
  const buffer = Buffer.allocUnsafe(start + bytes);
  buffer[0] = opcode;
  if (start === 2) buffer[1] = bytes;
  else if (start === 4) {
    buffer[1] = 126;
    buffer.writeUInt16BE(bytes, 2);
  } else {
    buffer[1] = 127;
    buffer.writeBigUInt64BE(BigInt(bytes), 2);
  }
  return { buffer, start };
}
