import { expect, test, type Page } from '@playwright/test';
import type { FeatureCollection, Point, Polygon, MultiPolygon } from 'geojson';
import { SentinelClusters } from '../../src/lib/layers/sentinel-clusters.ts';
import { labelPointOf } from '../../src/lib/geo/label-point.ts';
import type { SentinelFeature } from '../../src/lib/state/base-data-state.svelte.ts';
import { address, chooseSpot, putUnit } from './demo-units.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({ viewport: { width: 900, height: 520 } });

// Nothing glides: each frame of a glide costs a machine without a graphics card most of a second.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const openTitle = (page: Page) => page.locator('aside h2');

async function openMap(page: Page, path: string): Promise<{ x: number; y: number }> {
  await page.goto(path);
  const canvas = page.locator('canvas.maplibregl-canvas');
  await expect(canvas).toBeVisible();
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  // The map has come to rest with its layers when it takes the pointer.
  const box = (await canvas.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test('another theme keeps the units on the map and changes the ground', async ({ page, request }) => {
  const { car, spot } = await chooseSpot(request, 1);
  await putUnit(request, car, spot);
  await page.emulateMedia({ colorScheme: 'light' });
  const middle = await openMap(page, address(spot, 16, '&layers=units'));
  const opens = async (): Promise<void> => {
    await expect(async () => {
      await page.mouse.click(middle.x, middle.y);
      await expect(openTitle(page)).toHaveText(car.callSign, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await page.keyboard.press('Escape');
    await expect(openTitle(page)).toHaveCount(0);
  };
  await opens();
  const light = await brightness(page, middle);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(async () => expect(await brightness(page, middle)).toBeLessThan(light / 2)).toPass({ timeout: 20_000 });
  await opens();
});

test('a click on a cluster of sentinel points goes nearer until they come apart', async ({ page, request }) => {
  const { features } = (await (await request.get('/api/sentinels')).json()) as FeatureCollection<Point>;
  const clusters = new SentinelClusters(features as SentinelFeature[]);
  const zoom = 13;
  const cluster = clusters.marksIn([-180, -85, 180, 85], zoom).find((mark) => mark.kind === 'cluster');
  if (cluster?.kind !== 'cluster') throw new Error('the demo’s sentinel points make no cluster at zoom 13');
  const middle = await openMap(page, address(cluster.lngLat, zoom, '&layers=sentinels'));
  await expect(async () => {
    await page.mouse.click(middle.x, middle.y);
    await page.waitForTimeout(1500);
    const shown = Number(/v=([\d.]+)\//.exec(page.url())?.[1]);
    expect(shown).toBeGreaterThanOrEqual(clusters.splitZoom(cluster.clusterId)! - 0.01);
  }).toPass({ timeout: 30_000 });
});

test('an address brings back view, layers and what was open', async ({ page, request }) => {
  const grids = (await (await request.get('/api/grids')).json()) as FeatureCollection<
    Polygon | MultiPolygon,
    { number: string; officer: string | null }
  >;
  const grid = grids.features[5]!;
  const path = address(labelPointOf(grid.geometry)!, 16.5, `&layers=grids&sel=grid:${grid.id}`);
  const middle = await openMap(page, path);
  await expect(page.locator('aside')).toContainText(grid.properties.number);
  await expect(page.getByRole('switch', { name: /警务网格/ })).toBeChecked();
  await expect(page.getByRole('switch', { name: /巡逻单元/ })).not.toBeChecked();
  expect(new URL(page.url()).searchParams.get('v')).toMatch(/^16\.5\//);
  // Escape closes it, a click on the ground opens it again: the grid is drawn and is the one of the address.
  await page.keyboard.press('Escape');
  await expect(openTitle(page)).toHaveCount(0);
  await expect(async () => {
    await page.mouse.click(middle.x, middle.y);
    await expect(page.locator('aside')).toContainText(grid.properties.number, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await expect(page).toHaveURL(new RegExp(`sel=grid:${grid.id}`));
});

/** Mean brightness of the map's middle as it is on the screen, 0–255. */
async function brightness(page: Page, { x, y }: { x: number; y: number }): Promise<number> {
  const png = await page.screenshot({ clip: { x: x - 120, y: y - 100, width: 240, height: 200 } });
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(
      new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type: 'image/png' }),
    );
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum += data[i]! + data[i + 1]! + data[i + 2]!;
    return sum / (data.length * 0.75);
  }, png.toString('base64'));
}
