import type { Bbox } from '$api/positions/contract.ts';
import {
  cellRangeOf,
  changedNouns,
  decodeTick,
  isEchoDue,
  isSameRange,
  type CellRange,
  type ChangedMessage,
  type EchoMessage,
  type LiveTick,
  type ViewMessage,
} from '$api/live/contract.ts';

export interface LiveConnectionState {
  /** `connecting`: for the first time; `waiting`: it was lost, or does not come about, and is tried again. */
  kind: 'connecting' | 'live' | 'waiting';
  sinceMs: number;
  /** Server time of the newest tick, ms; undefined before the first. */
  lastTickAtMs: number | undefined;
}

/** What of the browser the connection needs; a test gives its own. */
export interface LiveSurroundings {
  open(url: string): WebSocket;
  now(): number;
  random(): number;
  /** Tells when the page is seen again or the network is back; returns how to stop telling. */
  onReturn(listener: () => void): () => void;
}

export interface LiveConnectionOptions {
  /** Address of `/api/live` with its station; relative to the page, http or ws. */
  url: string;
  onTick(tick: LiveTick): void;
  onState(state: LiveConnectionState): void;
  onChanged(message: ChangedMessage): void;
  /** The server ended the connection because the session or its rights are other ones now, or did not begin it. */
  onRefused(): void;
  surroundings?: LiveSurroundings;
}

/** Waits before each try after a drop, ms: most drops are short, a server that is gone must not be stormed. */
const retryMs = [100, 500, 1000, 2000, 5000, 10_000, 15_000];
const silentAfterMs = 5000;
/** A timer that comes so late tells of a busy page, not of a silent server. */
const heldUpMs = 1000;
const viewEveryMs = 150;
/** The server closes with it when who watches is signed out or may no longer watch. */
const judgedAnewCode = 4401;

/**
 * The live socket with its troubles taken care of: a drop, silence or a gap leads to a new connection that resumes
 * where the last one ended. Never throws; everything is told through the callbacks.
 */
export class LiveConnection {
  readonly #options: LiveConnectionOptions;
  readonly #surroundings: LiveSurroundings;
  readonly #stopReturn: () => void;
  #socket: WebSocket | undefined;
  #state: LiveConnectionState;
  #isClosed = false;
  #failures = 0;
  #bbox: Bbox | undefined;
  #sentRange: CellRange | undefined;
  /** The last tick taken, what a new connection resumes from. */
  #last: { epoch: number; tick: number; range: CellRange } | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #viewing: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveConnectionOptions) {
    this.#options = options;
    this.#surroundings = options.surroundings ?? browserSurroundings;
    this.#state = { kind: 'connecting', sinceMs: this.#surroundings.now(), lastTickAtMs: undefined };
    this.#stopReturn = this.#surroundings.onReturn(() => this.#onReturn());
    this.#connect();
  }

  get state(): LiveConnectionState {
    return this.#state;
  }

  /** What the viewer looks at, degrees; sent at most every 150 ms and only when it touches other cells. */
  setView(bbox: Bbox): void {
    this.#bbox = bbox;
    this.#viewing ??= setTimeout(
      () => {
        this.#viewing = undefined;
        this.#sendView();
      },
      this.#sentRange ? viewEveryMs : 0,
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#stopReturn();
    clearTimeout(this.#retry);
    clearTimeout(this.#viewing);
    this.#drop();
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#sentRange = undefined;
    let socket: WebSocket;
    try {
      socket = this.#surroundings.open(this.#options.url);
    } catch {
      // A socket that may not even be tried (an http page's policy, an address that is none) stays a matter of waiting.
      this.#onLost();
      return;
    }
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    const ifCurrent =
      <E>(handle: (event: E) => void) =>
      (event: E) => {
        if (this.#socket === socket) handle(event);
      };
    let wasOpen = false;
    socket.onopen = ifCurrent(() => {
      wasOpen = true;
      this.#sendView();
    });
    socket.onmessage = ifCurrent((event: MessageEvent) => this.#onMessage(event.data));
    socket.onclose = ifCurrent(({ code }: CloseEvent) => {
      // Browsers do not tell why a socket was not opened: it may be that nobody is signed in.
      if (code === judgedAnewCode || !wasOpen) this.#options.onRefused();
      this.#onLost();
    });
    this.#expectTick();
  }

  #sendView(): void {
    if (!this.#bbox || this.#socket?.readyState !== 1) return;
    const range = cellRangeOf(clampBbox(this.#bbox));
    if (this.#sentRange && isSameRange(range, this.#sentRange)) return;
    const isFirst = !this.#sentRange;
    this.#sentRange = range;
    this.#send({
      type: 'view',
      bbox: clampBbox(this.#bbox),
      ...(isFirst && this.#last && { resume: this.#last }),
    });
  }

  #send(message: ViewMessage | EchoMessage): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #onMessage(content: unknown): void {
    if (typeof content === 'string') return this.#onText(content);
    let tick: LiveTick;
    try {
      tick = decodeTick(content as ArrayBuffer);
    } catch {
      // Another version of the server, or of this page: what was held cannot be built on.
      this.#last = undefined;
      return this.#onLost();
    }
    this.#expectTick();
    const { epoch, baseTick, isReset, range } = tick;
    if (!isReset && (this.#last?.epoch !== epoch || this.#last.tick !== baseTick)) {
      this.#last = undefined;
      return this.#onLost();
    }
    this.#last = { epoch, tick: tick.tick, range };
    this.#failures = 0;
    if (isEchoDue(tick)) this.#send({ type: 'echo', tick: tick.tick });
    this.#options.onTick(tick);
    const { kind, sinceMs } = this.#state;
    this.#tell({
      kind: 'live',
      sinceMs: kind === 'live' ? sinceMs : this.#surroundings.now(),
      lastTickAtMs: tick.serverTimeMs,
    });
    // What changed while nothing could be heard was not heard.
    if (kind === 'waiting')
      for (const noun of changedNouns) this.#options.onChanged({ type: 'changed', noun, stationId: this.#stationId });
  }

  get #stationId(): string {
    return new URLSearchParams(this.#options.url.split('?', 2)[1]).get('station') ?? '';
  }

  #onText(content: string): void {
    let json: unknown;
    try {
      json = JSON.parse(content);
    } catch {
      return;
    }
    // A message of a newer server is none of ours.
    if (isChangedMessage(json)) this.#options.onChanged(json);
  }

  /** A server that says nothing for five ticks is gone, whatever the socket believes. */
  #expectTick(): void {
    clearTimeout(this.#silence);
    const dueMs = this.#surroundings.now() + silentAfterMs;
    this.#silence = setTimeout(() => this.#onSilence(this.#surroundings.now() - dueMs), silentAfterMs);
  }

  #onSilence(lateMs: number): void {
    // Before the first view nothing is due; and a page that was itself held up has its ticks still waiting to be read.
    if (lateMs > heldUpMs || (this.#socket?.readyState === 1 && !this.#sentRange)) this.#expectTick();
    else this.#onLost();
  }

  #onLost(): void {
    this.#drop();
    if (this.#isClosed) return;
    if (this.#state.kind !== 'waiting')
      this.#tell({ kind: 'waiting', sinceMs: this.#surroundings.now(), lastTickAtMs: this.#state.lastTickAtMs });
    const waitMs = retryMs[Math.min(this.#failures++, retryMs.length - 1)]!;
    // Spread over half to all of the time, so that a wall of screens does not come back as one.
    this.#retry = setTimeout(() => this.#connect(), waitMs * (0.5 + this.#surroundings.random() / 2));
  }

  #drop(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** The page is looked at again or the network is back: no reason to sit a long wait out. */
  #onReturn(): void {
    if (this.#isClosed || !this.#retry || this.#socket) return;
    this.#failures = 0;
    this.#connect();
  }

  #tell(state: LiveConnectionState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

/** A map zoomed far out shows more than the world. */
const clampBbox = ([west, south, east, north]: Bbox): Bbox => [
  Math.min(180, Math.max(-180, west)),
  Math.min(90, Math.max(-90, south)),
  Math.min(180, Math.max(-180, east)),
  Math.min(90, Math.max(-90, north)),
];

const browserSurroundings: LiveSurroundings = {
  open(url) {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    return new WebSocket(address);
  },
  now: Date.now,
  random: Math.random,
  onReturn(listener) {
    const onVisible = () => document.visibilityState === 'visible' && listener();
    addEventListener('online', listener);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      removeEventListener('online', listener);
      document.removeEventListener('visibilitychange', onVisible);
    };
  },
};

/** By hand: the contract's schema would bring all of zod, a tenth of the first visit, for this one message. */
function isChangedMessage(json: unknown): json is ChangedMessage {
  const { type, noun, stationId } = (json ?? {}) as Partial<Record<keyof ChangedMessage, unknown>>;
  return type === 'changed' && typeof stationId === 'string' && changedNouns.some((known) => known === noun);
}
