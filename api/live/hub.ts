import { randomInt } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Viewer } from '../accounts/viewer.ts';
import { Problem, problemOf } from '../errors.ts';
import type { TrustProxy } from '../operation/trust-proxy.ts';
import type { LatestFix, LivePublisher } from '../positions/latest-fixes.ts';
import { changedNouns, resumableTicks, type ChangedMessage, type ChangedNoun } from './contract.ts';
import { Feed } from './feed.ts';
import type { CellRange } from './frame-cells.ts';
import { takeEchoes } from './read-echo.ts';
import { LiveViewer, type ViewerCounts } from './live-viewer.ts';
import { StationUnits } from './station-units.ts';
import {
  admit,
  audienceKey,
  checkOrigin,
  isSameAdmission,
  livePath,
  refuseUpgrade,
  readStationId,
  requestOf,
  type Admission,
} from './upgrade.ts';

export interface LiveHubOptions {
  viewerOf(request: Request): Promise<Viewer>;
  /** Whose X-Forwarded-* tells the viewer's address; by default nobody's. */
  trustProxy?: TrustProxy;
  /** Told of upgrades that were refused. */
  onRefused?(request: Request, error: unknown): void;
  /** Milliseconds between ticks; 0 leaves ticking to the caller. */
  tickMs?: number;
  /** Viewers beyond this are answered 503. */
  maxViewers?: number;
  /** A viewer not heard of for this long is pinged, ms. */
  pingEveryMs?: number;
  /** A viewer not heard of for this long is dead, ms. */
  deadAfterMs?: number;
  /** How often every viewer is judged anew: a sign-out or another role ends what it is sent, ms. */
  judgeEveryMs?: number;
}

export interface LiveStats extends ViewerCounts {
  tick: number;
  stations: number;
  units: number;
  viewers: number;
}

/** The live path: newest positions in, one message a tick and viewer out. In this process only; a broker replaces this seam. */
export interface LiveHub extends LivePublisher {
  /** Positions known at start, shown with their true age. */
  restore(fixes: readonly LatestFix[]): void;
  /** Answers upgrades of `/api/live` on this server, and refuses all others. */
  attach(server: Server): void;
  /** Tells a station's viewers to read a noun again; nouns they do not know are passed over. */
  announceChange(stationId: string, noun: string): void;
  /** Ends the tick now. */
  tick(): void;
  stats(): LiveStats;
  /** Closes every viewer's socket; they come back when a server is there again. */
  close(): Promise<void>;
}

interface Station {
  units: StationUnits;
  /** By `audienceKey`. */
  feeds: Map<string, WatchedFeed>;
}

interface WatchedFeed {
  feed: Feed;
  /** Units of its own, for viewers who see no others; undefined: all of the station's. */
  own: { numbers: ReadonlySet<number>; units: StationUnits } | undefined;
  viewers: Set<LiveViewer>;
  unwatchedTicks: number;
}

/** RFC 6455 leaves 4000–4999 to applications: the session ended, or shows something else now. */
const judgedAnewCode = 4401;

export function createLiveHub({
  viewerOf,
  trustProxy = { kind: 'none' },
  onRefused,
  tickMs = 1000,
  maxViewers = 2000,
  pingEveryMs = 10_000,
  deadAfterMs = 30_000,
  judgeEveryMs = 2000,
}: LiveHubOptions): LiveHub {
  // Ticks start anew with each process: the epoch tells them from those before.
  const epoch = randomInt(1, 0xffff_ffff);
  const stations = new Map<string, Station>();
  const counts: ViewerCounts = { bytes: 0, resets: 0, resumed: 0, skippedTicks: 0 };
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 2048 });
  const admitted = new Map<LiveViewer, { request: Request; admission: Admission }>();
  let viewerCount = 0;
  let isClosing = false;
  let tick = 1;
  let tickedAtMs = Date.now();

  function stationOf(id: string): Station {
    let station = stations.get(id);
    if (!station) stations.set(id, (station = { units: new StationUnits(), feeds: new Map() }));
    return station;
  }

  function feedOf(admission: Admission): WatchedFeed {
    const { stationId, audience, ownUnitNumbers } = admission;
    const station = stationOf(stationId);
    const key = audienceKey(admission);
    let watched = station.feeds.get(key);
    if (!watched) {
      const own = ownUnitNumbers
        ? { numbers: new Set(ownUnitNumbers), units: station.units.copyOf(ownUnitNumbers) }
        : undefined;
      const feed = new Feed(own?.units ?? station.units, audience, epoch, tick, tickedAtMs);
      station.feeds.set(key, (watched = { feed, own, viewers: new Set(), unwatchedTicks: 0 }));
    }
    return watched;
  }

  function putFix(fix: LatestFix): void {
    const { units, feeds } = stationOf(fix.stationId);
    units.put(fix);
    for (const { own } of feeds.values()) if (own?.numbers.has(fix.unitNumber)) own.units.put(fix);
  }

  function advance(): void {
    tick++;
    tickedAtMs = Date.now();
    for (const { units, feeds } of stations.values()) {
      const changes = units.takeChanges();
      for (const [key, watched] of feeds) {
        watched.unwatchedTicks = watched.viewers.size > 0 ? 0 : watched.unwatchedTicks + 1;
        if (watched.unwatchedTicks > resumableTicks) feeds.delete(key);
        else {
          watched.feed.advance(tick, tickedAtMs, watched.own ? watched.own.units.takeChanges() : changes);
          sendTick(watched);
        }
      }
    }
  }

  function admitViewer(webSocket: WebSocket, socket: Duplex, admission: Admission, request: Request): void {
    const watched = feedOf(admission);
    const viewer = new LiveViewer(webSocket, socket, watched.feed, epoch, counts, Date.now());
    watched.viewers.add(viewer);
    admitted.set(viewer, { request, admission });
    takeEchoes(socket, (echoed) => viewer.onEcho(echoed, Date.now()));
    webSocket.on('message', (content: Buffer, isBinary) => viewer.onMessage(content, isBinary, Date.now()));
    webSocket.on('pong', () => (viewer.lastSeenMs = Date.now()));
    webSocket.on('close', () => {
      watched.viewers.delete(viewer);
      admitted.delete(viewer);
      viewerCount--;
    });
    // A broken socket or frame also closes; without a listener it would end the process.
    webSocket.on('error', () => {});
  }

  async function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const onError = () => socket.destroy();
    socket.on('error', onError);
    let request: Request | undefined;
    try {
      if (incoming.url?.split('?', 1)[0] !== livePath)
        throw new Problem(404, 'not-found', 'There is nothing at this address');
      request = requestOf(incoming, trustProxy);
      checkOrigin(incoming);
      const stationId = readStationId(request);
      const admission = admit(await viewerOf(request), stationId);
      const asked = request;
      if (isClosing || viewerCount >= maxViewers)
        throw new Problem(503, 'too-many-viewers', 'The server has all the viewers it can serve', { retryAfterS: 10 });
      socket.off('error', onError);
      webSockets.handleUpgrade(incoming, socket, head, (webSocket) => {
        viewerCount++;
        admitViewer(webSocket, socket, admission, asked);
      });
    } catch (error) {
      if (request) onRefused?.(request, error);
      refuseUpgrade(socket, error);
    }
  }

  /** Closes the sockets of those who are signed out, or who may see something else than they are being sent. */
  async function judgeAnew(): Promise<void> {
    for (const [viewer, { request, admission }] of admitted) {
      try {
        const now = admit(await viewerOf(request), admission.stationId);
        if (!isSameAdmission(now, admission)) viewer.close(judgedAnewCode, 'rights changed');
      } catch (error) {
        // A database that is gone says nothing about the session: the picture stays.
        if (problemOf(error).details.status < 500) viewer.close(judgedAnewCode, 'signed out');
      }
    }
  }

  function keepAlive(): void {
    const now = Date.now();
    for (const { viewer } of eachViewer()) {
      if (now - viewer.lastSeenMs > deadAfterMs) viewer.terminate();
      else if (!viewer.hasView && now - viewer.openedMs > deadAfterMs) viewer.close(1008, 'no view was sent');
      // Echoes tell as much as pongs.
      else if (now - viewer.lastSeenMs > pingEveryMs) viewer.ping();
    }
  }

  function* eachViewer(): Generator<{ stationId: string; viewer: LiveViewer }> {
    for (const [stationId, { feeds }] of stations)
      for (const { viewers } of feeds.values()) for (const viewer of viewers) yield { stationId, viewer };
  }

  // Each tick is due a tick after the last was due: a late one on a busy machine does not put off those to come, as
  // with setInterval. The listening server keeps the process alive, not the ticks.
  let ticking: NodeJS.Timeout | undefined;
  function schedule(dueMs: number): void {
    ticking = setTimeout(() => {
      schedule(Math.max(dueMs + tickMs, performance.now()));
      advance();
    }, dueMs - performance.now()).unref();
  }
  if (tickMs > 0) schedule(performance.now() + tickMs);
  const pinging = setInterval(keepAlive, pingEveryMs).unref();
  let isJudging = false;
  const judging = setInterval(() => {
    if (isJudging) return;
    isJudging = true;
    void judgeAnew().finally(() => (isJudging = false));
  }, judgeEveryMs).unref();

  return {
    publishFixes(fixes) {
      for (const fix of fixes) putFix(fix);
    },
    publishRemoval(stationId, unitNumber) {
      const station = stations.get(stationId);
      station?.units.remove(unitNumber);
      for (const { feed, own } of station?.feeds.values() ?? []) {
        own?.units.remove(unitNumber);
        feed.forgetSnapshots();
      }
    },
    restore(fixes) {
      for (const fix of fixes) putFix(fix);
    },
    attach(server) {
      server.on('upgrade', (incoming, socket, head) => void upgrade(incoming, socket, head));
    },
    announceChange(stationId, noun) {
      if (!isChangedNoun(noun)) return;
      const text = JSON.stringify({ type: 'changed', noun, stationId } satisfies ChangedMessage);
      for (const { viewers } of stations.get(stationId)?.feeds.values() ?? [])
        for (const viewer of viewers) viewer.sendText(text);
    },
    tick: advance,
    stats: () => ({
      ...counts,
      tick,
      stations: stations.size,
      units: [...stations.values()].reduce((sum, { units }) => sum + units.size, 0),
      viewers: viewerCount,
    }),
    async close() {
      isClosing = true;
      clearTimeout(ticking);
      clearInterval(pinging);
      clearInterval(judging);
      for (const { viewer } of eachViewer()) viewer.close(1001, 'the server stops');
      for (let waited = 0; viewerCount > 0 && waited < 500; waited += 20)
        await new Promise((done) => setTimeout(done, 20));
      for (const { viewer } of eachViewer()) viewer.terminate();
    },
  };
}

const isChangedNoun = (noun: string): noun is ChangedNoun => changedNouns.includes(noun as ChangedNoun);

/**
 * Viewers of the same cells share one buffer: its bytes are put together once, and written to one after the other of
 * them, so that the kernel copies them from the processor's cache.
 */
function sendTick({ feed, viewers }: WatchedFeed): void {
  const byRange = new Map<string, { range: CellRange; viewers: LiveViewer[] }>();
  for (const viewer of viewers) {
    const shared = viewer.sharedRange;
    const group = shared && byRange.get(shared.key);
    if (group) group.viewers.push(viewer);
    else if (shared) byRange.set(shared.key, { range: shared.range, viewers: [viewer] });
    else viewer.sendTick();
  }
  for (const group of byRange.values()) {
    const message = feed.delta(group.range);
    for (const viewer of group.viewers) viewer.sendShared(message);
  }
}
