// A recorded walk goes through the ingest endpoint by the real command, and is looked back at by a real browser.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { openPool } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { palettes } from '../../src/lib/layers/palette.ts';
import { signInBeside } from '../fixtures/sign-in-beside.ts';
import { readPixels } from './read-pixels.ts';
import { startServerProcess, type ServerProcess } from './start-server.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const walk = join(root, 'tests/fixtures/monaco-walk.gpx');

test.use({ viewport: { width: 900, height: 620 }, colorScheme: 'light', storageState: { cookies: [], origins: [] } });
test.describe.configure({ mode: 'serial', timeout: 180_000 });

let server: ServerProcess;
let cookie: { name: string; value: string };
/** Where the recording says that the walker was, by the time that its fixes were given. */
let recorded: { atMs: number; lngLat: [number, number] }[];
/** A car that stood still, drove on, and was not heard for 15 minutes between. */
const car = { lngLat: [7.431, 43.745] as [number, number], quietFromMs: 0, backAtMs: 0 };
const minuteMs = 60_000;
let station: string;

const command = async (name: string, args: string[]) =>
  run(process.execPath, [join(root, `api/commands/${name}.ts`), ...args], {
    env: { ...process.env, DATABASE_URL: '', DATA_DIR: server.dataDir },
  });

test.beforeAll(async ({ playwright }) => {
  test.setTimeout(300_000);
  server = await startServerProcess({ args: ['--no-demo'], timeoutMs: 240_000 });
  const file = join(server.dataDir, 'units.csv');
  writeFileSync(
    file,
    'call_sign,kind,device,token,duty_state\nMoulins,foot,m-1,token-of-moulins,on\nCosta,car,m-2,token-of-costa,on\n',
  );
  await command('import', ['units', file, '--station', 'Monaco', '--time-zone', 'Europe/Monaco']);
  await command('replay', [walk, '--unit', 'Moulins', '--speed', '500', '--url', server.url]);
  const [name = '', value = ''] = (await signInBeside({ dataDir: server.dataDir, databaseUrl: '' }, 'Monaco')).split(
    '=',
  );
  cookie = { name, value };

  const api = await playwright.request.newContext({
    baseURL: server.url,
    extraHTTPHeaders: { Cookie: `${name}=${value}` },
  });
  const { units } = (await (await api.get('/api/units')).json()) as {
    units: { callSign: string; at: string; stationId: string }[];
  };
  const walker = units.find(({ callSign }) => callSign === 'Moulins')!;
  station = walker.stationId;
  // The command gives the recording its own spacing and ends it when it was sent.
  const points = [
    ...readFileSync(walk, 'utf8').matchAll(/<trkpt lat="([\d.]+)" lon="([\d.]+)">.*?<time>(.*?)<\/time>/g),
  ].map(([, lat, lng, time]) => ({ atMs: Date.parse(time!), lngLat: [Number(lng), Number(lat)] as [number, number] }));
  const shiftMs = Date.parse(walker.at) - points.at(-1)!.atMs;
  recorded = points.map(({ atMs, lngLat }) => ({ atMs: atMs + shiftMs, lngLat }));

  const startMs = Date.now() - 40 * minuteMs;
  car.quietFromMs = startMs + 2 * minuteMs;
  car.backAtMs = car.quietFromMs + 15 * minuteMs;
  const times = [0, 30, 60, 90, 120].map((s) => startMs + 1000 * s).concat(car.backAtMs, car.backAtMs + 30_000);
  const answer = await api.post('/api/positions', {
    headers: { Authorization: 'Bearer token-of-costa' },
    data: times.map((atMs) => ({ device: 'm-2', at: new Date(atMs).toISOString(), lngLat: car.lngLat, speedMps: 0 })),
  });
  expect((await answer.text()).match(/accepted/g)).toHaveLength(times.length);
  await api.dispose();
});
test.afterAll(() => server?.remove());

test.beforeEach(async ({ context }) => {
  const { hostname } = new URL(server.url);
  await context.addCookies([
    { ...cookie, domain: hostname, path: '/', secure: true, httpOnly: true, sameSite: 'Strict' },
  ]);
});

interface Look {
  atMs: number;
  centre: [number, number];
  zoom: number;
  more?: string;
  reason?: string;
}

/** Opens a link to a moment and gives the reason. */
async function lookBack(page: Page, { atMs, centre: [lng, lat], zoom, more = '', reason = '核实 110 报警' }: Look) {
  const iso = (ms: number) => new Date(ms).toISOString();
  const [from, to] = [iso(Date.now() - 60 * minuteMs), iso(Date.now() + minuteMs)];
  await page.goto(
    `${server.url}/replay?station=${station}&v=${zoom}/${lat}/${lng}&layers=units&from=${from}&to=${to}&t=${iso(atMs)}${more}`,
  );
  await page.getByRole('dialog').getByRole('textbox').fill(reason);
  await page.getByRole('button', { name: '查看轨迹' }).click();
  await expect(page.locator('canvas.maplibregl-canvas')).toBeVisible();
  await expect(page.getByRole('button', { name: '播放' })).toBeEnabled();
}

const side = 240;
async function middleOf(page: Page) {
  const box = (await page.locator('canvas.maplibregl-canvas').boundingBox())!;
  return readPixels(page, {
    x: box.x + box.width / 2 - side / 2,
    y: box.y + box.height / 2 - side / 2,
    width: side,
    height: side,
  });
}

/** Where the pixels of a colour lie around the middle of the map, CSS pixels; null: there are hardly any. */
async function findColour(
  page: Page,
  colour: readonly number[],
): Promise<{ x: number; y: number; count: number } | null> {
  const pixels = await middleOf(page);
  let [x, y, count] = [0, 0, 0];
  for (let top = 0; top < side; top++) {
    for (let left = 0; left < side; left++) {
      if (!pixels.at(left, top).every((value, channel) => Math.abs(value - colour[channel]!) < 24)) continue;
      x += left - side / 2;
      y += top - side / 2;
      count++;
    }
  }
  return count < 60 ? null : { x: x / count, y: y / count, count };
}

const { units: colours, stale } = palettes.light;
const metresPerPx = (lat: number, zoom: number) => (40_075_016 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
const shownMs = async (page: Page) => Date.parse((await page.getByTestId('replay-time').getAttribute('datetime'))!);

test('at a moment the unit stands where the recording says, within a metre, and half way between two fixes too', async ({
  page,
}) => {
  const zoom = 19;
  const [fix, next] = [recorded[10]!, recorded[11]!];
  const half: [number, number] = [(fix.lngLat[0] + next.lngLat[0]) / 2, (fix.lngLat[1] + next.lngLat[1]) / 2];
  for (const { atMs, lngLat } of [fix, { atMs: (fix.atMs + next.atMs) / 2, lngLat: half }]) {
    await lookBack(page, { atMs, centre: lngLat, zoom });
    await expect
      .poll(async () => {
        const found = await findColour(page, colours.foot);
        return found ? Math.hypot(found.x, found.y) * metresPerPx(lngLat[1], zoom) : Infinity;
      })
      .toBeLessThan(1);
  }
});

test('a gap stays a gap: hollow at its last place, then gone, and there again', async ({ page }) => {
  const at = (atMs: number) => lookBack(page, { atMs, centre: car.lngLat, zoom: 17 });
  await at(car.quietFromMs - 45_000);
  await expect.poll(async () => (await findColour(page, colours.car)) !== null).toBe(true);
  const body = (await findColour(page, colours.car))!.count;

  await at(car.quietFromMs + minuteMs);
  await expect.poll(async () => (await findColour(page, stale)) !== null).toBe(true);
  expect(await findColour(page, colours.car)).toBeNull();

  await at(car.quietFromMs + 7 * minuteMs);
  await page.waitForTimeout(3000);
  expect(await findColour(page, colours.car)).toBeNull();
  expect(await findColour(page, stale)).toBeNull();

  await at(car.backAtMs + 10_000);
  await expect.poll(async () => (await findColour(page, colours.car))?.count ?? 0).toBeGreaterThan(body * 0.8);
});

test('a followed unit stays in the middle while it moves', async ({ page }) => {
  const walkerNumber = 1;
  const fix = recorded[2]!;
  // Far from where the map begins.
  await lookBack(page, { atMs: fix.atMs, centre: [7.4, 43.73], zoom: 18, more: `&follow=${walkerNumber}&speed=10` });
  await expect(page.getByTestId('followed')).toContainText('Moulins');
  const isInMiddle = async () => {
    const found = await findColour(page, colours.foot);
    return found !== null && Math.hypot(found.x, found.y) < 12;
  };
  await page.keyboard.press(' ');
  await expect.poll(isInMiddle).toBe(true);
  await page.waitForTimeout(5000);
  await page.keyboard.press(' ');
  expect((await shownMs(page)) - fix.atMs).toBeGreaterThan(20_000);
  await expect.poll(isInMiddle).toBe(true);
  expect(page.url()).toContain(`follow=${walkerNumber}`);
});

test('at 60 times ten seconds show ten minutes, a pause none, and the link leads to the moment', async ({ page }) => {
  await lookBack(page, { atMs: Date.now() - 50 * minuteMs, centre: car.lngLat, zoom: 15 });
  await page.getByRole('button', { name: '60 倍速' }).click();
  const read = () =>
    page.evaluate(() => ({
      wallMs: performance.now(),
      shownMs: Date.parse(document.querySelector('[data-testid="replay-time"]')!.getAttribute('datetime')!),
    }));
  await page.getByRole('button', { name: '播放' }).click();
  await page.waitForTimeout(1500);
  const began = await read();
  await page.waitForTimeout(10_000);
  const ended = await read();
  await page.getByRole('button', { name: '暂停' }).click();
  // What is shown is as old as the last frame.
  const [shown, wall] = [ended.shownMs - began.shownMs, ended.wallMs - began.wallMs];
  expect(shown / wall).toBeGreaterThan(54);
  expect(shown / wall).toBeLessThan(66);
  const paused = await shownMs(page);
  await page.waitForTimeout(1500);
  expect(await shownMs(page)).toBe(paused);
  await expect.poll(() => Math.abs(Date.parse(new URL(page.url()).searchParams.get('t')!) - paused)).toBeLessThan(1000);
});

test('whose past was looked at, when and why is in the audit log; without a reason nothing is shown', async ({
  page,
}) => {
  const reason = `走失老人 ${Date.now()}`;
  await lookBack(page, { atMs: recorded[0]!.atMs, centre: car.lngLat, zoom: 15, more: '&units=1', reason });
  const database = openPool({ engine: 'embedded', target: { socketDir: server.dataDir }, maxConnections: 1 });
  const rows = await database.asOwner((transaction) =>
    transaction.query<{ targetName: string; detail: string }>(
      sql`SELECT target_name AS "targetName", detail::text FROM audit_entries WHERE action = 'unit.track-read' ORDER BY at DESC`,
    ),
  );
  await database.close();
  const entry = rows.map(({ targetName, detail }) => ({ targetName, ...(JSON.parse(detail) as object) }));
  expect(entry).toContainEqual(expect.objectContaining({ targetName: 'Moulins', units: '1 Moulins', reason }));

  await page.reload();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: '填写理由' })).toBeVisible();
  await expect(page.getByRole('button', { name: '播放' })).toBeDisabled();
});
