import { Validator } from '@seriousme/openapi-schema-validator';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { operations } from '../../api/openapi/operations.ts';
import type { OpenApiDocument } from '../../api/openapi/write-document.ts';
import { makeStation } from '../database/harness.ts';
import { signIn, type Asker } from './administration.ts';
import { makeReportingUnit, openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let document: OpenApiDocument;
let station: string;
const ids: Record<string, string> = {};
let askers: Record<string, Asker>;

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  document = (await (await app.app.request('/api/openapi.json')).json()) as OpenApiDocument;
  station = await makeStation(app.database);
  const { unitId } = await makeReportingUnit(app.database, station);
  const [sentinelId, memberId, gridId, crewId] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  await app.database.inScope([station], async (transaction) => {
    await transaction.execute(sql`
      INSERT INTO sentinels (id, station_id, number, name, kind, point, qr_code)
      VALUES (${sentinelId}, ${station}, 'S1', '平安小区', 'compound', ST_SetSRID(ST_MakePoint(117.9, 29.6), 4326), 'qr')`);
    await transaction.execute(sql`
      INSERT INTO members (id, station_id, display_name, role, phone) VALUES (${memberId}, ${station}, '李明', 'officer', '110')`);
    await transaction.execute(sql`
      INSERT INTO grids (id, station_id, number, officer_id, area)
      VALUES (${gridId}, ${station}, 'A1', ${memberId}, 'SRID=4326;MULTIPOLYGON(((117 29, 117.1 29, 117.1 29.1, 117 29)))')`);
    await transaction.execute(sql`
      INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at)
      VALUES (${crewId}, ${station}, ${unitId}, now(), now() + interval '4 hours')`);
    await transaction.execute(
      sql`INSERT INTO crew_members (crew_id, member_id, station_id) VALUES (${crewId}, ${memberId}, ${station})`,
    );
    await transaction.execute(
      sql`INSERT INTO gateways (id, station_id, name, token_hash) VALUES (${uuidv7()}, ${station}, 'gateway', sha256(${station}::text::bytea))`,
    );
  });
  askers = {
    commander: await signIn(app, station, 'commander'),
    administrator: await signIn(app, station, 'administrator'),
    auditor: await signIn(app, station, 'auditor'),
  };
  await askers['administrator']!.ask('POST', '/api/account/tokens', { name: 'QGIS', nouns: null, expiresInDays: 30 });
  const incidentId = uuidv7();
  await askers['commander']!.ask('PUT', `/api/incidents/${incidentId}`, {
    stationId: station,
    category: 'noise',
    source: 'citizen',
    lngLat: [117.9, 29.6],
    occurredAt: new Date().toISOString(),
  });
  const order = await askers['commander']!.ask('PUT', `/api/dispatches/${uuidv7()}`, { incidentId, unitIds: [unitId] });
  const { dispatches } = order.body as { dispatches: { id: string }[] };
  Object.assign(ids, {
    unit: unitId,
    sentinel: sentinelId,
    grid: gridId,
    account: askers['commander']!.id,
    incident: incidentId,
    dispatch: dispatches[0]!.id,
  });
});
afterAll(() => app.close());

/** The routes of the app, as the document writes them; middleware is no route. */
const routesOf = (): Set<string> =>
  new Set(
    app.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`),
  );

test('every route of the app is in the document, and nothing else is', () => {
  const told = operations.map(({ method, path }) => `${method} ${path}`);
  const routes = routesOf();
  expect({
    missing: [...routes].filter((route) => !told.includes(route)),
    surplus: told.filter((route) => !routes.has(route)),
  }).toEqual({ missing: [], surplus: [] });
  expect(told).toHaveLength(new Set(told).size);
});

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const operationIds = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(operationIds).size).toBe(operationIds.length);
});

test('what changes something is told to need a session, and reading to take a token', () => {
  for (const { method, path, access } of operations) {
    const { security } = document.paths[path]![method] as { security: Record<string, unknown>[] };
    const takesToken = security.some((scheme) => 'personalToken' in scheme);
    expect([path, method, takesToken]).toEqual([path, method, access === 'viewer']);
    if (method !== 'get') expect([path, access]).not.toEqual([path, 'viewer']);
  }
});

test('answers are what the document says of them, field by field', async () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', components: document.components });
  const fill = (path: string): string =>
    path
      .replace('/units/{id}', `/units/${ids['unit']}`)
      .replace('/sentinels/{id}', `/sentinels/${ids['sentinel']}`)
      .replace('/grids/{id}', `/grids/${ids['grid']}`)
      .replace('/accounts/{id}', `/accounts/${ids['account']}`)
      .replace('/incidents/{id}', `/incidents/${ids['incident']}`)
      .replace('/dispatches/{id}', `/dispatches/${ids['dispatch']}`)
      .replace('/stations/{id}', `/stations/${station}`);
  const lastHour = `station=${station}&from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date().toISOString()}`;
  const queries: Record<string, string> = {
    '/api/search': '?q=平安',
    '/api/grids/last-edit': `?station=${station}`,
    '/api/nearest': `?station=${station}&lng=117.9&lat=29.6`,
    '/api/events': `?${lastHour}`,
    '/api/figures': `?station=${station}`,
    '/api/presence': `?${lastHour}`,
  };
  let checked = 0;
  for (const { method, path, answers, access } of operations) {
    if (method !== 'get' || !answers[200]?.schema || access === 'anybody') continue;
    const url = fill(path) + (queries[path] ?? '');
    expect([path, url.includes('{')]).toEqual([path, false]);
    const seen: number[] = [];
    for (const asker of Object.values(askers)) {
      const { status, body } = await asker.ask('GET', url);
      seen.push(status);
      if (status !== 200) continue;
      const schema = (
        document.paths[path]!['get'] as { responses: Record<string, { content: Record<string, { schema: object }> }> }
      ).responses['200']!.content['application/json']!.schema;
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
      const validate = ajv.compile(JSON.parse(text));
      expect([path, validate(body), validate.errors]).toEqual([path, true, null]);
    }
    // Somebody gets an answer, or nothing was checked.
    expect([path, seen]).toEqual([path, expect.arrayContaining([200])]);
    checked++;
  }
  expect(checked).toBeGreaterThan(15);
});

test('the page tells every operation without a script, an inline style or another host', async () => {
  const response = await app.app.request('/api/docs');
  const page = await response.text();
  expect(response.headers.get('Content-Type')).toMatch(/^text\/html/);
  expect(response.headers.get('Content-Security-Policy')).toBe(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(page).not.toMatch(/<script|<style|style=|\son\w+=|https?:\/\//i);
  expect(page.match(/<details /g)).toHaveLength(operations.length);
  for (const { path } of operations) expect(page).toContain(`<code>${path}</code>`);
  for (const [, anchor] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${anchor}"`);
  const style = await app.app.request('/api/docs.css');
  expect(style.headers.get('Content-Type')).toMatch(/^text\/css/);
  expect(await style.text()).not.toMatch(/url\(|@import/);
});
