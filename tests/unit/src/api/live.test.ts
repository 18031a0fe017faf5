import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveTick } from '$api/live/contract.ts';
import type { Bbox } from '$api/positions/contract.ts';
import { LiveConnection, type LiveConnectionState } from '$lib/api/live.ts';
import { makeFix, someStationId } from '../../../fixtures/make-fix.ts';
import { serveHub, type ServedHub } from '../../../fixtures/serve-hub.ts';

const town: Bbox = [116.401, 39.901, 116.439, 39.939];

/** One page's connection to a real hub, with what it told and the sockets it opened. */
class Page {
  readonly ticks: LiveTick[] = [];
  readonly states: LiveConnectionState[] = [];
  readonly changed: unknown[] = [];
  readonly sockets: WebSocket[] = [];
  readonly openedAtMs: number[] = [];
  readonly connection: LiveConnection;
  returned = () => {};
  isOffline = false;
  refusals = 0;

  constructor(url: string) {
    this.connection = new LiveConnection({
      url,
      onTick: (tick) => this.ticks.push(tick),
      onState: (state) => this.states.push(state),
      onChanged: (message) => this.changed.push(message),
      onRefused: () => this.refusals++,
      surroundings: {
        open: (address) => {
          this.openedAtMs.push(Date.now());
          if (this.isOffline) throw new Error('no network');
          const socket = new WebSocket(address);
          this.sockets.push(socket);
          return socket;
        },
        now: Date.now,
        random: () => 1,
        onReturn: (listener) => {
          this.returned = listener;
          return () => (this.returned = () => {});
        },
      },
    });
  }
}

let served: ServedHub;
let page: Page;
beforeEach(async () => {
  served = await serveHub();
  served.hub.restore([makeFix()]);
  served.hub.tick();
  page = new Page(served.liveUrl());
});
afterEach(async () => {
  vi.useRealTimers();
  page.connection.close();
  await served.close();
});

async function until(isTrue: () => boolean): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 5) {
    if (waited > 5000) throw new Error('did not happen within 5 s');
    await sleep(5);
  }
}

async function showTown(): Promise<void> {
  page.connection.setView(town);
  await until(() => page.ticks.length === 1);
}

async function tick(): Promise<void> {
  const before = page.ticks.length;
  served.hub.tick();
  await until(() => page.ticks.length > before);
}

test('a page is live with its first tick, and keeps up by echoing', async () => {
  expect(page.connection.state.kind).toBe('connecting');
  await showTown();
  for (let count = 0; count < 6; count++) await tick();
  expect(page.ticks.map(({ isReset }) => isReset)).toEqual([true, false, false, false, false, false, false]);
  expect(page.connection.state).toMatchObject({ kind: 'live', lastTickAtMs: page.ticks.at(-1)!.serverTimeMs });
});

test('a dropped connection comes back by itself and is sent only what it missed', async () => {
  await showTown();
  page.sockets[0]!.close();
  served.hub.tick();
  await until(() => page.states.some(({ kind }) => kind === 'waiting'));
  served.hub.tick();
  await until(() => page.ticks.length >= 3 && page.connection.state.kind === 'live');
  expect(page.ticks.slice(1).every(({ isReset }) => !isReset)).toBe(true);
  expect(page.ticks.map((one) => one.tick)).toEqual([2, 3, 4]);
});

test('base data is asked for again after a drop, because its changes could not be heard', async () => {
  await showTown();
  expect(page.changed).toEqual([]);
  page.sockets[0]!.close();
  await until(() => page.states.some(({ kind }) => kind === 'waiting'));
  served.hub.announceChange(someStationId, 'grids');
  await until(() => page.changed.length > 0);
  expect(page.changed).toContainEqual({ type: 'changed', noun: 'grids', stationId: someStationId });
});

test('a server that stops is tried again ever more seldom, and at once when the page is seen again', async () => {
  await showTown();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  page.isOffline = true;
  page.sockets[0]!.onclose?.(new CloseEvent('close'));
  await vi.advanceTimersByTimeAsync(40_000);
  const waits = page.openedAtMs.slice(1).map((at, index) => at - page.openedAtMs[index]!);
  expect(waits.slice(1, 7)).toEqual([500, 1000, 2000, 5000, 10_000, 15_000]);
  expect(page.connection.state.kind).toBe('waiting');
  const before = page.openedAtMs.length;
  page.returned();
  expect(page.openedAtMs).toHaveLength(before + 1);
});

test('a server that falls silent is left for a new connection', async () => {
  await showTown();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  // The silence is counted from the last message: one must come under the fake clock.
  served.hub.tick();
  while (page.ticks.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(4900);
  expect(page.connection.state.kind).toBe('live');
  await vi.advanceTimersByTimeAsync(200);
  expect(page.connection.state.kind).toBe('waiting');
});

test('a tick that does not build on the last one is not taken; everything is asked for anew', async () => {
  await showTown();
  const socket = page.sockets[0]!;
  const take = socket.onmessage!;
  socket.onmessage = null;
  served.hub.tick();
  await sleep(50);
  socket.onmessage = take;
  served.hub.tick();
  await until(() => page.ticks.length === 2);
  expect(page.ticks[1]).toMatchObject({ isReset: true });
  expect(page.sockets).toHaveLength(2);
});

test('a message that is no tick does not throw; the page starts anew', async () => {
  await showTown();
  page.sockets[0]!.onmessage?.(new MessageEvent('message', { data: new ArrayBuffer(12) }));
  await until(() => page.ticks.length === 2);
  expect(page.ticks[1]).toMatchObject({ isReset: true });
});

test('a view is sent only when it touches other cells', async () => {
  await showTown();
  const send = vi.spyOn(page.sockets[0]!, 'send');
  page.connection.setView([116.4015, 39.9015, 116.4385, 39.9385]);
  await sleep(200);
  expect(send).not.toHaveBeenCalled();
  page.connection.setView([116.38, 39.9015, 999, 39.9385]);
  await sleep(200);
  expect(JSON.parse(String(send.mock.calls[0]![0]))).toEqual({ type: 'view', bbox: [116.38, 39.9015, 180, 39.9385] });
});

test('what changed on the server is told; what is not understood is passed over', async () => {
  await showTown();
  page.sockets[0]!.onmessage?.(new MessageEvent('message', { data: '{"type":"later"}' }));
  page.sockets[0]!.onmessage?.(new MessageEvent('message', { data: 'hello' }));
  served.hub.announceChange(someStationId, 'grids');
  await until(() => page.changed.length > 0);
  expect(page.changed).toEqual([{ type: 'changed', noun: 'grids', stationId: someStationId }]);
});

test('a closed connection stays closed', async () => {
  await showTown();
  page.connection.close();
  await sleep(250);
  expect(page.sockets).toHaveLength(1);
  expect(served.hub.stats().viewers).toBe(0);
});
