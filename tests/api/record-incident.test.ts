import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tableFromIPC } from 'apache-arrow';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles, type Role } from '../../api/accounts/contract.ts';
import { actionMatrix } from '../../api/accounts/matrix.ts';
import { sql } from '../../api/database/sql.ts';
import type { IncidentWithTimeline, RecordedIncident, WithdrawnIncident } from '../../api/incidents/record-contract.ts';
import { appendIncidentEvent } from '../../api/incidents/timeline-queries.ts';
import { makeSentinel } from '../database/base-data.ts';
import { makeStation } from '../database/harness.ts';
import { makeIncidents } from '../database/make-incidents.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { WatchingViewer } from '../fixtures/watch-live.ts';
import { makeGateway, makeReportingUnit, openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
let server: Server;
let station: string;
let other: string;
let sentinel: string;
let sentinelOfOther: string;
let gateway: string;
let device: string;
const cookies = new Map<Role, string>();

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  const { database, dependencies } = app;
  station = await makeStation(database);
  other = await makeStation(database);
  sentinel = await makeSentinel(database, station, { number: '1', name: '平安里', lng: 117.9, lat: 29.6 });
  sentinelOfOther = await makeSentinel(database, other, { number: '1', name: '别处', lng: 117.9, lat: 29.6 });
  gateway = await makeGateway(database, station);
  device = (await makeReportingUnit(database, station)).token;
  await dependencies.registry.refresh();
  for (const role of roles)
    cookies.set(
      role,
      await beginSession(database, dependencies.sessions.cookieName, await makeAccount(database, station, role)),
    );
  server = createServer();
  dependencies.live.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await app.close();
  server.close();
});

const happenedAt = new Date(Date.now() - 600_000).toISOString();
const bodyOf = (more: Partial<RecordedIncident> = {}): RecordedIncident => ({
  stationId: station,
  category: 'theft',
  source: 'citizen',
  lngLat: [117.912345, 29.612345],
  occurredAt: happenedAt,
  text: '报警人称手机被盗',
  ...more,
});

async function send(
  method: 'PUT' | 'POST',
  path: string,
  body: unknown,
  { role = 'officer', token, seen }: { role?: Role; token?: string; seen?: number | string } = {},
) {
  const response = await app.app.request(`/api/incidents/${path}`, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(token === undefined ? { Cookie: cookies.get(role)! } : { Authorization: `Bearer ${token}` }),
      ...(seen !== undefined && { 'If-Match': `"${seen}"` }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as IncidentWithTimeline & Refusal };
}
interface Refusal {
  type: string;
  errors?: { field: string; expected: string }[];
}
const put = (id: string, body: unknown, as = {}) => send('PUT', id, body, as);
const enter = (id: string, kind: string, { note, eventId = uuidv7(), ...as }: Record<string, unknown> = {}) =>
  send('POST', `${id}/events`, { id: eventId, kind, ...(note !== undefined && { note }) }, as);
const get = async (path: string, role: Role = 'officer') => {
  const response = await app.app.request(`/api/${path}`, { headers: { Cookie: cookies.get(role)! } });
  return { status: response.status, body: (await response.json()) as never };
};
const read = async (id: string, role?: Role) => (await get(`incidents/${id}`, role)).body as IncidentWithTimeline;
const kindsOf = ({ timeline }: IncidentWithTimeline) => timeline.map(({ kind }) => kind);
const made = async (more: Partial<RecordedIncident> = {}) => {
  const id = uuidv7();
  const { status, body } = await put(id, bodyOf(more));
  expect(status).toBe(201);
  return body;
};
const rowsOf = (table: string) =>
  app.database.inScope([station], async (transaction) => {
    const [row] = await transaction.query<{ n: number }>({ text: `SELECT count(*) AS n FROM ${table}`, values: [] });
    return row!.n;
  });
const auditOf = (id: string) =>
  app.database.inScope([station], (transaction) =>
    transaction.query<{ action: string; name: string; detail: unknown }>(sql`
      SELECT action, target_name AS name, detail FROM audit_entries
      WHERE station_id = ${station} AND target_id = ${id} ORDER BY sequence`),
  );
const columnNumbers = async () => {
  const response = await app.app.request(`/api/incidents.arrow?station=${station}`, {
    headers: { Cookie: cookies.get('officer')! },
  });
  const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
  return { numbers: [...table.getChild('number')!], rewrites: table.schema.metadata.get('rewrites') };
};

describe('an incident recorded at the desk', () => {
  test('is answered 201 with its number, open, and a timeline that tells who recorded it', async () => {
    const id = uuidv7();
    const { status, body } = await put(id, bodyOf());
    expect([status, body.id, body.state, body.version]).toEqual([201, id, 'open', 1]);
    expect(body).toMatchObject({ category: 'theft', text: '报警人称手机被盗', lngLat: [117.912345, 29.612345] });
    expect(body.timeline).toMatchObject([
      { kind: 'created', detail: { via: 'desk' }, actor: { name: 'officer of a test' } },
    ]);
    expect(await read(id)).toEqual(body);
    expect((await columnNumbers()).numbers).toContain(body.number);
  });

  test('is the same one when the same request comes again, also after a correction', async () => {
    const { id, number } = await made();
    const before = await rowsOf('incident_events');
    const again = await put(id, bodyOf());
    expect([again.status, again.body.number]).toEqual([200, number]);
    expect((await put(id, bodyOf({ category: 'fight' }), { seen: 1 })).status).toBe(200);
    const repeated = await put(id, bodyOf());
    expect([repeated.status, repeated.body.category]).toEqual([200, 'fight']);
    expect(await rowsOf('incident_events')).toBe(before + 1);
  });

  test('is not overwritten by another body under its id: 409 names what differs', async () => {
    const { id } = await made();
    const { status, body } = await put(id, bodyOf({ category: 'fight', text: '另一件事' }));
    expect([status, body.type]).toEqual([409, '/problems/recorded-differently']);
    expect(body.errors?.map(({ field }) => field)).toEqual(['category', 'text']);
    expect((await read(id)).category).toBe('theft');
    expect(kindsOf(await read(id))).toEqual(['created']);
  });

  test('is made once when the request is sent ten times at once', async () => {
    const id = uuidv7();
    const answers = await Promise.all(Array.from({ length: 10 }, () => put(id, bodyOf())));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(9).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => body.number)).size).toBe(1);
    expect(kindsOf(await read(id))).toEqual(['created']);
  });

  test('gets a number of its own among many at once, with no gap', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => put(uuidv7(), bodyOf())));
    const numbers = answers.map(({ body }) => body.number).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
  });

  test('is in the audit log by its number, without what was written', async () => {
    const { id, number } = await made({ text: '张某住在三单元' });
    await put(id, bodyOf({ text: '李某住在四单元' }), { seen: 1 });
    const entries = await auditOf(id);
    expect(entries).toMatchObject([
      { action: 'incident.record', name: String(number) },
      { action: 'incident.correct', detail: { fields: ['text'] } },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/单元/);
  });

  test('comes from GCJ-02 and BD-09 as the place that it is', async () => {
    // The example of the public converter coordtransform: one place in three systems.
    for (const [crs, lngLat] of [
      ['gcj02', [116.404, 39.915]],
      ['bd09', [116.41036949371029, 39.92133699351021]],
    ] as const) {
      const place = (await made({ lngLat: [...lngLat], crs })).lngLat;
      expect(place[0]).toBeCloseTo(116.39775550083061, 4);
      expect(place[1]).toBeCloseTo(39.91359571849836, 4);
    }
    expect((await made({ crs: 'cgcs2000' })).lngLat).toEqual([117.912345, 29.612345]);
  });

  test.each<[string, unknown, string]>([
    ['null island', { lngLat: [0, 0] }, 'lngLat'],
    ['a place that is none', { lngLat: [200, 29] }, 'lngLat'],
    ['latitude first', { lngLat: [29.6, 117.9] }, 'lngLat'],
    ['a time to come', { occurredAt: new Date(Date.now() + 3_600_000).toISOString() }, 'occurredAt'],
    ['a time without a zone', { occurredAt: '2026-01-01T08:00:00' }, 'occurredAt'],
    ['no category', { category: ' ' }, 'category'],
    ['another source', { source: 'rumour' }, 'source'],
    ['too long a text', { text: 'x'.repeat(2001) }, 'text'],
    ['a control character', { text: 'bell \u0007' }, 'text'],
    ['a sentinel point of a citizen’s call', { sentinelId: 'OWN' }, 'sentinelId'],
    ['a sentinel point of another station', { source: 'sentinel', sentinelId: 'OTHER' }, 'sentinelId'],
  ])('is refused with %s', async (_, more, field) => {
    const text = JSON.stringify(bodyOf(more as never))
      .replace('OWN', sentinel)
      .replace('OTHER', sentinelOfOther);
    const before = await rowsOf('incidents');
    const { status, body } = await put(uuidv7(), JSON.parse(text));
    expect([status, body.errors?.map((row) => row.field)]).toEqual([400, [field]]);
    expect(await rowsOf('incidents')).toBe(before);
  });

  test('knows the sentinel point that told of it', async () => {
    const { id } = await made({ source: 'sentinel', sentinelId: sentinel });
    expect((await read(id)).sentinelId).toBe(sentinel);
    const corrected = await put(id, bodyOf({ source: 'citizen' }), { seen: 1 });
    expect(corrected.body.sentinelId).toBeNull();
    expect(corrected.body.timeline[1]!.detail).toMatchObject({ before: { sentinelId: sentinel, source: 'sentinel' } });
  });

  test('may be recorded by those whose role records, at their station, and by nobody else', async () => {
    for (const role of roles) {
      const { status } = await put(uuidv7(), bodyOf(), { role });
      expect([role, status]).toEqual([role, actionMatrix[role].has('recordIncidents') ? 201 : 403]);
    }
    expect((await put(uuidv7(), bodyOf({ stationId: other }))).status).toBe(404);
    expect((await put(uuidv7(), bodyOf(), { token: 'unknown' })).status).toBe(401);
  });
});

describe('a correction', () => {
  test('keeps what was, what became, who and when, and raises the version', async () => {
    const { id } = await made();
    const { status, body } = await put(
      id,
      bodyOf({ category: 'burglary', lngLat: [117.92, 29.62], text: '报警人称家中被盗' }),
      { seen: 1, role: 'commander' },
    );
    expect([status, body.version, body.category, body.text]).toEqual([200, 2, 'burglary', '报警人称家中被盗']);
    expect(body.timeline[1]).toMatchObject({
      kind: 'corrected',
      actor: { name: 'commander of a test' },
      detail: {
        fields: ['category', 'lngLat', 'text'],
        before: { category: 'theft', lngLat: [117.912345, 29.612345] },
        after: { category: 'burglary', lngLat: [117.92, 29.62] },
      },
      textBefore: '报警人称手机被盗',
      textAfter: '报警人称家中被盗',
    });
    expect(JSON.stringify(body.timeline[1]!.detail)).not.toMatch(/报警/);
  });

  test('of a version that somebody else has changed is refused with 412, the same correction again is not', async () => {
    const { id } = await made();
    expect((await put(id, bodyOf({ category: 'fight' }), { seen: 1 })).status).toBe(200);
    const late = await put(id, bodyOf({ category: 'noise' }), { seen: 1 });
    expect([late.status, late.body.type]).toEqual([412, '/problems/changed-meanwhile']);
    expect((await put(id, bodyOf({ category: 'fight' }), { seen: 1 })).body.version).toBe(2);
    expect((await put(uuidv7(), bodyOf(), { seen: 1 })).status).toBe(412);
  });

  test('that the columns do not show makes nobody fetch them all again; one that moves the dot does', async () => {
    const { id } = await made();
    const { rewrites } = await columnNumbers();
    await put(id, bodyOf({ text: '补充：已到现场' }), { seen: 1 });
    await enter(id, 'closed');
    expect((await columnNumbers()).rewrites).toBe(rewrites);
    await put(id, bodyOf({ text: '补充：已到现场', lngLat: [117.93, 29.63] }), { seen: 3 });
    expect((await columnNumbers()).rewrites).not.toBe(rewrites);
  });
});

describe('a 110 system with the token of a gateway', () => {
  const { stationId: _, ...reported } = { ...bodyOf(), stationId: undefined };

  test('records, repeats and corrects as a person does, named on the timeline', async () => {
    const id = uuidv7();
    const first = await put(id, { ...reported, sourceId: '110-1' }, { token: gateway });
    expect([first.status, first.body.state, first.body.version]).toEqual([201, 'open', 1]);
    expect((await put(id, { ...reported, sourceId: '110-1' }, { token: gateway })).status).toBe(200);
    expect((await put(id, { ...reported, sourceId: '110-1', category: 'fight' }, { token: gateway })).status).toBe(409);
    const closed = await put(id, { ...reported, sourceId: '110-1', state: 'closed' }, { token: gateway, seen: 1 });
    expect([closed.status, closed.body.state]).toEqual([200, 'closed']);
    const incident = await read(id);
    expect(kindsOf(incident)).toEqual(['created', 'closed']);
    expect(incident.timeline[0]).toMatchObject({
      detail: { via: 'gateway' },
      actor: { accountId: null, name: gateway },
    });
    expect((await auditOf(id))[0]).toMatchObject({ action: 'incident.record', detail: { gateway } });
  });

  test('is told which incident has its own id already', async () => {
    const id = uuidv7();
    await put(id, { ...reported, sourceId: '110-2' }, { token: gateway });
    const { status, body } = await put(uuidv7(), { ...reported, sourceId: '110-2' }, { token: gateway });
    expect([status, body.errors?.[0]!.field]).toEqual([409, 'sourceId']);
    expect(body.errors?.[0]!.expected).toContain(id);
  });

  test('writes to its own station only, and a device writes none', async () => {
    expect((await put(uuidv7(), { ...reported, stationId: other }, { token: gateway })).status).toBe(400);
    expect((await put(uuidv7(), reported, { token: device })).status).toBe(403);
    const [foreign] = await makeIncidents(app.database, other, [{ number: 1 }]);
    expect((await put(foreign!, reported, { token: gateway })).status).toBe(409);
    expect((await put(foreign!, reported, { token: gateway, seen: 1 })).status).toBe(412);
    expect((await put(foreign!, bodyOf())).status).toBe(409);
  });
});

describe('the timeline', () => {
  test('tells of handing over, closing and reopening, with notes', async () => {
    const { id } = await made();
    await enter(id, 'handedOver', { note: '移交刑侦' });
    expect((await enter(id, 'closed', { note: '已处理' })).body.state).toBe('closed');
    expect((await enter(id, 'reopened')).body.state).toBe('open');
    const incident = await read(id);
    expect(incident.timeline.map(({ kind, note }) => [kind, note])).toEqual([
      ['created', null],
      ['handedOver', '移交刑侦'],
      ['closed', '已处理'],
      ['reopened', null],
    ]);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'incident.record',
      'incident.hand-over',
      'incident.close',
      'incident.reopen',
    ]);
  });

  test('takes an event once, however often it is sent, and no event of another’s id', async () => {
    const { id } = await made();
    const eventId = uuidv7();
    expect((await enter(id, 'closed', { eventId })).status).toBe(201);
    expect((await enter(id, 'closed', { eventId })).status).toBe(200);
    expect(kindsOf(await read(id))).toEqual(['created', 'closed']);
    const another = await made();
    expect((await enter(another.id, 'closed', { eventId })).status).toBe(409);
  });

  test.each([
    ['closed', 'closed'],
    ['handedOver', 'closed'],
    ['reopened', undefined],
  ])('refuses %s where the incident does not stand so', async (kind, before) => {
    const { id } = await made();
    if (before) await enter(id, before);
    const { status, body } = await enter(id, kind);
    expect([status, body.type]).toEqual([409, '/problems/wrong-state']);
  });

  test('hides texts and names from those who may not read them, and all of it from those who see no incidents', async () => {
    const { id } = await made();
    await put(id, bodyOf({ text: '更正' }), { seen: 1 });
    await enter(id, 'closed', { note: '备注' });
    await app.database.inScope([station], (transaction) =>
      appendIncidentEvent(transaction, {
        stationId: station,
        incidentId: id,
        kind: 'arrived',
        actor: null,
        detail: { callSign: '平安-01' },
      }),
    );
    expect((await read(id)).timeline[3]!.detail).toEqual({ callSign: '平安-01' });
    expect((await read(id, 'analyst')).timeline[3]!.detail).toEqual({});
    for (const role of ['analyst', 'wall'] as const) {
      const seen = await read(id, role);
      expect(kindsOf(seen)).toEqual(['created', 'corrected', 'closed', 'arrived']);
      expect(seen.timeline.every(({ actor, note, textBefore }) => !actor && !note && !textBefore)).toBe(true);
      expect(JSON.stringify(seen)).not.toMatch(/更正|备注|手机|of a test/);
    }
    for (const role of ['volunteer', 'administrator', 'auditor'] as const)
      expect((await get(`incidents/${id}`, role)).status).toBe(404);
    expect((await enter(id, 'reopened', { role: 'analyst' })).status).toBe(403);
  });

  test('cannot be rewritten or taken away by the app role', async () => {
    await made();
    for (const statement of [
      'UPDATE incident_events SET actor_name = NULL',
      'DELETE FROM incident_events',
      `UPDATE incident_event_texts SET text = 'x'`,
    ])
      await expect(
        app.database.inScope([station], (transaction) => transaction.execute({ text: statement, values: [] })),
      ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('an incident that was withdrawn', () => {
  test('is shown and counted nowhere, keeps its history, and can be brought back', async () => {
    const { id, number } = await made({ category: 'withdrawn by mistake' });
    const { rewrites } = await columnNumbers();
    expect((await enter(id, 'withdrawn', { note: '重复登记' })).body.isWithdrawn).toBe(true);
    const columns = await columnNumbers();
    expect(columns.numbers).not.toContain(number);
    expect(columns.rewrites).not.toBe(rewrites);
    const list = (await get(`incidents?station=${station}&numbers=${number}`)).body as { incidents: unknown[] };
    expect(list.incidents).toEqual([]);
    const summary = JSON.stringify((await get(`incidents/summary?station=${station}`)).body);
    expect(summary).not.toContain('withdrawn by mistake');
    expect(kindsOf(await read(id, 'commander'))).toEqual(['created', 'withdrawn']);
    expect((await get(`incidents/${id}`, 'analyst')).status).toBe(404);
    expect((await put(id, bodyOf({ category: 'fight' }), { seen: 2 })).status).toBe(409);
    expect((await enter(id, 'closed')).status).toBe(409);
    expect((await enter(id, 'reopened')).body).toMatchObject({ isWithdrawn: false, state: 'open' });
    expect((await columnNumbers()).numbers).toContain(number);
  });

  test('is listed for those who may bring it back, with when and by whom it was withdrawn, and for nobody else', async () => {
    const { id } = await made({ category: 'listed as withdrawn' });
    const other = await made();
    await enter(other.id, 'withdrawn');
    await enter(id, 'withdrawn');
    const listed = async (role?: Role) =>
      ((await get(`incidents/withdrawn?station=${station}`, role)).body as { incidents: WithdrawnIncident[] })
        .incidents;
    const [latest, before] = await listed('commander');
    expect(latest).toMatchObject({ id, category: 'listed as withdrawn', withdrawnBy: expect.any(String) as string });
    expect(before!.id).toBe(other.id);
    expect(Date.now() - Date.parse(latest!.withdrawnAt)).toBeLessThan(60_000);
    for (const role of ['analyst', 'volunteer', 'administrator', 'auditor', 'wall'] as const)
      expect([role, (await get(`incidents/withdrawn?station=${station}`, role)).status]).toEqual([role, 403]);
    expect((await get(`incidents/withdrawn?station=${uuidv7()}`)).status).toBe(404);
    await enter(id, 'reopened');
    expect((await listed()).map((incident) => incident.id)).not.toContain(id);
  });

  test('leaves its number to nobody', async () => {
    const { id, number } = await made();
    await enter(id, 'withdrawn');
    expect((await made()).number).toBeGreaterThan(number);
  });
});

test('imported incidents are closed, and only open ones are listed when they are asked for', async () => {
  await makeIncidents(app.database, station, [{ number: 900_001 }]);
  const { id } = await made();
  const open = (await get(`incidents?station=${station}&state=open&limit=1000`)).body as {
    incidents: { id: string }[];
  };
  expect(open.incidents.map((incident) => incident.id)).toContain(id);
  expect(JSON.stringify(open)).not.toContain('900001');
});

test('another viewer is told within a second of the request', async () => {
  const { port } = server.address() as AddressInfo;
  const viewer = new WatchingViewer(`ws://127.0.0.1:${port}/api/live?station=${station}`, undefined, {
    Cookie: cookies.get('wall')!,
  });
  await viewer.view([117, 29, 118, 30]);
  const sentAt = performance.now();
  await made();
  await viewer.until(() => viewer.texts.some((text) => text.includes('"incidents"')), 1000);
  const tookMs = performance.now() - sentAt;
  expect(tookMs).toBeLessThan(1000);
  viewer.close();
});
