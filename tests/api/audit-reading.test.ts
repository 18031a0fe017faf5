import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles, type Role } from '../../api/accounts/contract.ts';
import { auditPageSchema, installationChain, type AuditPage } from '../../api/audit/contract.ts';
import { csvCell } from '../../api/audit/write-csv.ts';
import { sql } from '../../api/database/sql.ts';
import { makeStation } from '../database/harness.ts';
import { openOwnDatabase, type OwnDatabase } from '../database/own-database.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let own: OwnDatabase;
let testApp: TestApp;
let top: string;
let child: string;
let elsewhere: string;

beforeAll(async () => {
  own = await openOwnDatabase();
  testApp = await openTestApp(own.database, { withSessions: true });
  top = await makeStation(own.database);
  child = await makeStation(own.database, { parentId: top });
  elsewhere = await makeStation(own.database);
});
afterAll(async () => {
  await testApp.close();
  await own.remove();
});

async function signIn(role: Role, station: string): Promise<string> {
  return beginSession(
    own.database,
    testApp.dependencies.sessions.cookieName,
    await makeAccount(own.database, station, role),
  );
}

async function read(cookie: string, query: Record<string, string> = {}) {
  const response = await testApp.app.request(`/api/audit?${new URLSearchParams(query)}`, {
    headers: { Cookie: cookie },
  });
  const body = (await response.json()) as AuditPage & { errors?: { field: string }[] };
  return { status: response.status, body };
}

const write = (stationId: string | null, action: string, more: object = {}) =>
  testApp.dependencies.audit.write({ stationId, actor: null, action, outcome: 'done', ...more });

const actionsOf = ({ entries }: AuditPage) => entries.map(({ action }) => action);

test('an auditor reads the log of the own station and those below, newest first, and of no other', async () => {
  await write(top, 'one.of-top');
  await write(child, 'two.of-child');
  await write(elsewhere, 'three.elsewhere');
  await write(null, 'four.of-the-installation');
  const { status, body } = await read(await signIn('auditor', top));
  expect(status).toBe(200);
  expect(auditPageSchema.parse(body)).toEqual(body);
  expect(actionsOf(body)).toEqual(['two.of-child', 'one.of-top']);
  const ofChild = await signIn('auditor', child);
  expect(actionsOf((await read(ofChild)).body)).toEqual(['two.of-child']);
  for (const station of [top, elsewhere, installationChain])
    expect((await read(ofChild, { station })).status).toBe(404);
});

test.each(roles.filter((role) => role !== 'auditor'))('the role %s does not read the log', async (role) => {
  const cookie = await signIn(role, top);
  expect((await read(cookie)).status).toBe(403);
  expect((await testApp.app.request('/api/audit.csv', { headers: { Cookie: cookie } })).status).toBe(403);
});

test('nobody reads it without signing in', async () => {
  expect((await testApp.app.request('/api/audit')).status).toBe(401);
});

test('the installation’s own chain is for who audits all of it', async () => {
  const account = await makeAccount(own.database, top, 'auditor');
  await own.database.inScope([elsewhere], (transaction) =>
    transaction.execute(
      sql`INSERT INTO account_roles (account_id, station_id, role) VALUES (${account.id}, ${elsewhere}, 'auditor')`,
    ),
  );
  const cookie = await beginSession(own.database, testApp.dependencies.sessions.cookieName, account);
  expect(actionsOf((await read(cookie, { station: installationChain })).body)).toContain('four.of-the-installation');
});

test('it is searched by actor, action, outcome and time', async () => {
  const station = await makeStation(own.database, { parentId: top });
  const officer = { accountId: '018f0000-0000-7000-8000-0000000000aa', name: '韩卫国 100%' };
  await write(station, 'session.begin', { actor: officer });
  await write(station, 'session.refused', { outcome: 'refused' });
  await write(station, 'sessions.other');
  const cookie = await signIn('auditor', station);
  const find = async (query: Record<string, string>) => actionsOf((await read(cookie, query)).body);
  expect(await find({ action: 'session' })).toEqual(['session.refused', 'session.begin']);
  expect(await find({ action: 'session.begin' })).toEqual(['session.begin']);
  expect(await find({ actor: '卫国 100%' })).toEqual(['session.begin']);
  expect(await find({ actor: '%' })).toEqual(['session.begin']);
  expect(await find({ actor: officer.accountId.toUpperCase() })).toEqual(['session.begin']);
  expect(await find({ actor: '018f0000-0000-7000-8000-0000000000ab' })).toEqual([]);
  expect(await find({ outcome: 'refused' })).toEqual(['session.refused']);
  const soon = new Date(Date.now() + 60_000).toISOString();
  expect(await find({ to: soon })).toHaveLength(3);
  expect(await find({ from: soon })).toEqual([]);
  for (const [field, value] of [
    ['action', "x' OR 1=1"],
    ['outcome', 'maybe'],
    ['from', 'yesterday'],
    ['limit', '501'],
    ['before', '1.2'],
    ['station', 'x'],
  ] as const)
    expect(await read(cookie, { [field]: value })).toMatchObject({ status: 400, body: { errors: [{ field }] } });
});

test('pages hold every entry once, also those of one moment in several chains and while more are written', async () => {
  const stations = [await makeStation(own.database), await makeStation(own.database)];
  const account = await makeAccount(own.database, stations[0]!, 'auditor');
  await own.database.inScope([stations[1]!], (transaction) =>
    transaction.execute(
      sql`INSERT INTO account_roles (account_id, station_id, role) VALUES (${account.id}, ${stations[1]}, 'auditor')`,
    ),
  );
  const cookie = await beginSession(own.database, testApp.dependencies.sessions.cookieName, account);
  await Promise.all(
    Array.from({ length: 25 }, (_, index) => write(stations[index % 2]!, 'test.done', { detail: { index } })),
  );
  const seen: unknown[] = [];
  let before: string | null = null;
  do {
    const { body }: { body: AuditPage } = await read(cookie, { limit: '7', ...(before !== null && { before }) });
    seen.push(...body.entries.map(({ detail }) => detail['index']));
    before = body.next;
    await write(stations[0]!, 'test.later', { detail: { index: 'later' } });
  } while (before !== null);
  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
});

test('an export is a file of the same entries, and is itself in the log', async () => {
  const station = await makeStation(own.database, { parentId: top });
  await write(station, 'test.done', {
    actor: { accountId: '018f0000-0000-7000-8000-0000000000aa', name: '=HYPERLINK("http://evil")' },
    target: { kind: 'unit', id: 'u', name: '一号, "甲"\n<script>' },
  });
  for (let index = 0; index < 3; index++) await write(station, 'test.more');
  const cookie = await signIn('auditor', top);
  const response = await testApp.app.request(`/api/audit.csv?station=${station}&action=test`, {
    headers: { Cookie: cookie },
  });
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.csv"$/);
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const text = new TextDecoder().decode(bytes);
  expect(text.split('\r\n')).toHaveLength(1 + 4 + 1);
  expect(text).toContain(`,"'=HYPERLINK(""http://evil"")",`);
  expect(text).toContain(',"一号, ""甲""\n<script>",');
  expect((await read(cookie, { station, action: 'audit' })).body.entries).toMatchObject([
    { action: 'audit.exported', detail: { station, action: 'test' } },
  ]);
});

test.each(['=1', '+1', '-1', '@x', '\t=1', '＝1'])('the cell %j is no formula', (text) => {
  expect(csvCell(text)).toMatch(/^"?'/);
});
