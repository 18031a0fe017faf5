import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tableFromIPC } from 'apache-arrow';
import { roles, type Audience, type Noun, type Role } from '../../api/accounts/contract.ts';
import { matrix } from '../../api/accounts/matrix.ts';
import { raiseAlert } from '../../api/alerts/raise-alert.ts';
import { sql } from '../../api/database/sql.ts';
import { makeFixes, makeGrid, makeSentinel } from '../database/base-data.ts';
import { makeStation } from '../database/harness.ts';
import { makeFix } from '../fixtures/make-fix.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { WatchingViewer } from '../fixtures/watch-live.ts';
import { makeReportingUnit, openTestApp, type ReportingUnit, type TestApp } from './open-test-app.ts';

/** A little tree: the account belongs to `own`. */
const places = ['parent', 'own', 'child', 'sibling'] as const;
type Place = (typeof places)[number];

interface Planted {
  stationId: string;
  gridId: string;
  sentinelId: string;
  /** Its crew has the account's member on it, at `own`. */
  crewed: ReportingUnit;
  other: ReportingUnit;
  /** Somebody's account at the station. */
  accountId: string;
}

let testApp: TestApp;
let server: Server;
const planted = {} as Record<Place, Planted>;
const cookies = {} as Record<Role, string>;

async function plant(parentId?: string): Promise<Planted> {
  const { database } = testApp;
  const stationId = await makeStation(database, parentId === undefined ? {} : { parentId });
  const gridId = await makeGrid(database, stationId, { number: '1', lng: 116.4, lat: 39.9, officer: '王方' });
  const sentinelId = await makeSentinel(database, stationId, {
    number: '1',
    name: '平安里',
    lng: 116.405,
    lat: 39.905,
  });
  const crewed = await makeReportingUnit(database, stationId, { kind: 'foot' });
  const other = await makeReportingUnit(database, stationId, { kind: 'foot' });
  for (const unit of [crewed, other])
    await makeFixes(database, stationId, { number: unit.unitNumber, deviceNumber: unit.deviceNumber }, [
      { at: new Date(Date.now() - 60_000).toISOString(), lng: 116.405, lat: 39.905 },
    ]);
  await database.inScope([stationId], async (transaction) => {
    await transaction.execute(sql`
      INSERT INTO members (id, station_id, sentinel_id, display_name, role)
      VALUES (${uuidv7()}, ${stationId}, ${sentinelId}, '刘志愿', 'volunteer')`);
    for (const { unitId } of [crewed, other])
      await raiseAlert(transaction, { stationId, kind: 'sos', cause: `sos:${unitId}`, severity: 'critical', unitId });
    await transaction.execute(sql`
      INSERT INTO geofences (id, station_id, name, severity, unit_kinds, area)
      VALUES (${uuidv7()}, ${stationId}, '学校', 'warning', '{}', ST_Multi(ST_MakeEnvelope(116.4, 39.9, 116.41, 39.91, 4326)))`);
    await transaction.execute(sql`
      INSERT INTO incidents (id, station_id, number, category, occurred_at, point, description)
      VALUES (${uuidv7()}, ${stationId}, 1, 'theft', now() - interval '1 hour', ST_SetSRID(ST_MakePoint(116.405, 39.905), 4326), '报警人电话')`);
  });
  await database.inScope([stationId], async (transaction) => {
    const orderId = uuidv7();
    await transaction.execute(sql`
      INSERT INTO dispatch_orders (id, station_id, incident_id)
      SELECT ${orderId}, station_id, id FROM incidents WHERE station_id = ${stationId} AND number = 1`);
    for (const { unitId } of [crewed, other])
      await transaction.execute(sql`
        WITH sent AS (
          INSERT INTO dispatches (id, station_id, order_id, incident_id, unit_id)
          SELECT ${uuidv7()}, station_id, id, incident_id, ${unitId} FROM dispatch_orders WHERE id = ${orderId} RETURNING id, station_id
        )
        INSERT INTO dispatch_steps (id, station_id, dispatch_id, state, actor_name) SELECT ${uuidv7()}, station_id, id, 'sent', '值班员' FROM sent`);
  });
  await testApp.dependencies.audit.write({ stationId, actor: null, action: 'test.done', outcome: 'done' });
  const { id: accountId } = await makeAccount(database, stationId, 'analyst');
  return { stationId, gridId, sentinelId, crewed, other, accountId };
}

/** An account of the role at `own`, whose member keeps the sentinel point there and is on the crewed unit now. */
async function signIn(role: Role): Promise<string> {
  const { database } = testApp;
  const { stationId, sentinelId, crewed } = planted.own;
  const memberId = uuidv7();
  await database.inScope([stationId], async (transaction) => {
    const crewId = uuidv7();
    await transaction.execute(sql`
      INSERT INTO members (id, station_id, sentinel_id, display_name, role)
      VALUES (${memberId}, ${stationId}, ${sentinelId}, ${`member of ${role}`}, 'volunteer')`);
    await transaction.execute(sql`
      INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at)
      VALUES (${crewId}, ${stationId}, ${crewed.unitId}, now() - interval '1 hour', now() + interval '1 hour')`);
    await transaction.execute(
      sql`INSERT INTO crew_members (crew_id, member_id, station_id) VALUES (${crewId}, ${memberId}, ${stationId})`,
    );
  });
  const account = await makeAccount(database, stationId, role, { memberId });
  return beginSession(database, testApp.dependencies.sessions.cookieName, account);
}

beforeAll(async () => {
  testApp = await openTestApp(undefined, { withSessions: true });
  planted.parent = await plant();
  planted.own = await plant(planted.parent.stationId);
  planted.child = await plant(planted.own.stationId);
  planted.sibling = await plant(planted.parent.stationId);
  await testApp.dependencies.registry.refresh();
  for (const { stationId, crewed, other } of Object.values(planted))
    testApp.dependencies.live.restore(
      [crewed, other].map(({ unitNumber }) => makeFix({ stationId, unitNumber, lng: 116.405, lat: 39.905 })),
    );
  testApp.dependencies.live.tick();
  for (const role of roles) cookies[role] = await signIn(role);
  server = createServer();
  testApp.dependencies.live.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await testApp.close();
  server.close();
});

async function get<Body>(cookie: string, path: string): Promise<{ status: number; body: Body }> {
  const response = await testApp.app.request(`/api/${path}`, { headers: { Cookie: cookie } });
  return { status: response.status, body: (await response.json()) as Body };
}

/** Where nothing may be seen the answer is that of what does not exist, or an empty list. */
const expectRefused = (status: number) => expect([403, 404]).toContain(status);

const day = 86_400_000;
/** So long before and after now. */
function trackQuery(span = day): string {
  const now = Date.now();
  const [from, to] = [now - span, now + span].map((at) => new Date(at).toISOString());
  return `from=${from}&to=${to}&reason=${encodeURIComponent('查证走失老人')}`;
}

async function unitsSeen(cookie: string, { stationId }: Planted, isSeen: (unit: { lngLat: unknown }) => boolean) {
  const { body } = await get<{ units: { id: string; stationId: string; lngLat: unknown }[] }>(cookie, 'units');
  return body.units.filter((unit) => unit.stationId === stationId && isSeen(unit)).map(({ id }) => id);
}

/** Both units: exact; only the one whose crew the viewer is on: own. */
function audienceBy(seen: readonly string[], { crewed, other }: Planted): Audience {
  const has = [seen.includes(crewed.unitId), seen.includes(other.unitId)];
  expect(has).not.toEqual([false, true]);
  return has[1] ? 'exact' : has[0] ? 'own' : 'none';
}

/** Through each outlet: how exactly does who has this cookie see the noun there? */
const outlets: { noun: Noun; outlet: string; look(cookie: string, at: Planted): Promise<Audience> }[] = [
  {
    noun: 'stations',
    outlet: 'GET /api/stations',
    async look(cookie, { stationId }) {
      const { body } = await get<{ stations: { id: string }[] }>(cookie, 'stations');
      return body.stations.some(({ id }) => id === stationId) ? 'exact' : 'none';
    },
  },
  ...(['grids', 'sentinels'] as const).map((noun) => ({
    noun,
    outlet: `GET /api/${noun}`,
    async look(cookie: string, { stationId }: Planted): Promise<Audience> {
      const one = await get(cookie, `${noun}?station=${stationId}`);
      const all = await get<{ features: { properties: { stationId: string } }[] }>(cookie, noun);
      const isThere = all.body.features.some(({ properties }) => properties.stationId === stationId);
      if (isThere) expect(one.status).toBe(200);
      else expectRefused(one.status);
      return isThere ? 'exact' : 'none';
    },
  })),
  {
    noun: 'members',
    outlet: 'GET /api/sentinels/{id}',
    async look(cookie, { sentinelId }) {
      const { status, body } = await get<{ members: unknown[] }>(cookie, `sentinels/${sentinelId}`);
      if (status !== 200) {
        expectRefused(status);
        return 'none';
      }
      return body.members.length > 0 ? 'exact' : 'none';
    },
  },
  {
    noun: 'units',
    outlet: 'GET /api/units',
    look: async (cookie, at) => audienceBy(await unitsSeen(cookie, at, () => true), at),
  },
  {
    noun: 'whereabouts',
    outlet: 'GET /api/units',
    look: async (cookie, at) => audienceBy(await unitsSeen(cookie, at, ({ lngLat }) => lngLat !== null), at),
  },
  {
    noun: 'incidents',
    outlet: 'GET /api/incidents and its summary',
    async look(cookie, { stationId, gridId }) {
      const list = await get<{ incidents: unknown[] }>(cookie, `incidents?station=${stationId}`);
      const summary = await get<{ grids: { gridId: string }[] }>(cookie, `incidents/summary?station=${stationId}`);
      if (list.status === 200) {
        expect(list.body.incidents).toHaveLength(1);
        return 'exact';
      }
      expectRefused(list.status);
      if (summary.status === 200 && summary.body.grids.some((grid) => grid.gridId === gridId)) {
        // A grid and a category, nothing of place and time.
        expect(JSON.stringify(summary.body)).not.toMatch(/116\.40|lngLat|报警人/);
        return 'coarse';
      }
      return 'none';
    },
  },
  {
    noun: 'incidentTexts',
    outlet: 'GET /api/incidents',
    async look(cookie, { stationId }) {
      const { status, body } = await get<{ incidents: { text: string | null }[] }>(
        cookie,
        `incidents?station=${stationId}`,
      );
      return status === 200 && body.incidents.some(({ text }) => text !== null) ? 'exact' : 'none';
    },
  },
  {
    noun: 'dispatches',
    outlet: 'GET /api/dispatches',
    async look(cookie, at) {
      const { status, body } = await get<{ dispatches: { unit: { id: string } }[] }>(
        cookie,
        `dispatches?station=${at.stationId}`,
      );
      if (status === 200)
        return audienceBy(
          body.dispatches.map(({ unit }) => unit.id),
          at,
        );
      expectRefused(status);
      return 'none';
    },
  },
  {
    noun: 'alerts',
    outlet: 'GET /api/alerts',
    async look(cookie, at) {
      const { status, body } = await get<{ alerts: { unitId: string }[] }>(cookie, `alerts?station=${at.stationId}`);
      if (status === 200)
        return audienceBy(
          body.alerts.map(({ unitId }) => unitId),
          at,
        );
      expectRefused(status);
      return 'none';
    },
  },
  {
    noun: 'geofences',
    outlet: 'GET /api/geofences',
    async look(cookie, { stationId }) {
      const { status, body } = await get<{ geofences: unknown[] }>(cookie, `geofences?station=${stationId}`);
      if (status === 200) return body.geofences.length > 0 ? 'exact' : 'none';
      expectRefused(status);
      return 'none';
    },
  },
  {
    noun: 'presence',
    outlet: 'GET /api/presence',
    async look(cookie, { stationId }) {
      const { status, body } = await get<{ grids: unknown[] }>(cookie, `presence?station=${stationId}`);
      if (status === 200) expect(body.grids).toHaveLength(1);
      else expectRefused(status);
      return status === 200 ? 'exact' : 'none';
    },
  },
  {
    noun: 'accounts',
    outlet: 'GET /api/accounts',
    async look(cookie, { accountId }) {
      const { status, body } = await get<unknown>(cookie, 'accounts');
      return status === 200 && JSON.stringify(body).includes(accountId) ? 'exact' : 'none';
    },
  },
  {
    noun: 'audit',
    outlet: 'GET /api/audit',
    async look(cookie, { stationId }) {
      const { status, body } = await get<{ entries: { stationId: string }[] }>(cookie, `audit?station=${stationId}`);
      return status === 200 && body.entries.some((entry) => entry.stationId === stationId) ? 'exact' : 'none';
    },
  },
  {
    noun: 'whereabouts',
    outlet: 'GET /api/search',
    async look(cookie, at) {
      const found: string[] = [];
      for (const { unitId, unitNumber } of [at.crewed, at.other]) {
        const { body } = await get<{ results: { id: string; lngLat: unknown }[] }>(
          cookie,
          `search?q=unit+${unitNumber}`,
        );
        if (body.results.some(({ id, lngLat }) => id === unitId && lngLat !== null)) found.push(unitId);
      }
      return audienceBy(found, at);
    },
  },
  {
    noun: 'whereabouts',
    outlet: 'the live socket',
    async look(cookie, at) {
      const { port } = server.address() as AddressInfo;
      const viewer = new WatchingViewer(`ws://127.0.0.1:${port}/api/live?station=${at.stationId}`, undefined, {
        Cookie: cookie,
      });
      const isOpen = await Promise.race([
        new Promise<boolean>((resolve) => viewer.socket.once('open', () => resolve(true))),
        viewer.closed.then(() => false),
      ]);
      if (!isOpen) return 'none';
      await viewer.view([116.3, 39.8, 116.5, 40]);
      const numbers = [...viewer.units.numbers.subarray(0, viewer.units.count)];
      viewer.socket.close();
      const seen = [at.crewed, at.other].filter(({ unitNumber }) => numbers.includes(unitNumber));
      return audienceBy(
        seen.map(({ unitId }) => unitId),
        at,
      );
    },
  },
  {
    noun: 'tracks',
    outlet: 'GET /api/units/{id}/track',
    async look(cookie, at) {
      const seen: string[] = [];
      for (const { unitId } of [at.crewed, at.other]) {
        const { status, body } = await get<{ features: unknown[] }>(cookie, `units/${unitId}/track?${trackQuery()}`);
        if (status === 200 && body.features.length > 0) seen.push(unitId);
        else expectRefused(status);
      }
      return audienceBy(seen, at);
    },
  },
];

test.each(roles)('columns of tracks go to who sees tracks, of all units or of the own: %s', async (role) => {
  const { own, parent, sibling } = planted;
  const seen = async (at: Planted, query = '') => {
    const path = `/api/tracks.arrow?station=${at.stationId}&${trackQuery(day / 2)}${query}`;
    const response = await testApp.app.request(path, { headers: { Cookie: cookies[role] } });
    if (response.status !== 200) {
      expectRefused(response.status);
      return undefined;
    }
    return unitsInColumns(new Uint8Array(await response.arrayBuffer()));
  };
  const numbers = [own.crewed.unitNumber, own.other.unitNumber];
  const { tracks } = matrix[role];
  const expected = tracks === 'exact' ? numbers : tracks === 'own' ? numbers.slice(0, 1) : undefined;
  expect(await seen(own)).toEqual(expected);
  if (tracks === 'own') expect(await seen(own, `&units=${own.other.unitNumber}`)).toBeUndefined();
  for (const place of [parent, sibling]) expect(await seen(place)).toBeUndefined();
});

test.each(roles)('columns of incidents go to who sees them exactly: %s', async (role) => {
  const { status } = await fetchColumns(cookies[role], planted.own.stationId);
  if (matrix[role].incidents === 'exact') expect(status).toBe(200);
  else expectRefused(status);
  for (const place of ['parent', 'sibling'] as const)
    expectRefused((await fetchColumns(cookies[role], planted[place].stationId)).status);
});

const unitsInColumns = (bytes: Uint8Array): number[] => [
  ...new Set<number>(tableFromIPC(bytes).getChild('unit')!.toJSON()),
];

const fetchColumns = (cookie: string, stationId: string) =>
  testApp.app.request(`/api/incidents.arrow?station=${stationId}`, { headers: { Cookie: cookie } });

describe.each(outlets)('$noun by $outlet', ({ noun, look }) => {
  test.each(roles)('%s', async (role) => {
    const expected = matrix[role][noun];
    const seen = {} as Record<Place, Audience>;
    for (const place of places) seen[place] = await look(cookies[role], planted[place]);
    // Members of one's own sentinel point are named to each other; a crew of one's own is at one's own station only.
    const isOwnOnly = expected === 'own';
    expect(seen).toEqual({
      parent: 'none',
      own: isOwnOnly && noun === 'members' ? 'exact' : expected,
      child: isOwnOnly ? 'none' : expected,
      sibling: 'none',
    });
  });
});
