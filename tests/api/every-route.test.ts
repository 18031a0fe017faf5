import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { roles, type Action, type Noun, type Role } from '../../api/accounts/contract.ts';
import { actionMatrix, matrix } from '../../api/accounts/matrix.ts';
import { sql } from '../../api/database/sql.ts';
import { fillTables, listTenantTables } from '../database/fill-tables.ts';
import { makeStation } from '../database/harness.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

// Every route there is, as an attacker walks it: without a session, with the wrong role, with ids of another station.
// A route that is not classified here fails the first test.

/** What a route asks of who calls it. */
type Access =
  /** No session: its own credential, or nothing to hide. */
  | { kind: 'open' }
  /** Everybody who is signed in, about themselves. */
  | { kind: 'self' }
  /** Who sees the noun, in any precision. */
  | { kind: 'see'; noun: Noun }
  /** Who may do one of these. */
  | { kind: 'do'; anyOf: Action[] };

const open: Access = { kind: 'open' };
const self: Access = { kind: 'self' };
const see = (noun: Noun): Access => ({ kind: 'see', noun });
const may = (...anyOf: Action[]): Access => ({ kind: 'do', anyOf });

/** By method and path; `:id` is filled with an id of the table named second, in the given order. */
const routes: Record<string, [Access, ...string[]]> = {
  'DELETE /api/account/identities/:id': [self, 'account_identities'],
  'DELETE /api/account/passkeys/:id': [self, 'passkeys'],
  'DELETE /api/account/second-factor': [self],
  'DELETE /api/account/sessions': [self],
  'DELETE /api/account/sessions/:id': [self, 'sessions'],
  'DELETE /api/account/tokens/:id': [self, 'personal_tokens'],
  'DELETE /api/accounts/:id/second-factor': [may('manageAccounts'), 'accounts'],
  'DELETE /api/accounts/:id/sessions': [may('manageAccounts'), 'accounts'],
  'DELETE /api/accounts/:id/sessions/:sessionId': [may('manageAccounts'), 'accounts', 'sessions'],
  'DELETE /api/geofences/:id': [may('editGeofences'), 'geofences'],
  'DELETE /api/grids/:id': [may('editGrids'), 'grids'],
  'DELETE /api/invitations/:id': [may('invite'), 'invitations'],
  'DELETE /api/members/:id': [may('editMembers'), 'members'],
  'DELETE /api/oidc-providers/:id': [may('manageAccounts'), 'oidc_providers'],
  'DELETE /api/sentinels/:id': [may('editSentinels'), 'sentinels'],
  'DELETE /api/session': [open],
  'DELETE /api/stations/:id': [may('manageStations'), 'stations'],
  'DELETE /api/units/:id': [may('manageUnits'), 'units'],
  'DELETE /api/units/:id/crews/:crewId': [may('editCrews'), 'units', 'crews'],
  'GET /api/account': [self],
  'GET /api/account/sessions': [self],
  'GET /api/account/tokens': [self],
  'GET /api/accounts': [see('accounts')],
  'GET /api/accounts/:id/sessions': [may('manageAccounts'), 'accounts'],
  'GET /api/audit': [see('audit')],
  'GET /api/audit.csv': [see('audit')],
  'GET /api/devices': [may('manageDevices')],
  'GET /api/dispatches': [see('dispatches')],
  'GET /api/dispatches/:id/brief': [see('dispatches'), 'dispatches'],
  'GET /api/docs': [open],
  'GET /api/docs.css': [open],
  'GET /api/figures': [see('incidents')],
  'GET /api/events': [see('tracks')],
  'GET /api/gateways': [may('manageDevices')],
  'GET /api/alerts': [see('alerts')],
  'GET /api/geofences': [see('geofences')],
  'GET /api/grids': [see('grids')],
  'GET /api/grids/:id': [see('grids'), 'grids'],
  'GET /api/grids/last-edit': [may('editGrids')],
  'POST /api/grids/:id/merge': [may('editGrids'), 'grids'],
  'POST /api/grids/:id/split': [may('editGrids'), 'grids'],
  'POST /api/grids/undo': [may('editGrids')],
  'GET /api/health': [open],
  'GET /api/incidents': [see('incidents')],
  'GET /api/incidents.arrow': [see('incidents')],
  'GET /api/incidents/:id': [see('incidents'), 'incidents'],
  'GET /api/incidents/:id/nearest': [may('dispatchUnits'), 'incidents'],
  'GET /api/incidents/withdrawn': [may('recordIncidents')],
  'GET /api/incidents/summary': [see('incidents')],
  'GET /api/invitations': [may('invite')],
  'GET /api/members': [see('members')],
  'GET /api/metrics': [open],
  'GET /api/nearest': [may('dispatchUnits')],
  'GET /api/oidc-providers': [may('manageAccounts')],
  'GET /api/oidc/:id/begin': [open, 'oidc_providers'],
  'GET /api/oidc/:id/callback': [open, 'oidc_providers'],
  'GET /api/openapi.json': [open],
  'GET /api/presence': [see('presence')],
  'GET /api/retention': [may('manageRetention')],
  'GET /api/search': [self],
  'GET /api/sentinels': [see('sentinels')],
  'GET /api/sentinels/:id': [see('sentinels'), 'sentinels'],
  'GET /api/sentinels/:id/qr-code': [may('editSentinels'), 'sentinels'],
  'GET /api/session': [self],
  'GET /api/sign-in-rules': [may('manageAccounts')],
  'GET /api/sign-in-methods': [open],
  'GET /api/stations': [self],
  'GET /api/stations/:id/dispatch-settings': [may('manageStations'), 'stations'],
  'GET /api/tiles/base.json': [self],
  'GET /api/tiles/base/:z/:x/:file': [self],
  'GET /api/tracks.arrow': [see('tracks')],
  'GET /api/units': [see('units')],
  'GET /api/units/:id': [see('units'), 'units'],
  'GET /api/units/:id/crews': [see('members'), 'units'],
  'GET /api/units/:id/track': [see('tracks'), 'units'],
  'GET /api/views': [self],
  'PATCH /api/account/passkeys/:id': [self, 'passkeys'],
  'PATCH /api/account': [self],
  'PATCH /api/accounts/:id': [may('manageAccounts'), 'accounts'],
  'PATCH /api/devices/:id': [may('manageDevices'), 'devices'],
  'PATCH /api/gateways/:id': [may('manageDevices'), 'gateways'],
  'PATCH /api/members/:id': [may('editMembers'), 'members'],
  'PATCH /api/oidc-providers/:id': [may('manageAccounts'), 'oidc_providers'],
  'PATCH /api/stations/:id': [may('manageStations'), 'stations'],
  'PATCH /api/units/:id': [may('manageUnits'), 'units'],
  'POST /api/account/identities': [self],
  'POST /api/account/passkeys': [self],
  'POST /api/account/passkeys/begin': [self],
  'POST /api/account/recovery-codes': [self],
  'POST /api/account/second-factor': [self],
  'POST /api/account/second-factor/confirm': [self],
  'POST /api/account/tokens': [self],
  'POST /api/accounts': [may('manageAccounts')],
  'POST /api/accounts/:id/identities': [may('manageAccounts'), 'accounts'],
  'POST /api/accounts/:id/password': [may('manageAccounts'), 'accounts'],
  'POST /api/accounts/:id/wall-link': [may('manageAccounts'), 'accounts'],
  'POST /api/devices': [may('manageDevices')],
  'POST /api/devices/:id/revoke': [may('manageDevices'), 'devices'],
  'POST /api/devices/:id/token': [may('manageDevices'), 'devices'],
  'POST /api/dispatches/:id/answer': [may('answerDispatches'), 'dispatches'],
  'POST /api/dispatches/:id/cancel': [may('dispatchUnits'), 'dispatches'],
  'POST /api/exports': [may('exportRows')],
  'POST /api/gateways': [may('manageDevices')],
  'POST /api/gateways/:id/revoke': [may('manageDevices'), 'gateways'],
  'POST /api/gateways/:id/token': [may('manageDevices'), 'gateways'],
  'POST /api/alerts/:id/acknowledge': [may('acknowledgeAlerts'), 'alerts'],
  'POST /api/alerts/:id/close': [may('acknowledgeAlerts'), 'alerts'],
  'POST /api/geofences': [may('editGeofences')],
  'POST /api/grids': [may('editGrids')],
  'POST /api/grids/check': [may('editGrids')],
  'POST /api/incidents/:id/events': [may('recordIncidents'), 'incidents'],
  'POST /api/invitations': [may('invite')],
  'POST /api/invitations/accept': [open],
  'POST /api/invitations/look': [open],
  'POST /api/members': [may('editMembers')],
  'POST /api/oidc-providers': [may('manageAccounts')],
  'POST /api/positions': [open],
  'GET /api/osmand': [open],
  'POST /api/osmand': [open],
  'POST /api/sentinels': [may('editSentinels')],
  'POST /api/sentinels/:id/qr-code': [may('editSentinels'), 'sentinels'],
  'POST /api/session': [open],
  'POST /api/session/passkey': [open],
  'POST /api/session/passkey/begin': [open],
  'POST /api/session/second-factor': [open],
  'POST /api/session/wall': [open],
  'POST /api/setup': [open],
  'POST /api/setup/look': [open],
  'POST /api/stations': [may('manageStations')],
  'POST /api/units': [may('manageUnits')],
  'POST /api/units/:id/sos': [may('raiseAlarm'), 'units'],
  'POST /api/units/:id/sos/cancel': [may('raiseAlarm'), 'units'],
  'POST /api/units/:id/shift': [may('manageShifts', 'manageOwnShift'), 'units'],
  'PUT /api/account/password': [self],
  'PUT /api/sign-in-rules': [may('manageAccounts')],
  'PUT /api/dispatches/:id': [may('dispatchUnits')],
  'PUT /api/geofences/:id': [may('editGeofences'), 'geofences'],
  'PUT /api/grids/:id': [may('editGrids'), 'grids'],
  'PUT /api/incidents/:id': [may('recordIncidents'), 'incidents'],
  'PUT /api/retention': [may('manageRetention')],
  'PUT /api/sentinels/:id': [may('editSentinels'), 'sentinels'],
  'PUT /api/views/:id': [may('saveViews'), 'saved_views'],
  'DELETE /api/views/:id': [may('saveViews'), 'saved_views'],
  'PUT /api/stations/:id/dispatch-settings': [may('manageStations'), 'stations'],
  'PUT /api/units/:id/crews/:crewId': [may('editCrews'), 'units', 'crews'],
};

type Place = 'parent' | 'own' | 'sibling';
interface Planted {
  stationId: string;
  /** Stands in every text of the place's rows; what carries it was leaked. */
  marker: string;
  /** The id of one row of each table. */
  ids: Record<string, string>;
}

let testApp: TestApp;
const planted = {} as Record<Place, Planted>;
const cookies = {} as Record<Role, string>;

async function plant(parentId?: string): Promise<Planted> {
  const { database } = testApp;
  const marker = `geheim${randomBytes(6).toString('hex')}`;
  const stationId = await makeStation(database, { name: marker, ...(parentId !== undefined && { parentId }) });
  const tables = await database.asOwner(listTenantTables);
  const ids: Record<string, string> = { stations: stationId };
  await database.inScope([stationId], async (transaction) => {
    await fillTables(transaction, tables, stationId, marker);
    for (const { name, columns } of tables) {
      if (name === 'stations' || !columns.some((column) => column.name === 'id')) continue;
      const [row] = await transaction.query<{ id: string }>({
        text: `SELECT id::text AS id FROM "${name}" WHERE station_id = $1 LIMIT 1`,
        values: [stationId],
      });
      if (row) ids[name] = row.id;
    }
  });
  return { stationId, marker, ids };
}

beforeAll(async () => {
  testApp = await openTestApp(undefined, { withSessions: true });
  const { database } = testApp;
  await database.inScope([], (transaction) =>
    transaction.execute(sql`SELECT make_fix_partition(current_date), make_fix_partition(current_date + 1)`),
  );
  planted.parent = await plant();
  planted.own = await plant(planted.parent.stationId);
  planted.sibling = await plant(planted.parent.stationId);
  await testApp.dependencies.registry.refresh();
  for (const role of roles) {
    const account = await makeAccount(database, planted.own.stationId, role);
    cookies[role] = await beginSession(database, testApp.dependencies.sessions.cookieName, account);
  }
});
afterAll(() => testApp.close());

/** The path with ids of this place in it, and the place's station and everything else a query may name. */
function pathAt(path: string, tables: readonly string[], place: Planted): string {
  let next = 0;
  const filled = path
    .replace('/:z/:x/:file', '/0/0/0.mvt')
    .replace(/:\w+/g, () => place.ids[tables[next++] ?? ''] ?? uuidv7());
  const now = Date.now();
  const query = new URLSearchParams({
    station: place.stationId,
    // No longer than any route takes at once.
    from: new Date(now - 43_200_000).toISOString(),
    to: new Date(now + 43_200_000).toISOString(),
    reason: 'walk of all routes',
    q: 'geheim',
    lng: '116.4',
    lat: '39.9',
  });
  return `${filled}?${query}`;
}

async function call(method: string, path: string, cookie?: string): Promise<{ status: number; text: string }> {
  const response = await testApp.app.request(path, {
    method,
    headers: {
      ...(cookie !== undefined && { Cookie: cookie }),
      ...(method !== 'GET' && { 'Content-Type': 'application/json' }),
    },
    ...(method !== 'GET' && method !== 'DELETE' && { body: '{}' }),
  });
  return { status: response.status, text: Buffer.from(await response.arrayBuffer()).toString('latin1') };
}

/** Not allowed, not there, or not even looked at because the body or If-Match says nothing. */
const refusals = new Set([400, 403, 404, 428]);

const isAllowed = (access: Access, role: Role): boolean =>
  access.kind === 'see'
    ? matrix[role][access.noun] !== 'none'
    : access.kind === 'do'
      ? access.anyOf.some((action) => actionMatrix[role].has(action))
      : true;

const walked = Object.entries(routes).map(([route, [access, ...tables]]) => {
  const [method, path] = route.split(' ') as [string, string];
  return { route, method, path, access, tables };
});
const guarded = walked.filter(({ access }) => access.kind !== 'open');

test('every route of the app is classified here, and nothing else is', () => {
  const there = testApp.app.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'))
    .map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(there)].sort()).toEqual(Object.keys(routes).sort());
});

test.each(guarded)('$route is refused without a session', async ({ method, path, tables }) => {
  const { status } = await call(method, pathAt(path, tables, planted.own));
  // An empty body may be refused before anybody asks who sent it.
  expect(method === 'GET' ? [401] : [400, 401]).toContain(status);
});

describe('by the wrong role, or with ids of another station, nothing is found', () => {
  // What changes only oneself, without naming a thing, has nothing of others to find (and may end the walk's own session).
  const walk = guarded.filter(
    ({ access, method, tables }) => access.kind !== 'self' || method === 'GET' || tables.length > 0,
  );
  test.each(walk)('$route', async ({ method, path, access, tables }) => {
    for (const role of roles) {
      for (const place of ['parent', 'sibling'] as const) {
        const { status, text } = await call(method, pathAt(path, tables, planted[place]), cookies[role]);
        expect([role, place, text.includes(planted[place].marker)]).toEqual([role, place, false]);
        // What names a thing of another station finds nothing. (A list that takes no station shows one's own.)
        if (tables.length > 0) expect([role, place, refusals.has(status) || status]).toEqual([role, place, true]);
      }
      const isPermitted = isAllowed(access, role);
      // Changing what one may change is for the tests of each room.
      if (isPermitted && method !== 'GET') continue;
      const { status, text } = await call(method, pathAt(path, tables, planted.own), cookies[role]);
      if (isPermitted) {
        // Only one's own units are there for who sees only these; points only for who sees more than grids.
        const isLess = access.kind === 'see' && matrix[role][access.noun] !== 'exact';
        expect([role, status < 300 || (isLess && status === 404) || status]).toEqual([role, true]);
      } else {
        expect([role, refusals.has(status) || status]).toEqual([role, true]);
        expect([role, text.includes(planted.own.marker)]).toEqual([role, false]);
      }
    }
  });
});
