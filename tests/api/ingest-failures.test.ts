// The database fails under ingest in every way that a sender can tell apart: before, during and after the commit.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation, openTestDatabase } from '../database/harness.ts';
import { openPort, type OpenPort } from './open-port.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

type Fault = 'none' | 'gone' | 'commit unanswered';

let fault: Fault;
let opened: TestApp;
let port: OpenPort;
let stationId: string;
let unit: ReportingUnit;

/** The real database, cut off where a broken network would cut it off. */
function cutOff(database: Database): Database {
  const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  return {
    ...database,
    async inScope(stationIds, work) {
      if (fault === 'gone') throw refused();
      const result = await database.inScope(stationIds, work);
      if (fault === 'commit unanswered') throw new Error('Connection terminated unexpectedly');
      return result;
    },
  };
}

beforeEach(async () => {
  fault = 'none';
  opened = await openTestApp(cutOff(openTestDatabase()));
  port = await openPort(opened.listener);
  stationId = await makeStation(opened.database);
  unit = await makeReportingUnit(opened.database, stationId);
  await opened.dependencies.registry.refresh();
});
afterEach(async () => {
  fault = 'none';
  await port.close();
  await opened.close();
});

const startMs = Math.floor(Date.now() / 1000) * 1000 - 600_000;
const post = (seconds: readonly number[], more: object = {}, { request }: Pick<OpenPort, 'request'> = port) =>
  request('/api/positions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${unit.token}` },
    body: JSON.stringify(
      seconds.map((second) => ({
        device: unit.device,
        at: new Date(startMs + second * 1000).toISOString(),
        lngLat: [120 + second * 1e-5, 30],
        ...more,
      })),
    ),
  });

const outcomes = async (response: Response) =>
  ((await response.json()) as { outcomes: { outcome: string }[] }).outcomes.map(({ outcome }) => outcome);

const storedCount = async () => {
  const rows = await opened.database.inScope([stationId], (transaction) =>
    transaction.query(sql`SELECT 1 FROM fixes WHERE device_number = ${unit.deviceNumber}`),
  );
  return rows.length;
};

test('while the database is gone a report is answered 503 with Retry-After, and nothing is advanced', async () => {
  expect(await outcomes(await post([1]))).toEqual(['accepted']);
  fault = 'gone';
  const refused = await post([2, 3]);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect((await opened.app.request(`/api/osmand?id=${unit.token}&lat=30&lon=120`)).status).toBe(503);
  expect(opened.published.map(({ observedAtMs }) => observedAtMs - startMs)).toEqual([1000]);
  fault = 'none';
  // Had the track been moved on, these would be late or repeats.
  expect(await outcomes(await post([2, 3]))).toEqual(['accepted', 'accepted']);
  expect(opened.published.at(-1)!.observedAtMs).toBe(startMs + 3000);
  expect(await storedCount()).toBe(3);
});

test('a report that was committed but whose commit was not answered is a duplicate when it is repeated', async () => {
  fault = 'commit unanswered';
  expect((await post([1, 2])).status).toBe(503);
  fault = 'none';
  expect(await outcomes(await post([1, 2, 3]))).toEqual(['duplicate', 'duplicate', 'accepted']);
  expect(await outcomes(await post([2], { speedMps: 9 }))).toEqual(['conflict']);
  expect(await storedCount()).toBe(3);
});

test('a fix that another server stored is told as what it is', async () => {
  expect(await outcomes(await post([1]))).toEqual(['accepted']);
  await opened.database.inScope([stationId], (transaction) =>
    transaction.execute(sql`
      INSERT INTO fixes (device_number, unit_number, observed_at, received_at, station_id, point)
      VALUES (${unit.deviceNumber}, ${unit.unitNumber}, ${new Date(startMs + 2000).toISOString()}, now(), ${stationId}, ST_Point(120.00002, 30, 4326))`),
  );
  expect(await outcomes(await post([2, 3]))).toEqual(['duplicate', 'accepted']);
  expect(await storedCount()).toBe(3);
});

test('a report that cannot be written is answered 503 and does not take those beside it along', async () => {
  const second = await makeReportingUnit(opened.database, stationId);
  await opened.dependencies.registry.refresh();
  // The station of the first has vanished from under the registry's eyes: its marker row breaks the foreign key.
  const gone = await makeStation(opened.database);
  const lost = await makeReportingUnit(opened.database, gone);
  await opened.dependencies.registry.refresh();
  await opened.database.inScope([gone], (transaction) =>
    transaction.execute(sql`DELETE FROM stations WHERE id = ${gone}`),
  );
  const send = ({ token, device }: ReportingUnit) =>
    port.request('/api/positions', {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify([{ device, at: new Date(startMs).toISOString(), lngLat: [120, 30] }]),
    });
  const [refused, taken] = await Promise.all([send(lost), send(second)]);
  expect([refused.status, taken.status]).toEqual([503, 200]);
  expect(await outcomes(taken)).toEqual(['accepted']);
});

test('a partition that somebody dropped is made again', async () => {
  // A day of its own, far from what other tests write.
  const day = new Date(Date.now() - 90 * 86_400_000).toISOString().slice(0, 10);
  const report = (time: string) => post([0], { at: `${day}T${time}Z` });
  expect(await outcomes(await report('08:00:00'))).toEqual(['accepted']);
  await opened.database.asOwner((transaction) =>
    transaction.execute({ text: `DROP TABLE fixes_${day.replaceAll('-', '')}`, values: [] }),
  );
  expect(await outcomes(await report('08:00:10'))).toEqual(['accepted']);
});

test('more than 50,000 waiting fixes are answered 503, and those that wait are stored', async () => {
  const many = Array.from({ length: 1000 }, (_, index) => index * 0.01);
  // Without a port between: all at once, before the first batch begins.
  const atOnce = { request: async (path: string, init?: RequestInit) => opened.app.request(path, init) };
  const answers = await Promise.all(
    Array.from({ length: 52 }, (_, report) =>
      post(
        many.map((second) => second + report * 10),
        {},
        atOnce,
      ),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(2);
  expect(Number(answers[statuses.indexOf(503)]!.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await storedCount()).toBe(50_000);
  expect(opened.dependencies.ingest.pending).toBe(0);
});

test('a server that stops answers what it took in and refuses the rest', async () => {
  const taken = post([1]);
  while (opened.dependencies.ingest.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  const drained = opened.dependencies.ingest.drain();
  expect((await post([2])).status).toBe(503);
  expect(await outcomes(await taken)).toEqual(['accepted']);
  await drained;
  expect(await storedCount()).toBe(1);
});
