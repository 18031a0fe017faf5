import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFix, someStationId } from '../../fixtures/make-fix.ts';
import { serveHub, type ServedHub } from '../../fixtures/serve-hub.ts';
import { WatchingViewer } from '../../fixtures/watch-live.ts';
import type { Bbox } from '../../../api/positions/contract.ts';

const city: Bbox = [116, 39, 117, 40];
const unitCount = 8_000;

let served: ServedHub;
beforeEach(async () => {
  served = await serveHub();
});
afterEach(() => served.close());

/** Every unit reports: a tick of 90 kB. */
function moveAll(round: number): void {
  served.hub.publishFixes(
    Array.from({ length: unitCount }, (_, unitNumber) =>
      makeFix({ unitNumber, lng: 116.01 + (unitNumber % 8) / 50 + (round % 10) / 1000 }),
    ),
  );
}

async function tickFor(viewer: WatchingViewer): Promise<number> {
  const startedMs = performance.now();
  served.hub.tick();
  const { tick } = served.hub.stats();
  await viewer.until(() => viewer.last.tick === tick);
  return performance.now() - startedMs;
}

/** A viewer that opens, sends its view and reads nothing more. */
async function openDeafViewer(): Promise<Socket> {
  const socket = connect(served.port, '127.0.0.1');
  socket.write(
    `GET /api/live?station=${someStationId} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  const view = Buffer.from(JSON.stringify({ type: 'view', bbox: city }));
  // A client's text frame with a mask of zeros.
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | view.length, 0, 0, 0, 0]), view]));
  return socket;
}

test('a viewer that reads nothing is sent three ticks and no more; the other sees no delay; memory stays flat', async () => {
  moveAll(0);
  served.hub.tick();
  const quick = new WatchingViewer(served.liveUrl());
  await quick.view(city);
  const alone: number[] = [];
  for (let round = 1; round <= 10; round++) {
    moveAll(round);
    alone.push(await tickFor(quick));
  }
  const deaf = await openDeafViewer();
  while (served.hub.stats().resets < 2) await sleep(5);
  const bytesBefore = served.hub.stats().bytes;
  const together: number[] = [];
  let quickBytes = 0;
  for (let round = 1; round <= 40; round++) {
    moveAll(round);
    together.push(await tickFor(quick));
    quickBytes += unitCount * 11;
  }
  const { bytes, skippedTicks } = served.hub.stats();
  expect(skippedTicks).toBeGreaterThanOrEqual(37);
  // What is on its way to the deaf one: its snapshot went before, then at most three ticks.
  expect(bytes - bytesBefore - quickBytes).toBeLessThan(3.5 * unitCount * 11);
  const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
  expect(median(together)).toBeLessThan(median(alone) * 2 + 50);
  deaf.destroy();
  quick.close();
}, 30_000);

test('a viewer that falls behind is given everything anew as soon as it has caught up', async () => {
  served.hub.restore([makeFix()]);
  served.hub.tick();
  const viewer = new WatchingViewer(served.liveUrl());
  await viewer.view(city);
  viewer.echoes = false;
  await sleep(20);
  for (let round = 1; round <= 10; round++) {
    served.hub.publishFixes([makeFix({ lng: 116.4 + round / 100 })]);
    served.hub.tick();
  }
  await sleep(50);
  expect(viewer.ticks).toHaveLength(5);
  viewer.send({ type: 'echo', tick: viewer.last.tick });
  viewer.echoes = true;
  await sleep(20);
  await tickFor(viewer);
  expect(viewer.last).toMatchObject({ isReset: true });
  expect(viewer.units.current[0]).toBeCloseTo(116.5, 6);
  await tickFor(viewer);
  expect(viewer.last).toMatchObject({ isReset: false, baseTick: viewer.last.tick - 1 });
  viewer.close();
});

test('views that change without end while nothing is read make no queue', async () => {
  moveAll(0);
  served.hub.tick();
  const deaf = await openDeafViewer();
  while (served.hub.stats().resets < 1) await sleep(5);
  for (let round = 0; round < 300; round++) {
    const view = Buffer.from(JSON.stringify({ type: 'view', bbox: round % 2 ? city : [116, 39, 116.01, 39.01] }));
    deaf.write(Buffer.concat([Buffer.from([0x81, 0x80 | view.length, 0, 0, 0, 0]), view]));
    if (round % 30 === 0) {
      await sleep(30);
      served.hub.tick();
    }
  }
  await sleep(100);
  expect(served.hub.stats().bytes).toBeLessThan(15 * unitCount * 12);
  deaf.destroy();
});
