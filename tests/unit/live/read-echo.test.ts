import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readEcho, takeEchoes } from '../../../api/live/read-echo.ts';

/** A client's frame: masked, as RFC 6455 demands. */
function frameOf(text: string, { firstByte = 0x81, mask = [7, 200, 31, 90] } = {}): Buffer {
  const payload = Buffer.from(text).map((byte, index) => byte ^ mask[index % 4]!);
  return Buffer.concat([Buffer.from([firstByte, 0x80 | payload.length, ...mask]), payload]);
}
const echoOf = (tick: number | string): string => `{"type":"echo","tick":${tick}}`;

test('an echo is read off its frame, whatever its mask', () => {
  expect(readEcho(frameOf(echoOf(0)))).toBe(0);
  expect(readEcho(frameOf(echoOf(4_294_967_295)))).toBe(4_294_967_295);
  expect(readEcho(frameOf(echoOf(86_400), { mask: [0, 0, 0, 0] }))).toBe(86_400);
});

test.each([
  ['half a frame', frameOf(echoOf(12)).subarray(0, -1)],
  ['two frames at once', Buffer.concat([frameOf(echoOf(12)), frameOf(echoOf(15))])],
  ['a fragment', frameOf(echoOf(12), { firstByte: 0x01 })],
  ['a pong', frameOf(echoOf(12), { firstByte: 0x8a })],
  ['binary', frameOf(echoOf(12), { firstByte: 0x82 })],
  ['no number', frameOf(echoOf(''))],
  ['a number of eleven digits', frameOf(echoOf('12345678901'))],
  ['a fraction', frameOf(echoOf('1.5'))],
  ['a negative number', frameOf(echoOf(-1))],
  ['one field more', frameOf('{"type":"echo","tick":1,"x":2}')],
  ['other spacing', frameOf('{"type": "echo","tick":12}')],
  ['another message', frameOf('{"type":"view","bbox":[1,2,3,4]}')],
  ['nothing', Buffer.alloc(0)],
])('%s is left to the WebSocket library', (_, bytes) => {
  expect(readEcho(bytes)).toBeUndefined();
});

test('a frame without a mask, which no client may send, is left to the library to refuse', () => {
  const payload = Buffer.from(echoOf(12));
  expect(readEcho(Buffer.concat([Buffer.from([0x81, payload.length, 0, 0, 0, 0]), payload]))).toBeUndefined();
});

test('echoes are taken off the socket, all else reaches the library until it stops to listen', async () => {
  const socket = new PassThrough();
  const read: string[] = [];
  const echoes: number[] = [];
  const library = (chunk: Buffer): void => void read.push(chunk.toString());
  socket.on('data', library);
  takeEchoes(socket, (tick) => echoes.push(tick));
  socket.write(frameOf(echoOf(9)));
  socket.write('a view');
  await new Promise((resolve) => setImmediate(resolve));
  socket.off('data', library);
  socket.write('after the close');
  await new Promise((resolve) => setImmediate(resolve));
  expect(echoes).toEqual([9]);
  expect(read).toEqual(['a view']);
});
