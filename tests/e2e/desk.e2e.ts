import { readFile } from 'node:fs/promises';
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { booleanPointInPolygon } from '@turf/turf';
import { tableFromIPC } from 'apache-arrow';
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { lngLatOfMercator, mercatorOf } from '../../src/lib/geo/mercator.ts';
import { classColors, palettes, type Rgb } from '../../src/lib/layers/palette.ts';
import { zeroOpacity } from '../../src/lib/layers/grid-measures-layer.ts';
import { readPixels, type Pixels } from './read-pixels.ts';
import { nobody, signInAs } from './sign-in.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({ viewport: { width: 1100, height: 640 }, contextOptions: { reducedMotion: 'reduce' }, colorScheme: 'light' });
test.setTimeout(300_000);

type LngLat = [lng: number, lat: number];

async function demoStation(request: APIRequestContext) {
  const { stations } = (await (await request.get('/api/stations')).json()) as {
    stations: { id: string; kind: string; name: string; bbox: [number, number, number, number] }[];
  };
  const { id, name, bbox } = stations.find(({ kind }) => kind === 'station')!;
  return { id, name, middle: [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2] as LngLat };
}

const shownCount = async (page: Page): Promise<number> =>
  Number(
    /显示 ([\d,]+) 起/.exec((await page.getByTestId('incidents-shown').textContent()) ?? '')?.[1]?.replaceAll(',', ''),
  );

/** The map as it stands still: two pictures are the same. */
async function stillMap(page: Page): Promise<Pixels & { box: { width: number; height: number } }> {
  const canvas = page.locator('canvas.maplibregl-canvas');
  await expect(canvas).toBeVisible({ timeout: 60_000 });
  const box = (await canvas.boundingBox())!;
  let last: Buffer | undefined;
  for (let tries = 0; tries < 25; tries++) {
    const png = await page.screenshot({ clip: box, timeout: 90_000 });
    if (last?.equals(png)) break;
    last = png;
    await page.waitForTimeout(1500);
  }
  return { ...(await readPixels(page, box)), box };
}

const isPlain = (ground: Pixels, x: number, y: number): boolean =>
  [-3, 0, 3].every((dx) =>
    [-3, 0, 3].every((dy) => ground.at(x + dx, y + dy).every((value, i) => Math.abs(value - ground.at(x, y)[i]!) <= 4)),
  );

test('a grid has the colour that the legend gives its number of incidents', async ({ page, request }) => {
  const { id, middle } = await demoStation(request);
  const zoom = 13.6;
  const place: LngLat = [Number(middle[0].toFixed(5)), Number(middle[1].toFixed(5))];
  const view = `v=${zoom}/${place[1]}/${place[0]}&layers=grids`;
  await page.goto(`/map?${view}`);
  const ground = await stillMap(page);
  await page.goto(`/map?${view}&it=all&measure=incidents`);
  const legend = page.getByTestId('measure-legend');
  await expect(legend).toContainText('警情数（起）', { timeout: 60_000 });
  await expect.poll(() => legend.locator('li[data-class="0"]').count(), { timeout: 60_000 }).toBe(1);
  const coloured = await stillMap(page);

  const table = tableFromIPC(
    new Uint8Array(await (await request.get('/api/incidents.arrow', { params: { station: id } })).body()),
  );
  const [lngs, lats] = [table.getChild('lng')!.toArray(), table.getChild('lat')!.toArray()] as [Int32Array, Int32Array];
  const { features } = (await (
    await request.get('/api/grids', { params: { station: id } })
  ).json()) as FeatureCollection<Polygon | MultiPolygon>;
  const counts = new Map(features.map(({ id: gridId }) => [gridId, 0]));
  lngs.forEach((lng, i) => {
    const grid = features.find((feature) => booleanPointInPolygon([lng / 1e5, lats[i]! / 1e5], feature));
    if (grid) counts.set(grid.id, counts.get(grid.id)! + 1);
  });

  // What the legend says: from which number each class begins.
  const from: number[] = [];
  for (const row of await legend.locator('li').all()) {
    const place = await row.getAttribute('data-class');
    if (!/^\d$/.test(place!)) continue;
    // Its own words, without how many grids have it.
    const label = await row.evaluate((item) =>
      [...item.childNodes].map((node) => (node instanceof Text ? node.data : '')).join(''),
    );
    from[Number(place)] = Number(/[\d,]+/.exec(label)![0].replaceAll(',', ''));
  }
  expect(from.length).toBeGreaterThanOrEqual(3);
  const { measure, measureOpacity, measureZero } = palettes.light;
  const colors = classColors(measure, from.length);
  const blend = (before: Rgb, color: Rgb, opacity: number) =>
    before.map((value, i) => opacity * color[i]! + (1 - opacity) * value);

  const [centreX, centreY] = mercatorOf(place);
  const scale = 512 * 2 ** zoom;
  const { width, height } = coloured.box;
  let looked = 0;
  const wrong: unknown[] = [];
  const classes = new Set<number>();
  for (let y = 90; y < 0.72 * height; y += 9)
    for (let x = 20; x < width - 60; x += 11) {
      if (!isPlain(ground, x, y) || !isPlain(coloured, x, y)) continue;
      const at = lngLatOfMercator([
        centreX + (Math.round(x) + 0.5 - width / 2) / scale,
        centreY + (Math.round(y) + 0.5 - height / 2) / scale,
      ]);
      const grid = features.find((feature) => booleanPointInPolygon(at, feature));
      if (!grid) continue;
      const count = counts.get(grid.id)!;
      const expected = count === 0 ? -1 : from.findLastIndex((border) => count >= border);
      const before = ground.at(x, y);
      const looks = [
        blend(before, measureZero, zeroOpacity),
        ...colors.map((color) => blend(before, color, measureOpacity)),
      ];
      const seen = coloured.at(x, y);
      const off = looks.map((look) => Math.max(...look.map((value, i) => Math.abs(value - seen[i]!))));
      // A building or a street lies over the colour.
      if (Math.min(...off) > 8) continue;
      looked++;
      classes.add(expected);
      if (off.indexOf(Math.min(...off)) - 1 !== expected) wrong.push({ x, y, count, expected, seen });
    }
  expect(looked).toBeGreaterThan(150);
  expect(classes.size).toBeGreaterThanOrEqual(3);
  expect(wrong.length / looked, JSON.stringify(wrong.slice(0, 5))).toBeLessThan(0.02);

  // What the details and the pointer say is the same number.
  const [gridId, most] = [...counts].toSorted((a, b) => b[1] - a[1])[0]!;
  await page.goto(`/map?${view}&it=all&measure=incidents&sel=grid:${gridId}`);
  await expect(page.getByTestId('measure-of-grid')).toHaveText(`警情数 ${most.toLocaleString('en')} 起`, {
    timeout: 60_000,
  });
});

test('presence is counted from the tracks of the units that move just now', async ({ page }) => {
  await page.goto('/map?measure=presence.24h&layers=grids,units');
  const legend = page.getByTestId('measure-legend');
  await expect(legend).toContainText('巡逻时长（分钟）', { timeout: 60_000 });
  // The demo has been on the streets for some minutes: some grids have been walked in, and the sum grows.
  await expect.poll(() => legend.locator('li[data-class="0"]').count(), { timeout: 120_000 }).toBe(1);
  await expect(legend).toContainText('起才有轨迹');
  await expect(page).toHaveURL(/measure=presence\.24h/);
});

/** What a person would compare two screens by. */
async function describeScreen(page: Page) {
  await expect(page.getByTestId('measure-legend')).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => shownCount(page), { timeout: 60_000 }).toBeGreaterThan(0);
  return {
    legend: await page.getByTestId('measure-legend').locator('h3, li').allTextContents(),
    shown: await shownCount(page),
    switches: await page
      .getByRole('switch')
      .evaluateAll((all) => all.map((one) => `${one.getAttribute('aria-label')} ${one.getAttribute('aria-checked')}`)),
    selected: await page.locator('.details h2').allTextContents(),
    view: new URL(page.url()).searchParams.get('v'),
  };
}

test('a copied link opens exactly this view for somebody else', async ({
  page,
  context,
  browser,
  baseURL,
  request,
}) => {
  const { middle } = await demoStation(request);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const lat = (middle[1] + 0.002).toFixed(5);
  const lng = (middle[0] - 0.003).toFixed(5);
  await page.goto(
    `/map?v=14.3/${lat}/${lng}/30&layers=grids,incidents&it=30d&is=patrol&ih=ff00&measure=incidentDensity`,
  );
  await describeScreen(page);
  await page.keyboard.press('v');
  const tool = page.getByRole('complementary', { name: '视图与分享' });
  await tool.getByRole('button', { name: '复制链接' }).click();
  await expect(tool.getByRole('button', { name: '已复制' })).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).searchParams.get('station')).toMatch(/^[0-9a-f-]{36}$/);
  await page.keyboard.press('Escape');
  const mine = await describeScreen(page);

  const theirs = await browser.newContext({
    ...(baseURL !== undefined && { baseURL }),
    storageState: nobody,
    viewport: { width: 1100, height: 640 },
    reducedMotion: 'reduce',
    colorScheme: 'light',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  });
  await signInAs(theirs, 'officer');
  const other = await theirs.newPage();
  await other.goto(link);
  await expect.poll(async () => describeScreen(other), { timeout: 90_000 }).toEqual(mine);
  await theirs.close();
});

test('a view is saved, opened again from elsewhere, deleted and brought back, by the keyboard alone', async ({
  page,
  request,
}) => {
  const { middle } = await demoStation(request);
  const name = `夜巡 ${Date.now()}`;
  await page.goto(`/map?v=15/${middle[1].toFixed(5)}/${middle[0].toFixed(5)}&layers=grids,units&measure=incidents`);
  await expect(page.getByTestId('measure-legend')).toBeVisible({ timeout: 60_000 });
  await expect(page).toHaveURL(/v=15/);
  await page.keyboard.press('v');
  const tool = page.getByRole('complementary', { name: '视图与分享' });
  await tool.getByRole('textbox', { name: '视图名称' }).focus();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  const entry = tool.getByRole('button', { name, exact: true });
  await expect(entry).toBeVisible();

  // Elsewhere, and otherwise.
  await page.goto(`/map?v=12/${middle[1].toFixed(5)}/${(middle[0] + 0.05).toFixed(5)}&layers=incidents`);
  await expect(page.locator('canvas.maplibregl-canvas')).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('v');
  await entry.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('measure-legend')).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => new URL(page.url()).searchParams.get('v'), { timeout: 60_000 }).toMatch(/^15\//);
  await expect(page).toHaveURL(/layers=grids,units/);

  const row = tool.getByRole('listitem').filter({ hasText: name });
  await row.getByRole('button', { name: `修改“${name}”` }).press('Enter');
  await row.getByRole('button', { name: `删除“${name}”` }).press('Enter');
  await expect(entry).toBeHidden();
  await tool.getByRole('button', { name: '撤销' }).press('Enter');
  await expect(entry).toBeVisible();
});

test('what is filtered is what is exported, as rows and as a picture with its legend', async ({ page, request }) => {
  const { name } = await demoStation(request);
  await page.goto('/map?it=30d&is=patrol&measure=incidents');
  await expect(page.getByTestId('measure-legend')).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => shownCount(page), { timeout: 60_000 }).toBeGreaterThan(0);
  const shown = await shownCount(page);
  await page.keyboard.press('e');
  const tool = page.getByRole('complementary', { name: '导出与打印' });
  const [rows] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    tool.getByRole('button', { name: /^下载 [\d,]+ 行$/ }).click(),
  ]);
  expect(rows.suggestedFilename()).toMatch(new RegExp(`^${name} 警情.*\\.csv$`));
  const text = await readFile((await rows.path())!, 'utf8');
  const lines = text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('\ufeffnumber,category,source,at,lng,lat,state,text');
  // Texts of the demo are on one line each.
  expect(lines.length - 1).toBe(shown);
  expect(lines.slice(1).every((line) => /^\d+,[\w-]+,(citizen|sentinel),/.test(line))).toBe(true);

  const [picture] = await Promise.all([
    page.waitForEvent('download', { timeout: 120_000 }),
    tool.getByRole('button', { name: '地图图片（PNG）' }).click(),
  ]);
  expect(picture.suggestedFilename()).toMatch(/\.png$/);
  const png = await readFile((await picture.path())!);
  const canvas = (await page.locator('canvas.maplibregl-canvas').boundingBox())!;
  const { width, height, colors } = await page.evaluate(async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 60, bitmap.width, bitmap.height - 200);
    const seen = new Set<number>();
    for (let i = 0; i < data.length; i += 4 * 37) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    return { width: bitmap.width, height: bitmap.height, colors: seen.size };
  }, png.toString('base64'));
  // A title above the map, its legend below; and no empty canvas between them.
  expect(width).toBe(Math.round(canvas.width));
  expect(height).toBeGreaterThan(canvas.height + 80);
  expect(colors).toBeGreaterThan(50);
});

test('printing gives one page, by the button as by the browser', async ({ page }) => {
  await page.goto('/map?measure=incidents&it=30d&layers=grids');
  await expect(page.getByTestId('measure-legend')).toBeVisible({ timeout: 60_000 });
  await stillMap(page);
  await expect(page.getByTestId('printed-brief')).toBeAttached({ timeout: 30_000 });
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
  expect(pages).toHaveLength(1);
  // A4 portrait, in points, with the map's picture on it.
  expect(pdf.toString('latin1')).toMatch(/\/MediaBox\s*\[0 0 59[45][\d.]* 84[12]/);
  expect(pdf.length).toBeGreaterThan(60_000);
  // On the screen nothing is left of it.
  await expect(page.getByTestId('printed-brief')).toBeHidden();

  // Ctrl+P brings it up to date first, and is in the audit log.
  await page.evaluate(() => Object.assign(window, { print: () => Object.assign(window, { wasPrinted: true }) }));
  const noted = page.waitForRequest((asking) => asking.url().endsWith('/api/exports') && asking.method() === 'POST');
  await page.keyboard.press('Control+p');
  expect((await noted).postDataJSON()).toMatchObject({ what: 'brief' });
  await expect.poll(() => page.evaluate(() => 'wasPrinted' in window)).toBe(true);
});

test('from the dark theme the brief is printed as by day, and the map stays dark', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/map?it=30d&layers=grids');
  await stillMap(page);
  await expect(page.getByTestId('printed-brief')).toBeAttached({ timeout: 60_000 });
  // What the printer would get, mean of its pixels from 0 to 255.
  await page.evaluate(() => {
    window.print = () => {
      window.dispatchEvent(new Event('beforeprint'));
      const canvas = document.querySelector<HTMLCanvasElement>('.printed-brief canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      const isTurnedOver = canvas.classList.contains('dark');
      window.dispatchEvent(new Event('afterprint'));
      Object.assign(window, { printed: { mean, isTurnedOver } });
    };
  });
  await page.keyboard.press('Control+p');
  await expect.poll(() => page.evaluate(() => 'printed' in window), { timeout: 60_000 }).toBe(true);
  const { mean, isTurnedOver } = await page.evaluate(
    () => (window as never as { printed: { mean: number; isTurnedOver: boolean } }).printed,
  );
  expect(mean).toBeGreaterThan(200);
  expect(isTurnedOver).toBe(false);
  // Nothing lies over the map any more, and it is as it was.
  await expect(page.locator('.maplibregl-canvas-container > canvas')).toHaveCount(1, { timeout: 30_000 });
  // Mostly: a name or a street may lie under any one of them.
  const box = (await page.locator('canvas.maplibregl-canvas').boundingBox())!;
  const shown = await readPixels(page, box);
  const brightness = Array.from({ length: 41 }, (_, i) =>
    Math.max(...shown.at((box.width * (i + 20)) / 80, box.height / 2)),
  ).toSorted((a, b) => a - b);
  expect(brightness[20]).toBeLessThan(110);
  // By the browser's own menu there is no time to draw it anew: it is turned over, with its legend.
  await page.evaluate(() => window.print());
  expect(await page.evaluate(() => (window as never as { printed: { isTurnedOver: boolean } }).printed)).toMatchObject({
    isTurnedOver: true,
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('the menu holds the tools of the desk, and hands this view on by the system’s own sheet', async ({ page }) => {
    await page.addInitScript(() => {
      navigator.share = (shared) => {
        Object.assign(window, { shared });
        return Promise.resolve();
      };
    });
    await page.goto('/map?it=30d&layers=incidents');
    await expect(page).toHaveURL(/v=/, { timeout: 60_000 });
    await page.getByRole('button', { name: '更多' }).click();
    const menu = page.getByRole('dialog', { name: '更多' });
    await menu.getByRole('button', { name: '分享画面' }).click();
    await expect.poll(() => page.evaluate(() => 'shared' in window)).toBe(true);
    const { url } = await page.evaluate(() => (window as never as { shared: { url: string } }).shared);
    expect(new URL(url).searchParams.get('it')).toBe('30d');
    expect(new URL(url).searchParams.get('v')).toMatch(/^\d/);
    // Nothing in it is smaller than a thumb.
    for (const control of await menu.getByRole('button').or(menu.getByRole('link')).all()) {
      const box = (await control.boundingBox())!;
      expect([await control.textContent(), Math.round(box.height) >= 44]).toEqual([await control.textContent(), true]);
    }
    await menu.getByRole('button', { name: '导出与打印' }).click();
    const drawer = page.getByRole('complementary', { name: '导出与打印' });
    const saved = page.waitForEvent('download');
    await drawer.getByRole('button', { name: /^下载/ }).click();
    expect((await saved).suggestedFilename()).toMatch(/\.csv$/);
  });
});

test('the desk is worked by the keyboard alone', async ({ page }) => {
  await page.goto('/map');
  await expect(page.locator('canvas.maplibregl-canvas')).toBeVisible({ timeout: 60_000 });
  const tools = page.getByRole('toolbar', { name: '工具' });
  await expect(tools.getByRole('button', { name: '视图与分享 (V)' })).toBeVisible({ timeout: 30_000 });

  // The list of keys names every tool that has a button.
  const keys = (
    await tools.getByRole('button').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
  )
    .map((label) => /^(.*) \((.)\)$/.exec(label))
    .filter((found) => found !== null);
  expect(keys.length).toBeGreaterThanOrEqual(3);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: '快捷键' });
  for (const [, label, key] of keys)
    await expect(help.locator('dt', { hasText: label! }).locator('+ dd')).toHaveText(key!);
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();

  // The toolbar by arrows.
  await tools.getByRole('button').first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(tools.getByRole('button').nth(1)).toBeFocused();
  await page.keyboard.press('End');
  await expect(tools.getByRole('button').last()).toBeFocused();

  // The map takes the focus and the arrows.
  await expect(page).toHaveURL(/v=/, { timeout: 60_000 });
  const before = new URL(page.url()).searchParams.get('v');
  await page.keyboard.press('m');
  const canvas = page.locator('canvas.maplibregl-canvas');
  await expect(canvas).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => new URL(page.url()).searchParams.get('v'), { timeout: 60_000 }).not.toBe(before);

  // The list of units: down by arrows, opened by Enter, closed by Escape.
  await page.keyboard.press('t');
  const first = page.locator('tbody tr').nth(0).getByRole('button').first();
  await first.focus();
  await page.keyboard.press('ArrowDown');
  const second = page.locator('tbody tr').nth(1).getByRole('button').first();
  await expect(second).toBeFocused();
  // Seen by who looks where the focus is.
  expect(await second.evaluate((button) => getComputedStyle(button).outlineStyle)).not.toBe('none');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/sel=unit:/);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/sel=/);
});

test('everything that can be pressed or filled in has a name, and no id stands twice', async ({ page }) => {
  await page.goto('/map?measure=presence.7d');
  await expect(page.getByRole('toolbar', { name: '工具' })).toBeVisible({ timeout: 60_000 });
  for (const key of ['', 'v', 'e']) {
    if (key) await page.keyboard.press(key);
    if (key) await expect(page.locator('aside.drawer button').nth(1)).toBeVisible({ timeout: 30_000 });
    const faults = await page.evaluate(() => {
      const isShown = (element: Element) => element.getClientRects().length > 0;
      const nameOf = (element: Element): string =>
        element.getAttribute('aria-label') ??
        [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent).join('') +
          (element.getAttribute('aria-labelledby') ?? '')
            .split(' ')
            .map((id) => (id ? document.getElementById(id)?.textContent : ''))
            .join('') +
          (element.textContent ?? '') +
          (element.getAttribute('title') ?? '');
      const nameless = [
        ...document.querySelectorAll(
          'button, a[href], input, select, textarea, [role="switch"], [role="toolbar"], canvas.maplibregl-canvas',
        ),
      ]
        .filter((element) => isShown(element) && nameOf(element).trim() === '')
        .map((element) => element.outerHTML.slice(0, 120));
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
      return { nameless, twice: ids.filter((id, i) => ids.indexOf(id) !== i) };
    });
    expect([key, faults]).toEqual([key, { nameless: [], twice: [] }]);
  }
});
