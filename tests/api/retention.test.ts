import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles, type Role } from '../../api/accounts/contract.ts';
import { findChain } from '../../api/audit/queries.ts';
import { defaultRetention, retentionSchema, type Retention } from '../../api/retention/contract.ts';
import { makeStation } from '../database/harness.ts';
import { makeViewer } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';
import { createRetentionRoutes } from '../../api/retention/routes.ts';
import { Hono } from 'hono';
import { problemOf } from '../../api/errors.ts';

let testApp: TestApp;
let station: string;

beforeAll(async () => {
  testApp = await openTestApp();
  station = await makeStation(testApp.database);
});
afterAll(() => testApp.close());

async function ask(role: Role, at: string, path = '/api/retention', body?: unknown) {
  const app = new Hono().route(
    '/api',
    createRetentionRoutes({ ...testApp.dependencies, viewerOf: async () => makeViewer([at], [role]) }),
  );
  app.onError((error, context) => context.json(problemOf(error).details, problemOf(error).details.status as 500));
  const response = await app.request(path, {
    ...(body !== undefined && {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  return { status: response.status, body: (await response.json()) as Retention & { errors?: { field: string }[] } };
}

test('an administrator reads how long a station keeps what, and what ingest takes', async () => {
  const { status, body } = await ask('administrator', station);
  expect(status).toBe(200);
  expect(retentionSchema.parse(body)).toEqual({
    settings: [{ stationId: station, days: defaultRetention, overdueShiftHours: 2, isDefault: true }],
    ingestLimitDays: 183,
    runs: [],
  });
});

test('an administrator sets it, and the log tells what was before', async () => {
  const days = { ...defaultRetention, fixes: 90, audit: 183 };
  const set = await ask('administrator', station, '/api/retention', { stationId: station, days, overdueShiftHours: 0 });
  expect([set.status, set.body]).toEqual([200, { stationId: station, days, overdueShiftHours: 0, isDefault: false }]);
  expect((await ask('administrator', station)).body.settings[0]).toMatchObject({ days, isDefault: false });
  const entries = await testApp.database.inScope([station], (transaction) => findChain(transaction, station, 0, 10));
  expect(entries.map(({ action }) => action)).toEqual(['retention.change']);
  expect(JSON.parse(entries[0]!.detail)).toMatchObject({
    fields: ['fixes', 'audit', 'overdueShiftHours'],
    before: { fixes: 183 },
    after: { fixes: 90 },
  });
});

test.each(roles.filter((role) => role !== 'administrator'))('the role %s neither reads nor sets it', async (role) => {
  expect((await ask(role, station)).status).toBe(403);
  const change = { stationId: station, days: defaultRetention, overdueShiftHours: 2 };
  expect((await ask(role, station, '/api/retention', change)).status).toBe(403);
});

test('another station’s is not there', async () => {
  const other = await makeStation(testApp.database);
  expect((await ask('administrator', other, `/api/retention?station=${station}`)).status).toBe(404);
  const change = { stationId: station, days: defaultRetention, overdueShiftHours: 2 };
  expect((await ask('administrator', other, '/api/retention', change)).status).toBe(404);
});

test('less than 183 days for the audit log, none at all and too many are refused by field', async () => {
  const refused = async (days: object) => {
    const body = { stationId: station, days: { ...defaultRetention, ...days }, overdueShiftHours: 2 };
    const answer = await ask('administrator', station, '/api/retention', body);
    return [answer.status, answer.body.errors?.map(({ field }) => field)];
  };
  expect(await refused({ audit: 182 })).toEqual([400, ['days.audit']]);
  expect(await refused({ fixes: 0 })).toEqual([400, ['days.fixes']]);
  expect(await refused({ imports: 4000 })).toEqual([400, ['days.imports']]);
  expect(await refused({ faces: 1 })).toEqual([400, ['days']]);
});
