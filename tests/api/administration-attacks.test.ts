import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../api/database/sql.ts';
import { operations } from '../../api/openapi/operations.ts';
import { makeStation } from '../database/harness.ts';
import { signIn, type Asker } from './administration.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

let app: TestApp;
/** Administrator, commander and officer at once, of a station below a city, beside a sibling. */
let attacker: Asker;
const stations = { city: '', own: '', child: '', sibling: '' };
/** What each station has one of. */
interface Holdings {
  station: string;
  unit: string;
  crew: string;
  grid: string;
  sentinel: string;
  member: string;
  device: string;
  gateway: string;
  account: string;
  session: string;
}
const holdings: Record<string, Holdings> = {};

beforeAll(async () => {
  app = await openTestApp(undefined, { withSessions: true });
  stations.city = await makeStation(app.database);
  stations.own = await makeStation(app.database, { parentId: stations.city });
  stations.child = await makeStation(app.database, { parentId: stations.own });
  stations.sibling = await makeStation(app.database, { parentId: stations.city });
  for (const [where, id] of Object.entries(stations)) holdings[where] = await settle(id);
  attacker = await signIn(app, stations.own, 'administrator');
  await app.database.inScope([stations.own], (transaction) =>
    transaction.execute(sql`
      INSERT INTO account_roles (account_id, station_id, role)
      SELECT ${attacker.id}, ${stations.own}, role FROM unnest(ARRAY['commander', 'officer']) AS role`),
  );
  app.dependencies.sessions.forget();
});
afterAll(() => app.close());

/** Fills a station through the API, by people of its own. */
async function settle(station: string): Promise<Holdings> {
  const administrator = await signIn(app, station, 'administrator');
  const commander = await signIn(app, station, 'commander');
  const post = async (path: string, body: object) => {
    const { status, body: made } = await administrator.ask('POST', path, { stationId: station, ...body });
    expect([path, status]).toEqual([path, 201]);
    return made;
  };
  const unit = (await post('/api/units', { callSign: 'unit', kind: 'foot' })).id;
  const member = (await post('/api/members', { displayName: 'member', role: 'guard' })).id;
  const crew = uuidv7();
  await commander.ask('PUT', `/api/units/${unit}/crews/${crew}`, shift(member));
  return {
    station,
    unit,
    member,
    crew,
    grid: (await post('/api/grids', { number: 'G', area })).grid.id,
    sentinel: (await post('/api/sentinels', sentinel)).id,
    device: (await post('/api/devices', { name: 'device' })).device.id,
    gateway: (await post('/api/gateways', { name: 'gateway' })).gateway.id,
    account: commander.id,
    session: (await administrator.ask('GET', `/api/accounts/${commander.id}/sessions`)).body.sessions[0].id,
  };
}

const area = { type: 'Polygon', coordinates: [[[117, 29], [117.01, 29], [117.01, 29.01], [117, 29]]] }; // prettier-ignore
const sentinel = { number: 'S', name: 'point', kind: 'shop', lngLat: [117, 29] };
const shift = (member: string) => ({
  startsAt: new Date(Date.now() + 3_600_000).toISOString(),
  endsAt: new Date(Date.now() + 7_200_000).toISOString(),
  memberIds: [member],
});

/** Rooms where something is administered. */
const rooms = new Set(['Stations', 'Units', 'Crews', 'Grids', 'Sentinel points', 'Members', 'Devices and gateways', 'Administering people']); // prettier-ignore

/** A body that is good where one may, for each route that takes one. */
const bodyOf: Record<string, (at: Holdings) => object> = {
  'post /api/stations': (at) => ({ parentId: at.station, kind: 'station', name: uuidv7(), timeZone: 'Asia/Shanghai' }),
  'patch /api/stations/{id}': () => ({ name: uuidv7() }),
  'post /api/units': (at) => ({ stationId: at.station, callSign: uuidv7(), kind: 'foot' }),
  'patch /api/units/{id}': () => ({ kind: 'car' }),
  'post /api/units/{id}/shift': () => ({ action: 'start' }),
  'put /api/units/{id}/crews/{crewId}': (at) => shift(at.member),
  'post /api/grids': (at) => ({ stationId: at.station, number: uuidv7(), area }),
  'post /api/grids/check': (at) => ({ stationId: at.station, area }),
  'put /api/grids/{id}': () => ({ number: 'G', area }),
  'post /api/grids/{id}/split': () => ({ line: [[116.99, 29.004], [117.02, 29.004]], number: uuidv7() }), // prettier-ignore
  'post /api/grids/{id}/merge': (at) => ({ otherId: at.grid }),
  'post /api/grids/undo': (at) => ({ stationId: at.station }),
  'post /api/sentinels': (at) => ({ stationId: at.station, ...sentinel, number: uuidv7() }),
  'put /api/sentinels/{id}': () => sentinel,
  'post /api/members': (at) => ({ stationId: at.station, displayName: 'x', role: 'guard' }),
  'patch /api/members/{id}': () => ({ role: 'volunteer' }),
  'post /api/devices': (at) => ({ stationId: at.station, name: uuidv7() }),
  'patch /api/devices/{id}': () => ({ name: uuidv7() }),
  'post /api/devices/{id}/token': () => ({}),
  'post /api/gateways': (at) => ({ stationId: at.station, name: uuidv7() }),
  'patch /api/gateways/{id}': () => ({ name: uuidv7() }),
  'post /api/gateways/{id}/token': () => ({}),
  'put /api/sign-in-rules': (at) => ({ stationId: at.station, secondFactorRoles: ['commander'] }),
  'post /api/accounts': (at) => ({ stationId: at.station, username: `u${uuidv7()}`, displayName: 'x' }),
  'patch /api/accounts/{id}': () => ({ displayName: 'x' }),
};

const urlOf = (path: string, at: Holdings): string =>
  path
    .replace('/stations/{id}', `/stations/${at.station}`)
    .replace('/units/{id}', `/units/${at.unit}`)
    .replace('{crewId}', at.crew)
    .replace('/grids/{id}', `/grids/${at.grid}`)
    .replace('/sentinels/{id}', `/sentinels/${at.sentinel}`)
    .replace('/members/{id}', `/members/${at.member}`)
    .replace('/devices/{id}', `/devices/${at.device}`)
    .replace('/gateways/{id}', `/gateways/${at.gateway}`)
    .replace('/accounts/{id}', `/accounts/${at.account}`)
    .replace('{sessionId}', at.session);

const administered = operations.filter(({ room }) => rooms.has(room));

test('no route of administration takes an id of a station above or beside, in path or body', async () => {
  for (const where of ['city', 'sibling'])
    for (const { method, path, body, parameters } of administered) {
      const names = `${method} ${path}`;
      if (!path.includes('{') && !body) continue;
      expect([names, body ? names in bodyOf : true, parameters]).toEqual([names, true, undefined]);
      const at = holdings[where]!;
      const url =
        urlOf(path, at) +
        (path.endsWith('/track') ? '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&reason=x' : '');
      expect([names, url.includes('{')]).toEqual([names, false]);
      const { status } = await attacker.ask(method.toUpperCase(), url, bodyOf[names]?.(at), { 'If-Match': '*' });
      expect([where, names, status]).toEqual([where, names, 404]);
    }
});

test('the same ids in queries find nothing', async () => {
  const rest = new URLSearchParams({
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-01T12:00:00Z',
    reason: 'x',
    lng: '117',
    lat: '29',
  });
  for (const { method, path, query } of operations) {
    const { shape, in: before } = (query ?? {}) as { shape?: object; in?: { shape?: object } };
    const fields = shape ?? before?.shape ?? {};
    if (method !== 'get' || !('station' in fields) || path.startsWith('/api/search')) continue;
    const ask = async (station: string) =>
      (await app.app.request(`${path}?station=${station}&${rest}`, { headers: { Cookie: attacker.cookie } })).status;
    const status = await ask(stations.sibling);
    // 403 where the account may see nothing of the kind at all; either way the same as for a station that is none.
    expect([path, [403, 404].includes(status), await ask(uuidv7())]).toEqual([path, true, status]);
  }
});

test('what is one’s own is no bridge to another station’s', async () => {
  const { own, sibling } = holdings as { own: Holdings; sibling: Holdings };
  const whatever = { 'If-Match': '*' };
  for (const [method, path, body] of [
    ['POST', '/api/members', { stationId: own.station, displayName: 'x', role: 'guard', sentinelId: sibling.sentinel }],
    ['PATCH', `/api/members/${own.member}`, { sentinelId: sibling.sentinel }],
    ['PUT', `/api/units/${own.unit}/crews/${uuidv7()}`, shift(sibling.member)],
    ['PUT', `/api/units/${own.unit}/crews/${sibling.crew}`, shift(own.member)],
    ['DELETE', `/api/units/${own.unit}/crews/${sibling.crew}`, undefined],
    ['PATCH', `/api/devices/${own.device}`, { unitId: sibling.unit }],
    ['POST', '/api/devices', { stationId: own.station, name: 'x', unitId: sibling.unit }],
    ['PUT', `/api/grids/${own.grid}`, { number: 'G', area, officerId: sibling.member }],
    ['POST', '/api/grids/check', { stationId: own.station, id: sibling.grid, area }],
    ['POST', `/api/grids/${own.grid}/merge`, { otherId: sibling.grid }],
    ['PATCH', `/api/accounts/${own.account}`, { memberId: sibling.member }],
    ['PATCH', `/api/accounts/${own.account}`, { stationId: sibling.station }],
    ['PATCH', `/api/accounts/${own.account}`, { roles: [{ stationId: sibling.station, role: 'commander' }] }],
    ['DELETE', `/api/accounts/${own.account}/sessions/${sibling.session}`, undefined],
    ['PATCH', `/api/stations/${holdings['child']!.station}`, { parentId: sibling.station }],
    ['PATCH', `/api/stations/${holdings['child']!.station}`, { parentId: stations.city }],
  ] as const) {
    const { status } = await attacker.ask(method, path, body, whatever);
    // A check keeps nothing: what is not the station's is simply not there.
    const allowed = path === '/api/grids/check' ? [200] : [400, 404, 409];
    expect([method, path, body, allowed.includes(status)]).toEqual([method, path, body, true]);
  }
  const counts = await app.database.inScope([sibling.station], (transaction) =>
    transaction.query(sql`
      SELECT (SELECT count(*) FROM grids WHERE id = ${sibling.grid}) AS grids, (SELECT count(*) FROM crew_members WHERE crew_id = ${sibling.crew}) AS crew`),
  );
  expect(counts).toEqual([{ grids: 1, crew: 1 }]);
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each answer has its own shape; its texts are judged
type Made = Record<string, any>;

test('SQL and HTML in any text are kept as they are written and harm nothing', async () => {
  const at = holdings['own']!;
  const texts = [
    `'); DROP TABLE stations CASCADE; --`,
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `\${7*7} {{7*7}} %s %n`,
    `\\'; SELECT pg_sleep(9); --`,
  ];
  for (const text of texts) {
    const keep = async (method: string, path: string, body: object, read: (made: Made) => unknown) => {
      const { status, body: made, headers } = await attacker.ask(method, path, body, { 'If-Match': '*' });
      expect([path, status < 300]).toEqual([path, true]);
      expect([path, read(made)]).toEqual([path, text]);
      expect(headers.get('Content-Type')).toMatch(/^application\/json/);
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    };
    const stationId = at.station;
    await keep(
      'POST',
      '/api/stations',
      { parentId: stationId, kind: 'station', name: text, timeZone: 'Asia/Shanghai' },
      (made) => made['name'],
    );
    await keep(
      'POST',
      '/api/units',
      { stationId, callSign: text, kind: 'foot', equipment: [{ kind: text, quantity: 1 }] },
      (made) => made['equipment'][0].kind,
    );
    await keep(
      'POST',
      '/api/members',
      { stationId, displayName: text, role: 'guard', skills: [text] },
      (made) => made['skills'][0],
    );
    await keep('POST', '/api/grids', { stationId, number: text, name: text, area }, (made) => made['grid'].name);
    await keep(
      'POST',
      '/api/sentinels',
      { stationId, ...sentinel, number: text, name: text, address: text },
      (made) => made['address'],
    );
    await keep('POST', '/api/devices', { stationId, name: text }, (made) => made['device'].name);
    await keep('POST', '/api/gateways', { stationId, name: text }, (made) => made['gateway'].name);
    await keep('PATCH', `/api/accounts/${at.account}`, { displayName: text }, (made) => made['displayName']);
    await keep(
      'POST',
      '/api/account/tokens',
      { name: text, nouns: null, expiresInDays: 1 },
      (made) => made['token'].name,
    );
  }
  for (const wrong of ['\u0000', 'a\nb', 'a\u001b[31m', 'a\u2028b', ' ', 'x'.repeat(300)])
    expect((await attacker.ask('POST', '/api/gateways', { stationId: at.station, name: wrong })).status).toBe(400);
});

test('a body of the wrong shape is refused field by field, and so is one with more than was asked', async () => {
  for (const { method, path, body } of administered) {
    if (!body) continue;
    for (const wrong of [[], 'text', 7, null, { id: uuidv7(), isAdministrator: true, version: 9 }]) {
      const { status } = await attacker.ask(method.toUpperCase(), urlOf(path, holdings['own']!), wrong, {
        'If-Match': '*',
      });
      expect([method, path, wrong, status]).toEqual([method, path, wrong, 400]);
    }
  }
});
