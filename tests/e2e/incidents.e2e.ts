import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { booleanPointInPolygon } from '@turf/turf';
import { tableFromIPC } from 'apache-arrow';
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { v7 as uuidv7 } from 'uuid';
import { openPool } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { incidentCategories } from '../../api/incidents/contract.ts';
import { takeIncidentNumbers } from '../../api/incidents/queries.ts';
import { lngLatOfMercator, mercatorOf } from '../../src/lib/geo/mercator.ts';
import { distanceM } from '../../src/lib/geo/sphere.ts';
import { classColors, palettes, type Rgb } from '../../src/lib/layers/palette.ts';
import { readPixels, type Pixels } from './read-pixels.ts';
import { nobody, signInAs } from './sign-in.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({ viewport: { width: 900, height: 560 }, contextOptions: { reducedMotion: 'reduce' }, colorScheme: 'light' });
test.setTimeout(240_000);

type LngLat = [lng: number, lat: number];

async function demoStation(request: APIRequestContext) {
  const { stations } = (await (await request.get('/api/stations')).json()) as {
    stations: { id: string; kind: string; bbox: [number, number, number, number] }[];
  };
  const { id, bbox } = stations.find(({ kind }) => kind === 'station')!;
  return { id, middle: [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2] as LngLat };
}

async function readPlaces(request: APIRequestContext, station: string): Promise<LngLat[]> {
  const answer = await request.get('/api/incidents.arrow', { params: { station } });
  const table = tableFromIPC(new Uint8Array(await answer.body()));
  const [lngs, lats] = [table.getChild('lng')!.toArray(), table.getChild('lat')!.toArray()] as Int32Array[];
  return Array.from(lngs!, (lng, i) => [lng / 1e5, lats![i]! / 1e5]);
}

const shownText = (page: Page) => page.getByTestId('incidents-shown');
const shownCount = async (page: Page): Promise<number> =>
  Number(/显示 ([\d,]+) 起/.exec((await shownText(page).textContent()) ?? '')?.[1]?.replaceAll(',', ''));

/** The map as it stands still: two pictures a second apart are the same. */
async function pictureOf(page: Page): Promise<Pixels & { box: { width: number; height: number } }> {
  const canvas = page.locator('canvas.maplibregl-canvas');
  await expect(canvas).toBeVisible();
  let box = (await canvas.boundingBox())!;
  let last: Buffer | undefined;
  for (let tries = 0; tries < 25; tries++) {
    // An open alert takes a strip of the map's height, a moment after the map is there.
    box = (await canvas.boundingBox())!;
    const png = await page.screenshot({ clip: box, timeout: 90_000 });
    if (last?.equals(png)) break;
    last = png;
    await page.waitForTimeout(1500);
  }
  return { ...(await readPixels(page, box)), box };
}

test.describe('the heatmap', () => {
  for (const [zoom, bandwidthM, shift] of [
    [13, 400, 0],
    [14.4, 200, 0.0037],
  ] as const)
    test(`shows at zoom ${zoom} the incidents per km² that its legend tells`, async ({ page, request }) => {
      const { id, middle } = await demoStation(request);
      const centre: LngLat = [middle[0] + shift, middle[1] - shift / 2];
      const places = await readPlaces(request, id);
      const view = `v=${zoom}/${centre[1].toFixed(5)}/${centre[0].toFixed(5)}`;

      await page.goto(`/map?${view}&layers=none`);
      const ground = await pictureOf(page);
      await page.goto(`/map?${view}&layers=incidents&it=all&heat=${bandwidthM}`);
      const legend = page.getByTestId('incident-legend');
      await expect(legend).toContainText('起/平方公里');
      await expect.poll(() => shownCount(page)).toBe(places.length);
      await expect(legend.locator('li')).toHaveCount(6);
      const heat = await pictureOf(page);
      const thresholds = (await legend.locator('li').allTextContents()).map((text) =>
        Number(text.replace(/[^\d.]/g, '')),
      );

      const { density: ramp, densityOpacity } = palettes.light;
      const colors = classColors(ramp, thresholds.length);
      const [centreX, centreY] = mercatorOf([Number(centre[0].toFixed(5)), Number(centre[1].toFixed(5))]);
      const scale = 512 * 2 ** zoom;
      const { width, height } = heat.box;
      const found = { right: 0, wrong: 0, byClass: new Set<number>() };
      for (let y = 0.2 * height; y < 0.7 * height; y += 6)
        for (let x = 0.15 * width; x < 0.8 * width; x += 7) {
          // The base map's own letters lie above the heatmap.
          if (!isPlain(ground, x, y)) continue;
          const place = lngLatOfMercator([
            centreX + (Math.round(x) + 0.5 - width / 2) / scale,
            centreY + (Math.round(y) + 0.5 - height / 2) / scale,
          ]);
          const density = densityAt(places, place, bandwidthM);
          // So near a class's edge a hundredth decides.
          if (thresholds.some((from) => Math.abs(density / from - 1) < 0.04)) continue;
          const [before, after] = [ground.at(x, y), heat.at(x, y)];
          const seen = nearestClass(before, after, colors, densityOpacity);
          if (seen === undefined) continue;
          const expected = thresholds.findLastIndex((from) => density >= from);
          if (seen === expected) found.right++;
          else found.wrong++;
          found.byClass.add(expected);
        }
      expect(found.right + found.wrong).toBeGreaterThan(200);
      expect(found.byClass.size).toBeGreaterThanOrEqual(4);
      expect(found.wrong / (found.right + found.wrong), JSON.stringify(found)).toBeLessThan(0.03);
    });
});

/** The definition: each incident spreads as a Gaussian whose standard deviation is the bandwidth. */
function densityAt(places: readonly LngLat[], at: LngLat, bandwidthM: number): number {
  let sum = 0;
  for (const place of places) {
    if (Math.abs(place[1] - at[1]) * 111_000 > 5 * bandwidthM) continue;
    sum += Math.exp(-(distanceM(place, at) ** 2) / 2 / bandwidthM ** 2);
  }
  return sum / (2 * Math.PI * (bandwidthM / 1000) ** 2);
}

/** Whether the ground is of one colour for some pixels around. */
function isPlain(ground: Pixels, x: number, y: number): boolean {
  const middle = ground.at(x, y);
  for (let dy = -3; dy <= 3; dy += 3)
    for (let dx = -3; dx <= 3; dx += 3)
      if (ground.at(x + dx, y + dy).some((value, i) => Math.abs(value - middle[i]!) > 4)) return false;
  return true;
}

/** Which class over this ground looks like this; -1: none, undefined: nothing does. */
function nearestClass(before: Rgb, after: Rgb, colors: readonly Rgb[], opacity: number): number | undefined {
  const distance = (a: Rgb, b: Rgb) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  const looks = [before, ...colors.map((color) => color.map((c, i) => opacity * c + (1 - opacity) * before[i]!))];
  const distances = looks.map((look) => distance(look as unknown as Rgb, after));
  const best = distances.indexOf(Math.min(...distances));
  return distances[best]! <= 6 ? best - 1 : undefined;
}

test('filtering asks the server for nothing, and is in the address', async ({ page }) => {
  await page.goto('/map?layers=incidents&it=all');
  await expect.poll(() => shownCount(page), { timeout: 60_000 }).toBeGreaterThan(10_000);
  const whole = await shownCount(page);
  // The desk reads open incidents once, when all else is there.
  await page.waitForLoadState('networkidle');
  const asked: string[] = [];
  // On a slow machine it does so later.
  const isFilters = (url: string) => url.includes('/api/incidents') && !url.includes('state=open');
  page.on('request', (asking) => isFilters(asking.url()) && asked.push(asking.url()));
  const panel = page.getByTestId('incident-panel');
  const patrol = panel.locator('label', { hasText: '巡逻发现' });
  const patrolCount = Number((await patrol.locator('.count').textContent())!.replaceAll(',', ''));
  await patrol.locator('input').uncheck();
  await expect.poll(() => shownCount(page)).toBe(whole - patrolCount);
  await panel.getByRole('button', { name: /^8 时至 9 时/ }).press('Enter');
  await expect.poll(() => shownCount(page)).toBeLessThan((whole - patrolCount) / 4);
  const narrowed = await shownCount(page);
  await expect(page).toHaveURL(/is=patrol/);
  await expect(page).toHaveURL(/ih=100(&|$)/);
  expect(asked).toEqual([]);
  await page.reload();
  await expect.poll(() => shownCount(page), { timeout: 60_000 }).toBe(narrowed);
  await page.getByRole('button', { name: '恢复默认' }).click();
  await expect(page).not.toHaveURL(/is=/);
});

test('an incident that is written down stands on the map a moment later, and opens', async ({ page, request }) => {
  const dataDir = process.env['E2E_DATA_DIR'];
  test.skip(!dataDir, 'needs the data directory of the server that is tested');
  const { id, middle } = await demoStation(request);
  // Outside the town, where nothing else can be clicked.
  const place: LngLat = [Number((middle[0] + 0.08).toFixed(5)), Number(middle[1].toFixed(5))];
  await page.goto(`/map?v=16/${place[1]}/${place[0]}&layers=incidents&it=today`);
  await expect(shownText(page)).toContainText(/显示 [\d,]+ 起/, { timeout: 60_000 });
  await page.evaluate(() => Object.assign(window, { wasNeverReloaded: true }));
  const before = await shownCount(page);

  const database = openPool({ engine: 'embedded', target: { socketDir: dataDir! }, maxConnections: 1 });
  await database.inScope([id], async (transaction) => {
    const number = await takeIncidentNumbers(transaction, id, 1);
    await transaction.execute(sql`
      INSERT INTO incidents (id, station_id, number, category, source, occurred_at, point, description)
      VALUES (${uuidv7()}, ${id}, ${number}, 'drowning', 'citizen', now(), ST_SetSRID(ST_MakePoint(${place[0]}, ${place[1]}), 4326), '有人落水')`);
  });
  await database.close();

  await expect.poll(() => shownCount(page), { timeout: 30_000 }).toBe(before + 1);
  const box = (await page.locator('canvas.maplibregl-canvas').boundingBox())!;
  // A disc of the incidents' colour is drawn there, and the pointer finds it.
  await expect(async () => {
    const drawn = (await readPixels(page, box)).at(box.width / 2, box.height / 2);
    for (const [i, value] of palettes.light.incident.entries()) expect(Math.abs(drawn[i]! - value)).toBeLessThan(32);
  }).toPass({ timeout: 60_000 });
  await expect(async () => {
    await page.mouse.move(box.x + box.width / 2 + 30, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect(page.locator('.tip')).toContainText(incidentCategories.drowning.zh, { timeout: 4000 });
  }).toPass({ timeout: 60_000 });
  // Beside the disc, where the pointer still means it; once, so that a click that is lost is seen.
  await page.mouse.click(box.x + box.width / 2 + 6, box.y + box.height / 2 + 3);
  await expect(page.getByTestId('incident-text')).toHaveText('有人落水');
  await expect(page).toHaveURL(/sel=incident:\d+/);
  expect(await page.evaluate(() => 'wasNeverReloaded' in window)).toBe(true);
});

test('a click on the dot of an incident opens it, not the grid beneath', async ({ page, request }) => {
  const { id } = await demoStation(request);
  const places = await readPlaces(request, id);
  const grids = (await (await request.get('/api/grids')).json()) as FeatureCollection<Polygon | MultiPolygon>;
  const place = places.find((at) => grids.features.some((grid) => booleanPointInPolygon(at, grid)))!;
  await page.goto(`/map?v=17/${place[1]}/${place[0]}&layers=grids,incidents&it=all`);
  await expect.poll(() => shownCount(page), { timeout: 60_000 }).toBe(places.length);
  const box = (await page.locator('canvas.maplibregl-canvas').boundingBox())!;
  const opened = page.waitForResponse((answer) => /\/api\/incidents\?.*numbers=/.test(answer.url()));
  // The map may not be drawn yet when its incidents are there.
  await expect(async () => {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect(page).toHaveURL(/sel=/, { timeout: 4000 });
  }).toPass({ timeout: 60_000 });
  await expect(page).toHaveURL(/sel=incident:\d+/);
  const { incidents } = (await (await opened).json()) as { incidents: { number: number; lngLat: LngLat }[] };
  expect(incidents.map(({ lngLat }) => distanceM(lngLat, place))).toEqual([expect.closeTo(0, 0)]);
  await expect(page.locator('aside')).toContainText('发生时间');
});

test.describe('who sees less', () => {
  test.use({ storageState: nobody });

  test('an analyst opens an incident and reads no text', async ({ page, context }) => {
    await signInAs(context, 'analyst');
    await page.goto('/map?layers=incidents&it=all&sel=incident:1');
    await expect(page.locator('aside')).toContainText('发生时间', { timeout: 60_000 });
    await expect(page.getByTestId('incident-text')).toHaveCount(0);
  });

  test('a volunteer sees numbers by grid and is sent no place', async ({ page, context }) => {
    const asked: string[] = [];
    page.on('request', (asking) => asking.url().includes('/api/incidents') && asked.push(asking.url()));
    await signInAs(context, 'volunteer');
    await page.goto('/map');
    await expect(page.getByTestId('incident-legend')).toContainText('近 7 天警情', { timeout: 60_000 });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((url) => !url.includes('/api/incidents/summary'))).toEqual([]);
  });
});
