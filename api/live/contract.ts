// The live socket, `GET /api/live?station=<uuid>` upgraded to a WebSocket.
//
// Browser to server, text: first a view, then a view whenever it changes, and an echo of what `isEchoDue` names.
// Server to browser: one binary message a tick, also when nothing moved (see frame.ts), and text when base data changed.
// The first message after a view without resume is a reset. A message whose base is not the last tick seen is a gap:
// connect again without resume. What a viewer sends of its view is answered in whole cells, so only a view of other
// cells need be sent. Units that stay in a cell the viewer leaves are not removed one by one: the trailer's range says so.
import { z } from 'zod';
import { bboxTupleSchema } from '../positions/contract.ts';
import type { LiveTick } from './frame.ts';

export * from './frame-cells.ts';
export * from './frame-codes.ts';
export { decodeTick, LiveFrameError, writeLngLats, type CellFrame, type LiveTick } from './frame.ts';

const column = z.int().min(0).max(17_999);
const row = z.int().min(0).max(8_999);
const u32 = z.int().min(0).max(0xffff_ffff);

export const cellRangeSchema = z.strictObject({ west: column, south: row, east: column, north: row });

export const viewMessage = z.strictObject({
  type: z.literal('view'),
  /** West, south, east, north in degrees. */
  bbox: bboxTupleSchema,
  /** The last tick seen and the cells held then: within 30 ticks the answer is what was missed, else everything. */
  resume: z.strictObject({ epoch: u32, tick: u32, range: cellRangeSchema }).optional(),
});
export type ViewMessage = z.infer<typeof viewMessage>;

export const echoMessage = z.strictObject({ type: z.literal('echo'), tick: u32 });
export type EchoMessage = z.infer<typeof echoMessage>;

export const clientMessage = z.discriminatedUnion('type', [viewMessage, echoMessage]);

/** What is read by HTTP and told of here when it changed. */
export const changedNouns = [
  'units',
  'grids',
  'sentinels',
  'incidents',
  'dispatches',
  'alerts',
  'geofences',
  'views',
] as const;
export type ChangedNoun = (typeof changedNouns)[number];

export const changedMessage = z.strictObject({
  type: z.literal('changed'),
  noun: z.enum(changedNouns),
  stationId: z.uuid(),
});
export type ChangedMessage = z.infer<typeof changedMessage>;

/** Reading an echo costs the server as much as writing a tick, so every third tick is echoed. */
const echoEveryTicks = 3;

/** Whether a viewer owes an echo of this message: it says that all before it has come, too. */
export const isEchoDue = ({ tick, baseTick, isReset }: Pick<LiveTick, 'tick' | 'baseTick' | 'isReset'>): boolean =>
  isReset || baseTick === tick || tick % echoEveryTicks === 0;

/** How many ticks a viewer may be away and still be sent only what it missed. */
export const resumableTicks = 30;
