import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { clientMessage, isEchoDue, type ViewMessage } from './contract.ts';
import type { Feed } from './feed.ts';
import { cellRangeOf, intersectRanges, isSameRange, type CellRange } from './frame-cells.ts';

/** With more ticks than these unechoed, a viewer is sent none; bytes alone do not tell, because megabytes vanish into kernel buffers first. */
const maxUnechoedTicks = 3;
/** A second bound for a viewer that echoes what it has not read. */
const maxQueuedBytes = 1_000_000;
/** A view that changes more often than this is answered with the next tick. */
const viewAnswerMs = 100;

export interface NamedRange {
  range: CellRange;
  /** The same for equal ranges. */
  key: string;
}

export interface ViewerCounts {
  bytes: number;
  resets: number;
  resumed: number;
  skippedTicks: number;
}

/**
 * One viewer's socket. A queue never grows behind it: a viewer that does not keep up is sent nothing, and everything
 * anew once it has echoed what it was sent.
 */
export class LiveViewer {
  /** When the viewer was last heard of. */
  lastSeenMs: number;
  readonly openedMs: number;
  readonly feed: Feed;
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #epoch: number;
  readonly #counts: ViewerCounts;
  #range: CellRange | undefined;
  /** `#range` with its name, by which viewers of the same cells find together. */
  #named: NamedRange | undefined;
  /** The range whose cells the viewer has; undefined when it must be sent everything. */
  #held: CellRange | undefined;
  #sentTick = 0;
  #echoedTick = 0;
  /** The last tick sent of which the viewer owes an echo. */
  #dueTick = 0;
  #viewAnsweredMs = -Infinity;

  constructor(webSocket: WebSocket, socket: Duplex, feed: Feed, epoch: number, counts: ViewerCounts, nowMs: number) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.feed = feed;
    this.#epoch = epoch;
    this.#counts = counts;
    this.lastSeenMs = nowMs;
    this.openedMs = nowMs;
  }

  get hasView(): boolean {
    return this.#range !== undefined;
  }

  /**
   * The range for which this viewer takes the tick as everybody with that range does; undefined when it takes it
   * otherwise (`sendTick`).
   */
  get sharedRange(): NamedRange | undefined {
    return this.#held === this.#range && this.#hasRoom() ? this.#named : undefined;
  }

  /** Writes the tick's message that this viewer shares with others. */
  sendShared(message: Buffer): void {
    const { tick } = this.feed;
    this.#sentTick = tick;
    if (isEchoDue({ tick, baseTick: tick - 1, isReset: false })) this.#dueTick = tick;
    this.#write(message);
  }

  /** Sends the last tick to a viewer without `sharedRange`: with a change of view, as a reset, or not at all. */
  sendTick(): void {
    if (!this.#range) return;
    if (this.#held) {
      if (this.#hasRoom()) {
        this.sendShared(this.feed.deltaAndChange(this.#held, this.#range));
        this.#held = this.#range;
        return;
      }
      this.#held = undefined;
    }
    if (this.#echoedTick >= this.#dueTick && this.#socket.writableLength === 0) this.#sendReset();
    else this.#counts.skippedTicks++;
  }

  onMessage(content: Buffer, isBinary: boolean, nowMs: number): void {
    this.lastSeenMs = nowMs;
    if (isBinary) return this.#refuse('expected text');
    let json: unknown;
    try {
      json = JSON.parse(content.toString());
    } catch {
      return this.#refuse('expected JSON');
    }
    const message = clientMessage.safeParse(json);
    if (!message.success) {
      const issue = message.error.issues[0];
      return this.#refuse(`${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'not understood'}`);
    }
    if (message.data.type === 'echo') this.onEcho(message.data.tick, nowMs);
    else this.#onView(message.data, nowMs);
  }

  onEcho(tick: number, nowMs: number): void {
    this.lastSeenMs = nowMs;
    if (tick > this.#sentTick) return this.#refuse(`echo of tick ${tick}, which was not sent yet`);
    if (tick > this.#echoedTick) this.#echoedTick = tick;
  }

  #onView({ bbox, resume }: ViewMessage, nowMs: number): void {
    const isFirst = !this.#range;
    const range = cellRangeOf(bbox);
    if (isFirst || !isSameRange(range, this.#range!)) {
      this.#range = range;
      this.#named = { range, key: `${range.west} ${range.south} ${range.east} ${range.north}` };
    }
    if (isFirst && resume && resume.epoch === this.#epoch && this.#sendMissed(resume.tick, resume.range, range)) return;
    if (isFirst) return this.#sendReset();
    // Otherwise the next tick that is sent brings the change.
    const isQuiet = this.#socket.writableLength === 0 && nowMs - this.#viewAnsweredMs >= viewAnswerMs;
    if (this.#held && this.#held !== this.#range && isQuiet && this.#sentTick === this.feed.tick) {
      this.#viewAnsweredMs = nowMs;
      this.#write(this.feed.change(this.#held, this.#range!));
      this.#held = this.#range;
    }
  }

  #sendMissed(tick: number, held: CellRange, range: CellRange): boolean {
    const common = intersectRanges(held, range);
    const messages = common && this.feed.resume(tick, common, range);
    if (!messages) return false;
    for (const message of messages) this.#write(message);
    this.#counts.resumed++;
    this.#markWhole();
    return true;
  }

  #sendReset(): void {
    this.#counts.resets++;
    this.#write(this.feed.reset(this.#range!));
    this.#markWhole();
    this.#dueTick = this.#sentTick;
  }

  /** The viewer is sent everything up to the last tick, one message of which counts as on its way. */
  #markWhole(): void {
    this.#held = this.#range;
    this.#sentTick = this.feed.tick;
    this.#echoedTick = this.#sentTick - 1;
  }

  #hasRoom(): boolean {
    return this.#sentTick - this.#echoedTick <= maxUnechoedTicks && this.#socket.writableLength < maxQueuedBytes;
  }

  /** The message carries its WebSocket headers: it goes to the socket as it is, in one write. */
  #write(message: Buffer): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#counts.bytes += message.length;
    this.#socket.write(message);
  }

  /** RFC 6455 leaves 123 bytes for the reason; a character cut in two becomes one of 3 bytes. */
  #refuse(reason: string): void {
    this.#webSocket.close(1008, Buffer.from(reason).subarray(0, 120).toString());
  }

  sendText(text: string): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN && this.#socket.writableLength < maxQueuedBytes)
      this.#webSocket.send(text);
  }

  ping(): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.ping();
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }
}
