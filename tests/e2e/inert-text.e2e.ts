// What people write is text on every screen: nothing of it is run, loaded or followed.
import { expect, test, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '../../api/accounts/contract.ts';
import { openPool, type Transaction } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { demoPassword, nobody, signInAs } from './sign-in.ts';

test.use({ viewport: { width: 1000, height: 700 }, storageState: nobody });
test.setTimeout(240_000);

/** Each kind of text begins with its own word, so that one found on a screen is this one. */
const long = (what: string) =>
  `${what}<img src=x onerror=__ran=1><script>__ran=1</script>javascript:__ran=1';DROP TABLE x;--`;
const short = (what: string) => `${what}<svg onload=__ran=1>`;
/** Devices and gateways are never deleted, so theirs are new each time. */
const once = Date.now().toString(36).slice(-4);
const texts = {
  station: long('station'),
  account: long('account'),
  member: long('member'),
  skill: short('skill'),
  unit: long('unit'),
  equipment: short('equipment'),
  device: long(`device${once}`),
  gateway: long(`gate${once}`),
  sentinelNumber: short('point'),
  sentinel: long('sentinel'),
  address: `javascript:__ran=1 ${long('address')} <a href=javascript:__ran=1>a</a><iframe srcdoc="<script>top.__ran=1</script>">`,
  gridNumber: short('no'),
  grid: long('grid'),
  incident: long('incident'),
  category: long('category'),
  invited: short('invited'),
  reason: long('reason'),
  token: long('token'),
  provider: short('provider'),
};

let stationId: string;
let unitId: string;
let sentinelId: string;
let gridId: string;
let incident: { number: number; category: string; description: string | null };
let link: string;
/** How what was made is taken back, the last first. */
const undo: (() => Promise<unknown>)[] = [];

const inDatabase = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
  const database = openPool({
    engine: 'embedded',
    target: { socketDir: process.env['E2E_DATA_DIR']! },
    maxConnections: 1,
  });
  return database.inScope([stationId], work).finally(() => database.close());
};

const any = { 'If-Match': '*' };
type Answer = Record<string, string>;

async function send(by: APIRequestContext, method: string, path: string, data?: object): Promise<Answer> {
  const answer = await by.fetch(path, { method, headers: any, ...(data && { data }) });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return answer.status() === 204 ? {} : ((await answer.json()) as Answer);
}

async function take(by: APIRequestContext, path: string): Promise<void> {
  const first = await by.delete(path, { headers: any });
  if (first.status() === 409)
    await by.delete(`${path}?confirm=${((await first.json()) as Answer)['confirm']}`, { headers: any });
}

test.beforeAll(async ({ playwright, baseURL }) => {
  const signedIn = async (role: Role) => {
    const api = await playwright.request.newContext({ baseURL: baseURL!, storageState: nobody });
    await send(api, 'POST', '/api/session', { username: role, password: demoPassword });
    return api;
  };
  const commander = await signedIn('commander');
  const administrator = await signedIn('administrator');
  undo.push(
    () => commander.dispose(),
    () => administrator.dispose(),
  );
  /** Makes something, to be deleted in the end; its id, and all that was answered. */
  const make = async (path: string, data: object, by = administrator) => {
    const answer = await send(by, 'POST', path, data);
    const made = (answer['device'] ?? answer['gateway'] ?? answer['grid'] ?? answer['token'] ?? answer) as unknown;
    const { id } = (typeof made === 'object' ? made : answer) as { id: string };
    undo.push(() =>
      /devices|gateways/.test(path) ? send(by, 'POST', `${path}/${id}/revoke`) : take(by, `${path}/${id}`),
    );
    return { id, answer };
  };
  /** Names something that is there otherwise, until the end. */
  const rename = async (path: string, field: string, before: string, text: string) => {
    await send(administrator, 'PATCH', path, { [field]: text });
    undo.push(() => send(administrator, 'PATCH', path, { [field]: before }));
  };

  const { stations } = (await (await commander.get('/api/stations')).json()) as {
    stations: { id: string; name: string; bbox: [number, number, number, number] }[];
  };
  const [station] = stations;
  stationId = station!.id;
  const [west, south] = station!.bbox;
  const lngLat = [west + 0.001, south + 0.001];
  const corner = [[west, south], [west + 0.002, south], [west + 0.002, south + 0.002], [west, south]]; // prettier-ignore
  await rename(`/api/stations/${stationId}`, 'name', station!.name, texts.station);
  const { accounts } = (await (await administrator.get(`/api/accounts?station=${stationId}`)).json()) as {
    accounts: { id: string; username: string; displayName: string }[];
  };
  const own = accounts.find(({ username }) => username === 'commander')!;
  await rename(`/api/accounts/${own.id}`, 'displayName', own.displayName, texts.account);

  sentinelId = (
    await make('/api/sentinels', {
      stationId,
      number: texts.sentinelNumber,
      name: texts.sentinel,
      address: texts.address,
      kind: 'shop',
      lngLat,
    })
  ).id;
  const member = await make('/api/members', {
    stationId,
    sentinelId,
    displayName: texts.member,
    role: 'guard',
    skills: [texts.skill],
  });
  const officer = await make('/api/members', { stationId, displayName: texts.member, role: 'officer' });
  gridId = (
    await make('/api/grids', {
      stationId,
      number: texts.gridNumber,
      name: texts.grid,
      officerId: officer.id,
      area: { type: 'Polygon', coordinates: [corner] },
    })
  ).id;
  unitId = (
    await make('/api/units', {
      stationId,
      callSign: texts.unit,
      kind: 'foot',
      equipment: [{ kind: texts.equipment, quantity: 1 }],
    })
  ).id;
  const crewId = uuidv7();
  await send(commander, 'PUT', `/api/units/${unitId}/crews/${crewId}`, {
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    memberIds: [member.id],
  });
  undo.push(() => take(commander, `/api/units/${unitId}/crews/${crewId}`));
  await make('/api/devices', { stationId, name: texts.device, unitId });
  await make('/api/gateways', { stationId, name: texts.gateway });
  await make('/api/oidc-providers', {
    stationId,
    label: texts.provider,
    issuer: 'https://identity.example/',
    clientId: texts.provider,
  });
  const invitation = await make('/api/invitations', { sentinelId, displayName: texts.invited }, commander);
  link = invitation.answer['link']!;
  await make('/api/account/tokens', { name: texts.token, nouns: null, expiresInDays: 1 }, commander);
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const looked = await commander.get(`/api/units/${unitId}/track`, {
    params: { from: hourAgo, to: new Date().toISOString(), reason: texts.reason },
  });
  expect(looked.status(), await looked.text()).toBe(200);

  // Incidents are imported, not typed in: one of the demo's gets the text, and its own back in the end.
  incident = await inDatabase(async (transaction) => {
    const [row] = await transaction.query<typeof incident>(sql`
      SELECT number, category, description FROM incidents WHERE station_id = ${stationId} ORDER BY occurred_at DESC LIMIT 1`);
    await writeIncident(transaction, { ...row!, category: texts.category, description: texts.incident });
    return row!;
  });
  undo.push(() => inDatabase((transaction) => writeIncident(transaction, incident)));
});

const writeIncident = (transaction: Transaction, { number, category, description }: typeof incident) =>
  transaction.execute(sql`
    UPDATE incidents SET category = ${category}, description = ${description}
    WHERE station_id = ${stationId} AND number = ${number}`);

test.afterAll(async () => {
  for (const take of undo.toReversed()) await take();
});

/** What was run, loaded, blocked by the policy or asked of the person although it was only text. */
function watch(page: Page): { noticed: string[] } {
  const noticed: string[] = [];
  page.on('dialog', (dialog) => {
    noticed.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) noticed.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/x')) noticed.push(`asked for ${request.url()}`);
  });
  return { noticed };
}

/** Marks that only markup of ours could have made. */
const isMarkup = 'img[src="x"], [onerror], [onload], [srcdoc], a[href^="javascript:" i]';

async function expectInert(page: Page, { noticed }: { noticed: string[] }): Promise<void> {
  expect(noticed).toEqual([]);
  expect(await page.evaluate(() => (globalThis as { __ran?: number }).__ran)).toBeUndefined();
  expect(await page.locator(isMarkup).count()).toBe(0);
  expect(await page.evaluate(() => [...document.scripts].filter(({ text }) => text.includes('__ran')).length)).toBe(0);
}

/** The text stands there as it was written. */
const shows = (place: Page | Locator, text: string) =>
  expect('goto' in place ? place.locator('body') : place).toContainText(text);
const inspector = (page: Page) => page.getByRole('complementary', { name: '详情' });
const showDetails = async (page: Page, selection: string, ...shown: string[]) => {
  await page.goto(`/?view=table&sel=${selection}`);
  for (const text of shown) await shows(inspector(page), text);
};

test('markup that was not written as text is noticed by these tests', async ({ page, context }) => {
  await signInAs(context, 'commander');
  const watched = watch(page);
  await page.goto('/account');
  await shows(page, texts.account);
  await page.evaluate((text) => (document.body.lastElementChild!.innerHTML = text), texts.member);
  await expect(() => expect(watched.noticed.length).toBeGreaterThan(1)).toPass();
  await expect(expectInert(page, watched)).rejects.toThrow();
});

test('table, details and search show names, crew, equipment, address and texts of incidents as text', async ({
  page,
  context,
}) => {
  await signInAs(context, 'commander');
  const watched = watch(page);
  await showDetails(page, `unit:${unitId}`, texts.unit, texts.equipment, texts.member);
  await shows(page.getByRole('table', { name: /巡逻单元/ }), texts.unit);
  await shows(page.getByRole('banner').first(), texts.station);
  await expect(page.getByRole('button', { name: `账号: ${texts.account}` })).toBeVisible();
  await showDetails(page, `sentinel:${sentinelId}`, texts.sentinel, texts.sentinelNumber, texts.address, texts.member, texts.skill); // prettier-ignore
  await page.getByRole('button', { name: /^平安哨点/ }).click();
  await shows(page.getByRole('table', { name: /平安哨点/ }), texts.address);
  await showDetails(page, `grid:${gridId}`, texts.gridNumber, texts.member, texts.sentinel);
  await page.getByRole('button', { name: /^警务网格/ }).click();
  await shows(page.getByRole('table', { name: /警务网格/ }), texts.grid);
  await showDetails(page, `incident:${incident.number}`, texts.category, texts.incident);

  const box = page.getByRole('combobox', { name: '搜索' });
  for (const [typed, found] of [
    ['unit<img', texts.unit],
    ['sentinel<img', texts.sentinel],
    ['grid<img', texts.grid],
  ] as const) {
    await box.fill(typed);
    await shows(page.getByRole('option').first(), found);
  }
  await box.fill(texts.gateway);
  await shows(page.getByRole('search'), texts.gateway);
  await expectInert(page, watched);
});

test('the map and what lies beside it show them as text', async ({ page, context }) => {
  await signInAs(context, 'commander');
  const watched = watch(page);
  await page.goto(`/map?sel=sentinel:${sentinelId}`);
  await expect(page.locator('canvas.maplibregl-canvas')).toBeVisible();
  await shows(inspector(page), texts.sentinel);
  await shows(page, texts.category);
  await expectInert(page, watched);
});

test('administration shows them as text, in lists and in forms', async ({ page, context }) => {
  await signInAs(context, 'administrator');
  const watched = watch(page);
  for (const [section, name, ...more] of [
    ['stations', texts.station],
    ['people', texts.account, texts.station],
    ['members', texts.member, texts.skill, texts.sentinel],
    ['invitations', texts.sentinel, texts.invited, texts.account],
    ['units', texts.unit, texts.equipment, texts.member],
    ['devices', texts.device, texts.unit],
    ['gateways', texts.gateway],
    ['providers', texts.provider],
  ] as const) {
    await page.goto(`/admin/${section}?station=${stationId}`);
    const list = page.getByRole('table');
    for (const text of [name, ...more]) await shows(list, text);
    const row = list.getByRole('row').filter({ hasText: name }).first();
    await row.getByRole('rowheader').getByRole('button').click();
    await expect(page.getByRole('dialog', { name })).toBeVisible();
    await expectInert(page, watched);
  }
  await page.goto(`/admin/crews?station=${stationId}`);
  await page.getByRole('combobox', { name: '巡逻单元' }).selectOption({ label: texts.unit });
  await shows(page.getByRole('table'), texts.member);
  await expectInert(page, watched);
});

test('the own account shows its name, its tokens and the ways to sign in as text', async ({ page, context }) => {
  await signInAs(context, 'commander');
  const watched = watch(page);
  await page.goto('/account');
  for (const text of [texts.account, texts.token, texts.provider]) await shows(page, text);
  await expectInert(page, watched);
});

test('the audit log shows who, what and why as text', async ({ page, context }) => {
  await signInAs(context, 'auditor');
  const watched = watch(page);
  await page.goto('/audit');
  const looked = page.getByRole('listitem').filter({ hasText: texts.reason }).first();
  await looked.locator('summary').click();
  for (const text of [texts.account, texts.unit, texts.reason]) await shows(looked, text);
  await expect(looked.locator('.detail')).toBeVisible();
  await expectInert(page, watched);
});

test('who is not signed in sees them as text too, where one signs in and where an invitation leads', async ({
  page,
}) => {
  const watched = watch(page);
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: '登录' })).toBeVisible();
  await expectInert(page, watched);
  await page.goto(new URL(link).pathname + new URL(link).hash);
  for (const text of [texts.station, texts.sentinel]) await shows(page, text);
  await expect(page.getByLabel('姓名')).toHaveValue(texts.invited);
  await expectInert(page, watched);
});
