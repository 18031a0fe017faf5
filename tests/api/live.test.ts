import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { WatchingViewer } from '../fixtures/watch-live.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

let test_: TestApp;
let server: Server;
let ticking: NodeJS.Timeout;
let stationId: string;
let unit: ReportingUnit;
let viewer: WatchingViewer;

beforeAll(async () => {
  test_ = await openTestApp();
  const { live, registry } = test_.dependencies;
  stationId = await makeStation(test_.database);
  unit = await makeReportingUnit(test_.database, stationId, { kind: 'bike' });
  await registry.refresh();
  server = createServer(getRequestListener(test_.app.fetch));
  live.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ticking = setInterval(() => live.tick(), 1000);
  viewer = new WatchingViewer(address('ws', `/api/live?station=${stationId}`));
  await viewer.view([119.9, 29.9, 120.1, 30.1]);
});
afterAll(async () => {
  clearInterval(ticking);
  viewer.close();
  await test_.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const address = (scheme: string, path: string) =>
  `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

const report = (lngLat: [number, number], at = new Date()) =>
  fetch(address('http', '/api/positions'), {
    method: 'POST',
    headers: { Authorization: `Bearer ${unit.token}` },
    body: JSON.stringify([{ device: unit.device, at: at.toISOString(), lngLat, accuracyM: 5 }]),
  });

// How soon is measured by `npm run bench`: on a machine that others use too a limit here would judge the machine.
test('a fix sent to the endpoint comes to every screen, and moves there', async () => {
  for (const lng of [120.001, 120.0011]) {
    expect((await report([lng, 30])).status).toBe(200);
    const shown = () => {
      const slot = viewer.units.slotOf(unit.unitNumber);
      return slot !== undefined && Math.abs(viewer.units.current[2 * slot]! - lng) < 1e-6;
    };
    await viewer.until(shown, 20_000);
  }
  expect(viewer.units.read(0)).toMatchObject({ number: unit.unitNumber, kind: 'bike' });
});

test('a late fix leaves the marker where it is', async () => {
  const before = viewer.seen;
  expect((await report([120.0005, 30], new Date(Date.now() - 60_000))).status).toBe(200);
  const { tick } = viewer.last;
  await viewer.until(() => viewer.last.tick >= tick + 2);
  expect(viewer.seen).toEqual(before);
});

test('a unit that goes off duty leaves the screen', async () => {
  await test_.database.inScope([stationId], async (transaction) => {
    await transaction.execute(
      sql`UPDATE units SET duty_state = 'off' WHERE station_id = ${stationId} AND id = ${unit.unitId}`,
    );
    await transaction.execute(sql`
      INSERT INTO revisions (station_id, noun) VALUES (${stationId}, 'units')
      ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1`);
  });
  await test_.dependencies.registry.refresh();
  await viewer.until(() => viewer.units.count === 0, 2000);
  await report([120.002, 30]);
  const { tick } = viewer.last;
  await viewer.until(() => viewer.last.tick >= tick + 2);
  expect(viewer.units.count).toBe(0);
});
