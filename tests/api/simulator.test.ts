import { serve, type ServerType } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSimulator, type SimulatorCounts } from '../../api/stations/demo/run-simulator.ts';
import { seedDemo, type DemoStation } from '../../api/stations/demo/seed-demo.ts';
import { openOwnDatabase, type OwnDatabase } from '../database/own-database.ts';
import { makeGateway, openTestApp, type TestApp } from './open-test-app.ts';

let own: OwnDatabase;
let testApp: TestApp;
let demo: DemoStation;
let server: ServerType;
let url: string;

const listen = (port: number): Promise<ServerType> =>
  new Promise((resolve) => {
    const started = serve({ fetch: testApp.app.fetch, hostname: '127.0.0.1', port }, () => resolve(started));
  });

const stopListening = (): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });

/** Runs until `isDone` says so, or for a minute. */
async function simulateUntil(
  isDone: (counts: SimulatorCounts) => boolean,
  more: Partial<Parameters<typeof runSimulator>[0]> = {},
): Promise<SimulatorCounts> {
  const stop = new AbortController();
  const timeout = setTimeout(() => stop.abort(), 60_000);
  const counts = await runSimulator({
    url,
    credentials: demo.credentials,
    rate: 1,
    ...more,
    signal: stop.signal,
    onCounts: (soFar) => isDone(soFar) && stop.abort(),
  });
  clearTimeout(timeout);
  return counts;
}

beforeAll(async () => {
  own = await openOwnDatabase();
  testApp = await openTestApp(own.database);
  demo = await seedDemo(testApp.database, { now: new Date(), demoOnNetwork: true });
  await testApp.dependencies.registry.refresh();
  server = await listen(0);
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await stopListening();
  await testApp.close();
  await own.remove();
});

test('every fix of the 63 units is accepted, and each unit gets a place', async () => {
  const counts = await simulateUntil(({ accepted }) => accepted >= 63 * 5);
  expect(counts).toMatchObject({ quarantined: 0, conflict: 0, notAllowed: 0, offDuty: 0, lost: 0 });
  expect(counts.accepted).toBeGreaterThanOrEqual(63 * 5);
  const answer = await fetch(`${url}/api/units?station=${demo.stationId}`);
  const { units } = (await answer.json()) as { units: { lngLat: unknown; stale: boolean; crew: unknown[] }[] };
  expect(units).toHaveLength(63);
  expect(units.filter(({ lngLat, stale, crew }) => lngLat && !stale && crew.length > 0)).toHaveLength(63);
});

test('units of a simulator that starts again go on where they were', async () => {
  const counts = await simulateUntil(({ accepted }) => accepted >= 63 * 2);
  expect(counts.quarantined).toBe(0);
});

test('fixes made while the server is away are sent late and in full', async () => {
  const { port } = server.address() as AddressInfo;
  const messages: string[] = [];
  let phase = 0;
  const counts = await simulateUntil(
    ({ made, accepted, kept }) => {
      if (phase === 0 && accepted >= 63) {
        phase = 1;
        void stopListening();
      } else if (phase === 1 && kept >= 63 * 3) {
        phase = 2;
        void listen(port).then((started) => (server = started));
      }
      return phase === 2 && kept < 10 && accepted > made - 63;
    },
    { onMessage: (message) => messages.push(message) },
  );
  expect(phase).toBe(2);
  // A fix whose answer was lost when the connection broke is sent again, and is a duplicate.
  expect(counts.accepted + counts.duplicate).toBeGreaterThan(63 * 4);
  expect(counts).toMatchObject({ quarantined: 0, conflict: 0, lost: 0 });
  expect(messages[0]).toMatch(/does not take fixes/);
  expect(messages[1]).toMatch(/takes fixes again/);
});

test('a device whose credential is unknown says so and stops, the others go on', async () => {
  const messages: string[] = [];
  const credentials = [{ device: 'demo-01', token: 'nobody' }, ...demo.credentials.slice(1, 3)];
  const counts = await simulateUntil(() => messages.length > 0, {
    credentials,
    onMessage: (message) => messages.push(message),
  });
  expect(messages).toEqual(['demo-01 stops: the server does not know its credential.']);
  expect(counts.accepted).toBeGreaterThan(10);
});

test('a gateway reports for all units in batches', async () => {
  const gatewayToken = await makeGateway(own.database, demo.stationId);
  await testApp.dependencies.registry.refresh();
  // Not where the devices of the tests before left off: a track continues at a new place once three fixes agree on it.
  const counts = await simulateUntil(({ accepted }) => accepted >= 63 * 3, {
    credentials: { gatewayToken, count: 63, prefix: 'demo-', batch: 20 },
    rate: 2,
  });
  expect(counts).toMatchObject({ notAllowed: 0, conflict: 0, lost: 0 });
  expect(counts.accepted).toBeGreaterThan(63 * 2);
});
