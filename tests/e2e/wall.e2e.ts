import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { v7 as uuidv7 } from 'uuid';
import type { Figures } from '../../api/figures/contract.ts';
import { readPixels, type Pixels } from './read-pixels.ts';
import { demoPassword, nobody, signInAs } from './sign-in.ts';
import { startServerProcess } from './start-server.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({ viewport: { width: 960, height: 540 }, storageState: nobody, contextOptions: { reducedMotion: 'reduce' } });
test.setTimeout(240_000);

const wallFigures = (page: Page) => page.getByTestId('wall-figures');
const isLive = (page: Page) => expect(page.getByTestId('data-age')).toHaveText('数据为最新', { timeout: 90_000 });
const canvas = (page: Page) => page.locator('canvas.maplibregl-canvas');

async function openWall(page: Page, query = ''): Promise<void> {
  await signInAs(page.context(), 'wall');
  await page.goto(`/wall${query}`);
  await isLive(page);
}

const stationOf = async (request: APIRequestContext) =>
  ((await (await request.get('/api/stations')).json()) as { stations: { id: string; bbox: number[] }[] }).stations[0]!;

/** What is in the numbers' places. */
const shownFigures = (page: Page): Promise<Record<string, string>> =>
  wallFigures(page)
    .locator('[data-testid]')
    .evaluateAll((places) =>
      Object.fromEntries(places.map((place) => [place.getAttribute('data-testid'), place.textContent?.trim() ?? ''])),
    );

function expectedFigures({ strength, incidents, sentinels, alerts, dispatches }: Figures): Record<string, string> {
  return {
    ...Object.fromEntries(strength!.map(({ kind, onDuty }) => [`strength-${kind}`, String(onDuty)])),
    'incidents-today': String(incidents!.today.count),
    'incidents-open': String(incidents!.open),
    'dispatches-running': String(dispatches!.running),
    'sentinels-reporting': String(sentinels!.reporting),
    'alerts-open': String(alerts!.open),
  };
}

test('a wall account lands on the wall, and its numbers are those of the API', async ({ page }) => {
  await signInAs(page.context(), 'wall');
  await page.goto('/');
  await expect(page).toHaveURL(/\/wall/);
  await isLive(page);
  const { id } = await stationOf(page.request);
  await expect
    .poll(
      async () => {
        const figures = (await (await page.request.get(`/api/figures?station=${id}`)).json()) as Figures;
        const [shown, expected] = [await shownFigures(page), expectedFigures(figures)];
        return Object.keys(expected).filter((name) => shown[name] !== expected[name]);
      },
      { timeout: 60_000 },
    )
    .toEqual([]);
  // 64 pixels at 1080 lines are 32 at 540.
  const heights = await wallFigures(page)
    .locator('[data-testid]')
    .evaluateAll((places) =>
      places
        .filter((place) => place.getAttribute('data-testid') !== 'dispatches-running')
        .map((place) => parseFloat(getComputedStyle(place).fontSize)),
    );
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(32);
});

test('an incident that is recorded is in the feed and in the numbers within seconds', async ({ page, playwright }) => {
  await openWall(page);
  const feed = page.getByTestId('wall-feed');
  await expect(feed.locator('li').first()).toBeVisible();
  const today = Number((await shownFigures(page))['incidents-today']);
  const commander = await playwright.request.newContext({ baseURL: process.env['E2E_URL']! });
  await commander.post('/api/session', { data: { username: 'commander', password: demoPassword } });
  const { id: stationId, bbox } = await stationOf(commander);
  const answer = await commander.put(`/api/incidents/${uuidv7()}`, {
    headers: { Origin: process.env['E2E_URL']! },
    data: {
      stationId,
      category: 'noise',
      source: 'citizen',
      lngLat: [(bbox[0]! + bbox[2]!) / 2, (bbox[1]! + bbox[3]!) / 2],
      occurredAt: new Date().toISOString(),
    },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  const { number } = (await answer.json()) as { number: number };
  await expect(feed).toContainText(`群众报警 · ${number}`, { timeout: 15_000 });
  await expect
    .poll(async () => Number((await shownFigures(page))['incidents-today']), { timeout: 15_000 })
    .toBeGreaterThan(today);
  expect(await feed.locator('li').count()).toBeLessThanOrEqual(20);
  await commander.dispose();
});

test('nothing on the wall can be clicked, marked or called up, and the pointer goes away', async ({ page }) => {
  await openWall(page);
  await expect(canvas(page)).toBeVisible();
  // The sources of the base map are its makers' right.
  const controls = page.locator('button, a, input, select, textarea, summary').filter({ visible: true });
  const others = await controls.evaluateAll(
    (found) => found.filter((one) => !one.closest('.maplibregl-ctrl-attrib')).length,
  );
  expect(others).toBe(0);
  await expect(page.locator('.maplibregl-ctrl-attrib')).toBeVisible();
  const prevented = await page.evaluate(
    () =>
      !document
        .querySelector('main')!
        .dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })),
  );
  expect(prevented).toBe(true);
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('main')!).userSelect)).toBe('none');
  // Looked at inside the page: here, three seconds may be over before an answer comes.
  const whileMoving = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const look = () => resolve(getComputedStyle(document.querySelector('canvas.maplibregl-canvas')!).cursor);
        addEventListener('pointermove', () => setTimeout(look, 100), { once: true });
      }),
  );
  await page.mouse.move(300, 300);
  await page.mouse.move(320, 310);
  expect(await whileMoving).not.toBe('none');
  await expect.poll(() => canvas(page).evaluate((element) => getComputedStyle(element).cursor)).toBe('none');
});

test('data that stopped coming is told over the whole width with since when, also after an hour', async ({
  page,
  context,
}) => {
  let cut = (): void => {};
  let isCut = false;
  await page.routeWebSocket(/\/api\/live/, (socket) => {
    if (isCut) return void socket.close({ code: 1001 });
    const server = socket.connectToServer();
    cut = () => {
      isCut = true;
      void server.close();
      void socket.close({ code: 1001 });
    };
  });
  await page.clock.install();
  await openWall(page);
  const banner = page.getByTestId('wall-old');
  await expect(banner).toHaveCount(0);
  await context.setOffline(true);
  cut();
  await expect(banner).toBeVisible({ timeout: 40_000 });
  await expect(banner).toContainText(/自 \d\d:\d\d:\d\d 起没有新数据/);
  expect((await banner.boundingBox())!.width).toBe(960);
  const since = /自 (\S+) 起/.exec((await banner.textContent())!)![1];
  // An hour later, as after a sleep: every timer that was due runs once.
  await page.clock.fastForward('01:00:00');
  await expect(banner).toContainText(/60分钟|1小时|6\d分钟/);
  expect(/自 (\S+) 起/.exec((await banner.textContent())!)![1]).toContain(since);
  await expect(wallFigures(page)).toContainText('数字截至');
  isCut = false;
  await context.setOffline(false);
  await isLive(page);
  await expect(banner).toHaveCount(0);
  await expect(wallFigures(page)).not.toContainText('数字截至', { timeout: 30_000 });
});

test('a restart of the server is told while it lasts and got over without anybody', async ({ page }) => {
  test.setTimeout(400_000);
  let server = await startServerProcess();
  const { port } = new URL(server.url);
  try {
    await signInAs(page.context(), 'wall', server.url);
    await page.goto(`${server.url}/wall`);
    await isLive(page);
    // A page that was loaded anew would have lost it.
    await page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'));
    await server.end('SIGKILL');
    await expect(page.getByTestId('wall-old')).toBeVisible({ timeout: 40_000 });
    server = await startServerProcess({ environment: { DATA_DIR: server.dataDir, PORT: port } });
    await isLive(page);
    await expect(page.getByTestId('wall-old')).toHaveCount(0);
    await expect(wallFigures(page)).not.toContainText('数字截至', { timeout: 60_000 });
    await expect(page.locator('body[data-same-page]')).toHaveCount(1);
  } finally {
    await server.remove();
  }
});

/** How much of two pictures differs. */
function differenceOf(a: Pixels, b: Pixels): number {
  let [all, other] = [0, 0];
  for (let y = 4; y < a.height; y += 6)
    for (let x = 4; x < a.width; x += 6) {
      all++;
      const [one, two] = [a.at(x, y), b.at(x, y)];
      if (one.some((value, i) => Math.abs(value - two[i]!) > 24)) other++;
    }
  return other / all;
}

/** The map as it stands still. */
async function pictureOf(page: Page): Promise<Pixels> {
  const clip = (await page.locator('main').boundingBox())!;
  let last = await readPixels(page, clip);
  for (let tries = 0; tries < 30; tries++) {
    await page.waitForTimeout(1500);
    const next = await readPixels(page, clip);
    if (differenceOf(last, next) === 0) return next;
    last = next;
  }
  return last;
}

for (const comesBack of [true, false])
  test(`a graphics card that is taken away and ${comesBack ? 'given back' : 'stays away'} leaves the same map`, async ({
    page,
  }) => {
    // What moves is left out, so that pictures can be compared.
    await openWall(page, '?layers=grids,sentinels');
    await expect(canvas(page)).toBeVisible();
    const before = await pictureOf(page);
    const blank = differenceOf(before, { ...before, at: () => before.at(4, 4) });
    expect(blank).toBeGreaterThan(0.02);
    await canvas(page).evaluate((element, isBack) => {
      element.setAttribute('data-lost', 'yes');
      const gl = (element as HTMLCanvasElement).getContext('webgl2')!;
      const extension = gl.getExtension('WEBGL_lose_context')!;
      extension.loseContext();
      if (isBack) setTimeout(() => extension.restoreContext(), 500);
    }, comesBack);
    await expect(page.locator('canvas[data-lost]')).toHaveCount(0, { timeout: 30_000 });
    await expect(canvas(page)).toHaveCount(1);
    await expect.poll(async () => differenceOf(before, await pictureOf(page)), { timeout: 120_000 }).toBeLessThan(0.02);
    await isLive(page);
  });

test('a session that is ended elsewhere leaves a clear sentence, not a form to sign in by', async ({
  page,
  playwright,
}) => {
  const paths: string[] = [];
  await openWall(page);
  page.on('framenavigated', (frame) => paths.push(new URL(frame.url()).pathname));
  const administrator = await playwright.request.newContext({ baseURL: process.env['E2E_URL']! });
  await administrator.post('/api/session', { data: { username: 'administrator', password: demoPassword } });
  const { id } = await stationOf(administrator);
  const { accounts } = (await (await administrator.get(`/api/accounts?station=${id}`)).json()) as {
    accounts: { id: string; username: string }[];
  };
  const wall = accounts.find(({ username }) => username === 'wall')!;
  const ended = await administrator.delete(`/api/accounts/${wall.id}/sessions`, {
    headers: { Origin: process.env['E2E_URL']! },
  });
  expect(ended.status(), await ended.text()).toBeLessThan(300);
  await administrator.dispose();
  await expect(page.getByRole('heading', { name: '这块大屏已退出登录' })).toBeVisible({ timeout: 30_000 });
  await expect(canvas(page)).toHaveCount(0);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.waitForTimeout(5_000);
  expect(asked).toEqual([]);
  expect(paths.filter((path) => path !== '/wall')).toEqual([]);
  await page.reload();
  await expect(page.getByRole('heading', { name: '这块大屏尚未登录' })).toBeVisible();
});

test('an ultra-wide wall has its numbers beside the map, all of them in sight, and is light by choice', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1920, height: 540 });
  await openWall(page, '?theme=light&lang=en');
  await expect(wallFigures(page)).toContainText('Incidents today');
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
  const [figures, map] = [(await wallFigures(page).boundingBox())!, (await page.locator('main').boundingBox())!];
  expect(figures.x + figures.width).toBeLessThanOrEqual(map.x);
  expect(figures.y + figures.height).toBeLessThanOrEqual(540);
  expect(map.height).toBeGreaterThan(500);
  expect(
    await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]),
  ).toEqual([1920, 540]);
});

test('a commander may open the wall too, an analyst may not', async ({ page }) => {
  await signInAs(page.context(), 'commander');
  await page.goto('/wall');
  await isLive(page);
  await signInAs(page.context(), 'analyst');
  await page.goto('/wall');
  await expect(page.getByText('这个页面不对本账号开放')).toBeVisible();
});
