import { expect, request as requests, test, type APIRequestContext, type Page } from '@playwright/test';
import { v7 as uuidv7 } from 'uuid';
import type { Unit } from '../../api/units/contract.ts';
import { maxTileZoom } from '../../tiles/schema.ts';
import { serveVersion } from '../fixtures/serve-version.ts';
import { kioskLaunch } from './kiosk.ts';
import { demoPassword, nobody, signInAs } from './sign-in.ts';

test.use({
  viewport: { width: 960, height: 540 },
  storageState: nobody,
  contextOptions: { reducedMotion: 'reduce' },
  launchOptions: kioskLaunch,
});
test.setTimeout(400_000);

const isLive = (page: Page) => expect(page.getByTestId('data-age')).toHaveText('数据为最新', { timeout: 90_000 });
const isOfServer = (path: string): string => `${process.env['E2E_URL'] ?? ''}${path}`;

async function openWall(page: Page, query = '', url?: string): Promise<void> {
  await signInAs(page.context(), 'wall', url);
  await page.goto(`${url ?? ''}/wall${query}`);
  await isLive(page);
}

/** The commander at a desk of their own; whose session it is in the other tests is left alone. */
async function asCommander<T>(work: (commander: APIRequestContext) => Promise<T>): Promise<T> {
  const commander = await requests.newContext({
    baseURL: process.env['E2E_URL'] ?? '',
    storageState: nobody,
    extraHTTPHeaders: { Origin: process.env['E2E_URL'] ?? '' },
  });
  await commander.post('/api/session', { data: { username: 'commander', password: demoPassword } });
  try {
    return await work(commander);
  } finally {
    await commander.dispose();
  }
}

const readUnits = async (request: APIRequestContext): Promise<Unit[]> =>
  ((await (await request.get(isOfServer('/api/units'))).json()) as { units: Unit[] }).units;

/** A page that was loaded anew has lost it. */
const mark = (page: Page) => page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'));
const marked = (page: Page) => page.locator('body[data-same-page]');

test('a new version of the server loads the wall anew, but not while somebody calls for help', async ({ page }) => {
  const served = await serveVersion(process.env['E2E_URL'] ?? '');
  try {
    await page.clock.install();
    await openWall(page, '', served.url);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 });
    await mark(page);
    const unit = (await readUnits(page.request))[2]!;
    await asCommander(async (commander) => {
      const raised = await commander.post(`/api/units/${unit.id}/sos`, { data: {} });
      expect(raised.status(), await raised.text()).toBeLessThan(300);
      await expect(page.getByTestId('alert-strip')).toContainText(`${unit.callSign} 求助`, { timeout: 60_000 });
      served.become('the next one');
      const isWaiting = () =>
        page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting !== null);
      await expect.poll(isWaiting, { timeout: 90_000 }).toBe(true);
      // The wall considers it every five seconds.
      await page.clock.fastForward(30_000);
      await isLive(page);
      await expect(page.getByTestId('alert-strip')).toContainText(`${unit.callSign} 求助`);
      await expect(marked(page)).toHaveCount(1);
      expect(await isWaiting()).toBe(true);
      const ended = await commander.post(`/api/units/${unit.id}/sos/cancel`);
      expect(ended.status(), await ended.text()).toBeLessThan(300);
    });
    // What else was told in the last two minutes is looked at first.
    await expect(marked(page)).toHaveCount(0, { timeout: 240_000 });
    await isLive(page);
    expect(
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting ?? null),
    ).toBeNull();
  } finally {
    await served.close();
  }
});

test('a tour flies from view to view and begins again', async ({ page }) => {
  const tiles = new Set<string>();
  page.context().on('request', (request) => {
    const [, tile] = /\/api\/tiles\/(?:.*\/)?(\d+\/\d+\/\d+)/.exec(request.url()) ?? [];
    if (tile) tiles.add(tile);
  });
  await asCommander(async (commander) => {
    const { stations } = (await (await commander.get('/api/stations')).json()) as {
      stations: { id: string; kind: string; bbox: [number, number, number, number] }[];
    };
    const { id: stationId, bbox } = stations.find(({ kind }) => kind === 'station')!;
    const [west, south, east, north] = bbox;
    const stops = [0.25, 0.75].map((part, position) => ({
      id: uuidv7(),
      name: `巡视${position + 1} ${Date.now() % 100_000}`,
      lng: west + (east - west) * part,
      lat: south + (north - south) * part,
      position,
    }));
    const made: { id: string; version: number }[] = [];
    try {
      for (const { id, name, lng, lat, position } of stops) {
        const query = `?v=${maxTileZoom}.0/${lat.toFixed(5)}/${lng.toFixed(5)}&layers=grids`;
        const answer = await commander.put(`/api/views/${id}`, {
          data: { stationId, name, query, isShared: true, isOnTour: true, seconds: 5, position },
        });
        expect(answer.status(), await answer.text()).toBe(201);
        made.push((await answer.json()) as { id: string; version: number });
      }
      await openWall(page);
      for (const [round, stop] of [...stops, ...stops].entries()) {
        await expect(page.getByText(stop.name)).toBeVisible({ timeout: 60_000 });
        // On its way it asks for what is there: the tile in the middle of the view.
        if (round < stops.length) await expect.poll(() => tiles.has(tileAt(stop)), { timeout: 60_000 }).toBe(true);
      }
    } finally {
      for (const { id } of made) await commander.delete(`/api/views/${id}`, { headers: { 'If-Match': '*' } });
    }
  });
});

function tileAt({ lng, lat }: { lng: number; lat: number }): string {
  const count = 2 ** maxTileZoom;
  const x = Math.floor(((lng + 180) / 360) * count);
  const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * count);
  return `${maxTileZoom}/${x}/${y}`;
}

test('the screen is kept awake, and again after it was hidden', async ({ page }) => {
  await page.addInitScript(() => {
    const locks: WakeLockSentinel[] = ((globalThis as unknown as { locks: WakeLockSentinel[] }).locks = []);
    const { wakeLock } = navigator;
    const ask = wakeLock.request.bind(wakeLock);
    wakeLock.request = async (kind) => {
      const lock = await ask(kind);
      locks.push(lock);
      return lock;
    };
  });
  const held = () =>
    page.evaluate(() =>
      (globalThis as unknown as { locks: WakeLockSentinel[] }).locks.map(({ released }) => !released),
    );
  await openWall(page);
  await expect.poll(held).toEqual([true]);
  // No page is hidden where nobody looks: what the browser does then is done by hand.
  const beSeen = (state: DocumentVisibilityState) =>
    page.evaluate(async (wanted) => {
      Object.defineProperty(document, 'visibilityState', { value: wanted, configurable: true });
      if (wanted === 'hidden')
        for (const lock of (globalThis as unknown as { locks: WakeLockSentinel[] }).locks) await lock.release();
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await beSeen('hidden');
  expect(await held()).toEqual([false]);
  await beSeen('visible');
  await expect.poll(held).toEqual([false, true]);
  await beSeen('visible');
  expect(await held()).toEqual([false, true]);
});

test('a night of sleep, with a connection that died without a word, is got over without anybody', async ({ page }) => {
  let isDead = false;
  await page.routeWebSocket(/\/api\/live/, (socket) => {
    const server = socket.connectToServer();
    let isOfBefore = false;
    server.onMessage((message) => {
      isOfBefore ||= isDead;
      if (!isOfBefore) socket.send(message);
    });
  });
  await page.clock.install();
  await openWall(page);
  await mark(page);
  isDead = true;
  await page.clock.fastForward('08:00:00');
  isDead = false;
  // What the screen shows first is eight hours old, and says so.
  await expect(page.getByTestId('wall-old')).toBeVisible({ timeout: 40_000 });
  await page.clock.fastForward(20_000);
  await isLive(page);
  await expect(page.getByTestId('wall-old')).toHaveCount(0);
  await expect(page.getByTestId('wall-figures')).not.toContainText('数字截至', { timeout: 60_000 });
  await expect(marked(page)).toHaveCount(1);
});
