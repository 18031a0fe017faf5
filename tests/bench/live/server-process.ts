// One server, in a process of its own, so that its CPU is told apart: the live hub, or one of what it is measured against.
import { createHash } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createNetServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { Server as SocketIo } from 'socket.io';
import { cellOf, isInRange } from '../../../api/live/contract.ts';
import { createLiveHub } from '../../../api/live/hub.ts';
import type { LatestFix } from '../../../api/positions/latest-fixes.ts';
import { makeViewer } from '../../fixtures/make-viewer.ts';
import { makeCity, makeFixes, moveCity, moveFixes, stationId } from './city.ts';
import type { Mode } from './viewers-process.ts';
import { makeViews, type View } from './views.ts';

const [mode, count, seedText] = process.argv.slice(2) as [Mode, string, string];
const seed = Number(seedText);
const views = new Map<string, View>(makeViews(Number(count), seed).map((view) => [view.key, view]));
let ticks = 0;
let bytes = 0;
let skippedTicks = 0;

function serveLive(): HttpServer {
  // As with sessions: a token's hash is looked up each time.
  const viewer = makeViewer([stationId], ['commander']);
  const sessions = new Map<string, typeof viewer>();
  const hub = createLiveHub({
    async viewerOf(request) {
      const hash = createHash('sha256')
        .update(request.headers.get('cookie') ?? '')
        .digest('hex');
      if (!sessions.has(hash)) sessions.set(hash, viewer);
      return sessions.get(hash)!;
    },
  });
  const fixes = makeFixes(seed);
  hub.restore(fixes);
  const server = createServer();
  hub.attach(server);
  let slice = 0;
  let moved: LatestFix[] = [];
  const begunMs = performance.now();
  // Fixes come in all through the tick, as from ingest: ten lots of 400. By the clock, because on a busy machine an
  // interval falls behind, and fewer fixes would be fewer bytes than the others send.
  setInterval(() => {
    for (; slice * 100 < performance.now() - begunMs; slice++) {
      if (slice % 10 === 0) moved = moveFixes(fixes, slice / 10);
      hub.publishFixes(moved.filter((_, index) => index % 10 === slice % 10));
    }
    ({ bytes, skippedTicks } = hub.stats());
  }, 100);
  return server;
}

/** The same bytes to the same viewers, made beforehand; what is read back, if anything, is not looked at. */
function serveRaw(): NetServer {
  const city = makeCity(seed);
  // A multiple of 5 so that all units take their turn, and of 3 so that a third of the ticks is echoed.
  const byTick = Array.from({ length: 15 }, (_, tick) => {
    moveCity(city, tick + 1);
    return new Map([...views].map(([key, { range }]) => [key, city.feed.delta(range)]));
  });
  const viewers: { socket: Socket; key: string }[] = [];
  setInterval(() => {
    const buffers = byTick[ticks++ % byTick.length]!;
    for (const { socket, key } of viewers) {
      const buffer = buffers.get(key)!;
      bytes += buffer.length;
      socket.write(buffer);
    }
  }, 1000);
  return createNetServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (key) => {
      viewers.push({ socket, key: String(key).trim() });
      socket.on('data', () => {});
      socket.write('ok');
    });
  });
}

/** One JSON array a tick and view, to a room of those who look at the same: encoded once a room. */
function serveSocketIo(): HttpServer {
  const server = createServer();
  const io = new SocketIo(server, { transports: ['websocket'], perMessageDeflate: false });
  io.on('connection', (socket) => {
    socket.on('view', (key: string) => void socket.join(key));
  });
  const fixes = makeFixes(seed);
  setInterval(() => {
    const moved = moveFixes(fixes, ticks++).map((fix) => ({
      cell: cellOf(fix.lng, fix.lat),
      told: {
        unit: fix.unitNumber,
        lngLat: [Number(fix.lng.toFixed(7)), Number(fix.lat.toFixed(7))],
        headingDeg: Math.round(fix.headingDeg),
        at: fix.observedAtMs,
      },
    }));
    for (const [key, { range }] of views)
      io.to(key).emit(
        'tick',
        moved.filter(({ cell }) => isInRange(range, cell)).map(({ told }) => told),
      );
  }, 1000);
  return server;
}

const server = { live: serveLive, raw: serveRaw, 'raw with echoes': serveRaw, 'socket.io': serveSocketIo }[mode]();
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
let before = { cpu: process.cpuUsage(), atMs: 0, bytes: 0, skippedTicks: 0 };
process.on('message', (order) => {
  if (order === 'begin') {
    before = { cpu: process.cpuUsage(), atMs: performance.now(), bytes, skippedTicks };
    return;
  }
  const { user, system } = process.cpuUsage(before.cpu);
  // A tick is a second: time is exact where a count of ticks is off by one.
  const seconds = (performance.now() - before.atMs) / 1000;
  process.send!({
    cpuMsPerTick: (user + system) / 1000 / seconds,
    bytesPerTick: (bytes - before.bytes) / seconds,
    skippedPerTick: (skippedTicks - before.skippedTicks) / seconds,
    rssMb: process.memoryUsage.rss() / 1e6,
  });
});
