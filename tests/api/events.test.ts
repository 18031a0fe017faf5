import { v7 as uuidv7 } from 'uuid';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../api/accounts/contract.ts';
import type { Viewer } from '../../api/accounts/viewer.ts';
import { sql } from '../../api/database/sql.ts';
import { problemOf } from '../../api/errors.ts';
import { eventsSchema, type StationEvents } from '../../api/events/contract.ts';
import { createEventRoutes } from '../../api/events/routes.ts';
import { makeUnit } from '../database/base-data.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { makeViewer } from '../fixtures/make-viewer.ts';

const database = openTestDatabase();
let station: string;
let walker: { id: string };
const [from, to] = ['2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z'];

/** At 8:00 an incident, at 8:05 the walker is sent and accepts at 8:06; at 8:30 an alert of a car; the rest lies outside. */
beforeAll(async () => {
  station = await makeStation(database);
  walker = await makeUnit(database, station, { number: 7, callSign: '步巡 7' });
  const car = await makeUnit(database, station, { number: 8, callSign: '车巡 8', kind: 'car' });
  const [incident, order, dispatch] = [uuidv7(), uuidv7(), uuidv7()];
  await database.inScope([station], async (transaction) => {
    await transaction.execute(sql`
      INSERT INTO incidents (id, station_id, number, category, source, occurred_at, point) VALUES
        (${incident}, ${station}, 1, 'fight', 'citizen', '2026-11-20T08:00:00Z', ST_SetSRID(ST_MakePoint(116.4, 39.9), 4326)),
        (${uuidv7()}, ${station}, 2, 'theft', 'patrol', '2026-11-20T09:00:00Z', ST_SetSRID(ST_MakePoint(116.4, 39.9), 4326))`);
    await transaction.execute(sql`
      INSERT INTO incident_events (id, station_id, incident_id, kind, at, unit_id) VALUES
        (${uuidv7()}, ${station}, ${incident}, 'dispatched', '2026-11-20T08:05:00Z', ${walker.id}),
        (${uuidv7()}, ${station}, ${incident}, 'closed', '2026-11-20T09:05:00Z', NULL)`);
    await transaction.execute(
      sql`INSERT INTO dispatch_orders (id, station_id, incident_id) VALUES (${order}, ${station}, ${incident})`,
    );
    await transaction.execute(sql`
      INSERT INTO dispatches (id, station_id, order_id, incident_id, unit_id)
      VALUES (${dispatch}, ${station}, ${order}, ${incident}, ${walker.id})`);
    await transaction.execute(sql`
      INSERT INTO dispatch_steps (id, station_id, dispatch_id, state, at)
      VALUES (${uuidv7()}, ${station}, ${dispatch}, 'sent', '2026-11-20T08:05:00Z')`);
    await transaction.execute(sql`
      INSERT INTO alerts (id, station_id, kind, cause, severity, opened_at, unit_id)
      VALUES (${uuidv7()}, ${station}, 'sos', 'sos:8', 'critical', '2026-11-20T08:30:00Z', ${car.id})`);
  });
});
afterAll(() => database.close());

async function ask(role: Role, more: Partial<Viewer> = {}, query = `station=${station}&from=${from}&to=${to}`) {
  const viewer = makeViewer([station], [role], more);
  const app = new Hono().route('/api', createEventRoutes({ database, viewerOf: async () => viewer }));
  app.onError((error, context) => {
    const { details } = problemOf(error);
    return context.json(details, details.status as 500);
  });
  const response = await app.request(`/api/events?${query}`);
  return { status: response.status, body: (await response.json()) as StationEvents };
}

test('what happened comes in the order of time, from the first moment to before the last', async () => {
  const { status, body } = await ask('commander');
  expect(status).toBe(200);
  expect(eventsSchema.parse(body)).toEqual({
    isWhole: true,
    events: [
      {
        kind: 'incident',
        at: '2026-11-20T08:00:00.000Z',
        name: 'fight',
        incident: 1,
        source: 'citizen',
        unit: null,
        lngLat: [116.4, 39.9],
      },
      {
        kind: 'step',
        at: '2026-11-20T08:05:00.000Z',
        name: 'dispatched',
        incident: 1,
        source: null,
        unit: 7,
        lngLat: [116.4, 39.9],
      },
      {
        kind: 'alert',
        at: '2026-11-20T08:30:00.000Z',
        name: 'sos',
        incident: null,
        source: null,
        unit: 8,
        lngLat: null,
      },
    ],
  });
});

test('a volunteer is told the steps of the own unit and nothing of the incident', async () => {
  const own = { ownUnits: [{ id: walker.id, stationId: station, number: 7 }] };
  const { body } = await ask('volunteer', own);
  expect(body.events).toEqual([
    expect.objectContaining({ kind: 'step', name: 'dispatched', incident: null, unit: 7, lngLat: null }),
  ]);
  expect((await ask('volunteer')).body.events).toEqual([]);
});

test('a wall has no past, nor has who sees no tracks; another station is not there', async () => {
  for (const role of ['wall', 'analyst', 'administrator', 'auditor'] as const)
    expect((await ask(role)).status).toBe(404);
  const other = await makeStation(database);
  expect((await ask('commander', {}, `station=${other}&from=${from}&to=${to}`)).status).toBe(404);
});

test('a period longer than a day is refused', async () => {
  const { status, body } = await ask('commander', {}, `station=${station}&from=${from}&to=2026-11-21T08:00:01Z`);
  expect([status, body]).toMatchObject([
    400,
    { errors: [{ field: 'to', expected: 'a time at most 24 hours after from' }] },
  ]);
});
