import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { someStationId } from '../../fixtures/make-fix.ts';
import { serveHub, type ServedHub } from '../../fixtures/serve-hub.ts';
import { WatchingViewer } from '../../fixtures/watch-live.ts';

let served: ServedHub;
beforeEach(async () => {
  served = await serveHub({ maxViewers: 3, pingEveryMs: 50, deadAfterMs: 300 });
});
afterEach(() => served.close());

/** Status and body of a refused upgrade; 101 when it was made. */
function upgrade(url: string, headers: Record<string, string> = {}): Promise<{ status: number; type?: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on('open', () => (socket.terminate(), resolve({ status: 101 })));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, type: JSON.parse(body).type }));
    });
  });
}

test('a page of this server is let in, a page of another site is not', async () => {
  const url = served.liveUrl();
  expect(await upgrade(url, { Origin: `http://127.0.0.1:${served.port}` })).toEqual({ status: 101 });
  for (const origin of ['https://elsewhere.example', `http://127.0.0.1:${served.port + 1}`, 'null'])
    expect(await upgrade(url, { Origin: origin })).toEqual({ status: 403, type: '/problems/foreign-origin' });
});

test('a station that is none, or that the viewer may not see, is refused alike for all', async () => {
  expect(await upgrade(served.liveUrl('all'))).toMatchObject({ status: 400 });
  expect(await upgrade(served.liveUrl('01900000-0000-7000-8000-00000000ffff'))).toMatchObject({ status: 404 });
  expect(await upgrade(`ws://127.0.0.1:${served.port}/api/other`)).toMatchObject({ status: 404 });
});

test('one viewer too many is told to come back later', async () => {
  const viewers = [1, 2, 3].map(() => new WatchingViewer(served.liveUrl()));
  for (const viewer of viewers) await viewer.view([116, 39, 117, 40]);
  expect(await upgrade(served.liveUrl())).toMatchObject({ status: 503 });
  viewers[0]!.close();
  await viewers[0]!.closed;
  await sleep(20);
  expect(await upgrade(served.liveUrl())).toEqual({ status: 101 });
  for (const viewer of viewers) viewer.close();
});

test.each([
  ['no JSON', 'hello', /expected JSON/],
  ['an unknown type', '{"type":"dance"}', /type/],
  ['a box the wrong way round', '{"type":"view","bbox":[117,39,116,40]}', /west ≤ east/],
  ['a box out of the world', '{"type":"view","bbox":[116,39,999,40]}', /bbox\.2/],
  ['an echo of the future', '{"type":"echo","tick":4000000000}', /not sent yet/],
])('%s ends the connection with the reason', async (_name, text, reason) => {
  const viewer = new WatchingViewer(served.liveUrl());
  await viewer.view([116, 39, 117, 40]);
  viewer.socket.send(text);
  const closed = await viewer.closed;
  expect(closed.code).toBe(1008);
  expect(closed.reason).toMatch(reason);
});

test('a message that is too large ends the connection', async () => {
  const viewer = new WatchingViewer(served.liveUrl());
  await viewer.view([116, 39, 117, 40]);
  viewer.send({ type: 'view', bbox: [116, 39, 117, 40], padding: 'x'.repeat(3000) });
  expect((await viewer.closed).code).toBe(1009);
});

test('a viewer whose machine is gone is let go after the limit; one that answers pings stays', async () => {
  const alive = new WatchingViewer(served.liveUrl());
  await alive.view([116, 39, 117, 40]);
  // A peer that never answers anything: the handshake by hand, then silence.
  const dead = connect(served.port, '127.0.0.1');
  dead.write(
    `GET /api/live?station=${someStationId} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  dead.resume();
  await new Promise((resolve) => dead.once('data', resolve));
  expect(served.hub.stats().viewers).toBe(2);
  await new Promise((resolve) => dead.once('close', resolve));
  await sleep(50);
  expect(served.hub.stats().viewers).toBe(1);
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  alive.close();
});
