// All viewers of a real server, in a process of their own. Most parse no more than they must to echo; some read every
// tick as a browser does and note which fix of which unit they saw when.
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { decodeTick, isEchoDue, writeLngLats } from '../../../api/live/contract.ts';
import { nthOfLat } from './fleet-places.ts';
import { FrameReader, textFrame, upgradeRequest } from './socket-frames.ts';
import { makeViews, type View } from './views.ts';

export interface WatchersOrder {
  port: number;
  stationId: string;
  cookie: string;
  viewers: number;
  readers: number;
  units: number;
  seed: number;
}

export interface WatchersReport {
  /** By reader: unit, nth fix and when it was seen, since 1970 in ms, one after the other. */
  seen: Float64Array[];
  messages: number;
  cpuMs: number;
}

const order = JSON.parse(process.argv[2]!) as WatchersOrder;
const path = `/api/live?station=${order.stationId}`;
const echoOf = (tick: number): Buffer => textFrame(`{"type":"echo","tick":${tick}}`);
let messages = 0;
let seen: number[][] = [];
let cpu = process.cpuUsage();

function openPlain(view: View): Promise<void> {
  const socket = connect(order.port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.write(upgradeRequest(path).replace(/\r\n\r\n$/, `\r\nCookie: ${order.cookie}\r\n\r\n`));
  let tick = 0;
  let isFirst = true;
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    const reader = new FrameReader((firstByte, head) => {
      if (firstByte === 0x02) return void (tick = head.readUInt32LE(8));
      if (firstByte === 0x89) return void socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
      if (firstByte !== 0x80) return;
      messages++;
      if (isFirst || isEchoDue({ tick, baseTick: tick - 1, isReset: false })) socket.write(echoOf(tick));
      isFirst = false;
      resolve();
    });
    socket.once('data', (handshake: Buffer) => {
      const end = handshake.indexOf('\r\n\r\n') + 4;
      if (!handshake.toString('latin1', 0, 12).endsWith('101')) reject(new Error(handshake.toString()));
      socket.on('data', (chunk: Buffer) => reader.push(chunk));
      if (end < handshake.length) reader.push(handshake.subarray(end));
      socket.write(textFrame(JSON.stringify({ type: 'view', bbox: view.bbox })));
    });
  });
}

function openReader(view: View, index: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${order.port}${path}`, {
    perMessageDeflate: false,
    headers: { Cookie: order.cookie },
  });
  socket.binaryType = 'arraybuffer';
  const lngLats = new Float64Array(2 * order.units);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'view', bbox: view.bbox })));
    socket.on('message', (content, isBinary) => {
      if (!isBinary) return;
      const nowMs = Date.now();
      const tick = decodeTick(content as ArrayBuffer);
      messages++;
      if (isEchoDue(tick)) socket.send(JSON.stringify({ type: 'echo', tick: tick.tick }));
      for (const frame of tick.frames) {
        writeLngLats(frame, lngLats);
        frame.unitNumbers.forEach((unit, i) => seen[index]?.push(unit, nthOfLat(unit, lngLats[2 * i + 1]!), nowMs));
      }
      resolve();
    });
  });
}

const views = makeViews(order.viewers, order.seed);
/** Those who look at the whole city see every fix. */
const whole = views.flatMap((view, index) => (index % 3 === 2 ? [view] : []));
for (const view of views.slice(order.readers)) await openPlain(view);
for (let index = 0; index < order.readers; index++) await openReader(whole[index]!, index);

process.on('message', (say) => {
  if (say === 'begin') {
    [seen, messages, cpu] = [Array.from({ length: order.readers }, () => []), 0, process.cpuUsage()];
    return;
  }
  const { user, system } = process.cpuUsage(cpu);
  const report: WatchersReport = {
    seen: seen.map((numbers) => Float64Array.from(numbers)),
    messages,
    cpuMs: (user + system) / 1000,
  };
  process.send!(report);
});
process.send!('ready');
