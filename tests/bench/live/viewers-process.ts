// All viewers, in a process of their own. They parse no more than they must to echo, and note when each tick came.
import { connect } from 'node:net';
import { isEchoDue } from '../../../api/live/contract.ts';
import { stationId } from './city.ts';
import { FrameReader, textFrame, upgradeRequest } from './socket-frames.ts';
import { makeViews, type View } from './views.ts';

export type Mode = 'live' | 'raw' | 'raw with echoes' | 'socket.io';

const [mode, port, count, seed] = process.argv.slice(2) as [Mode, string, string, string];
/** From the moment after the tick before, when the unluckiest fix came in, to the tick's arrival, ms. */
let worstWaitsMs: number[] = [];
/** From the tick to its arrival, ms. */
let delaysMs: number[] = [];
let messages = 0;
const now = () => performance.timeOrigin + performance.now();

function openLive(view: View): Promise<void> {
  const socket = connect(Number(port), '127.0.0.1');
  socket.setNoDelay(true);
  socket.write(upgradeRequest(`/api/live?station=${stationId}`));
  let tick = 0;
  let isFirst = true;
  let timeMs = 0;
  let beforeMs = 0;
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    const reader = new FrameReader((firstByte, head) => {
      if (firstByte === 0x02) {
        beforeMs = timeMs;
        tick = head.readUInt32LE(8);
        timeMs = head.readDoubleLE(12);
        return;
      }
      if (firstByte === 0x89) return void socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
      if (firstByte !== 0x80) return;
      messages++;
      delaysMs.push(now() - timeMs);
      if (beforeMs > 0) worstWaitsMs.push(now() - beforeMs);
      if (isFirst || isEchoDue({ tick, baseTick: tick - 1, isReset: false })) socket.write(echoOf(tick));
      isFirst = false;
      resolve();
    });
    socket.once('data', (handshake) => {
      const end = handshake.indexOf('\r\n\r\n') + 4;
      socket.on('data', (chunk) => reader.push(chunk as Buffer));
      if (end < handshake.length) reader.push((handshake as Buffer).subarray(end));
      socket.write(textFrame(JSON.stringify({ type: 'view', bbox: view.bbox })));
    });
  });
}

const echoOf = (tick: number): Buffer => textFrame(`{"type":"echo","tick":${tick}}`);

/** Reads the same bytes with the same work, and says nothing or echoes alike. */
function openRaw(view: View): Promise<void> {
  const socket = connect(Number(port), '127.0.0.1');
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    let tick = 0;
    const reader = new FrameReader((firstByte, head) => {
      if (firstByte === 0x02) tick = head.readUInt32LE(8);
      if (firstByte !== 0x80) return;
      messages++;
      const isDue = isEchoDue({ tick, baseTick: tick - 1, isReset: false });
      if (mode === 'raw with echoes' && isDue) socket.write(echoOf(tick));
    });
    socket.once('data', () => {
      resolve();
      socket.on('data', (chunk) => reader.push(chunk as Buffer));
    });
    socket.write(`${view.key}\n`);
  });
}

function openSocketIo(view: View): Promise<void> {
  const socket = connect(Number(port), '127.0.0.1');
  socket.setNoDelay(true);
  socket.write(upgradeRequest('/socket.io/?EIO=4&transport=websocket'));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    const reader = new FrameReader((_firstByte, head) => {
      const text = head.toString('latin1');
      if (text.startsWith('0')) socket.write(textFrame('40'));
      else if (text.startsWith('40')) {
        socket.write(textFrame(`42${JSON.stringify(['view', view.key])}`));
        resolve();
      } else if (text === '2') socket.write(textFrame('3'));
      else if (text.startsWith('42')) messages++;
    });
    socket.once('data', (handshake) => {
      const end = handshake.indexOf('\r\n\r\n') + 4;
      socket.on('data', (chunk) => reader.push(chunk as Buffer));
      if (end < handshake.length) reader.push((handshake as Buffer).subarray(end));
    });
  });
}

const open = { live: openLive, raw: openRaw, 'raw with echoes': openRaw, 'socket.io': openSocketIo }[mode];
for (const view of makeViews(Number(count), Number(seed))) await open(view);

process.on('message', (order) => {
  if (order === 'begin') [worstWaitsMs, delaysMs, messages] = [[], [], 0];
  else process.send!({ worstWaitsMs, delaysMs, messages });
});
process.send!('ready');
