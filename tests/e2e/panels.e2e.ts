import { expect, test, type Page } from '@playwright/test';
import { countOnDuty, readUnits } from './demo-units.ts';
import { signInAs } from './sign-in.ts';
import { startServerProcess } from './start-server.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({ viewport: { width: 1000, height: 600 } });

const inspector = (page: Page) => page.getByRole('complementary', { name: '详情' });
const isLive = (page: Page) => expect(page.getByText('实时', { exact: true })).toBeVisible();

test('a unit found by its call sign from the keyboard opens with crew, age and coordinates, and Escape closes it', async ({
  page,
}) => {
  await page.goto('/?view=table');
  await isLive(page);
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: '搜索' })).toBeFocused();
  await page.keyboard.type('巡警-07');
  await expect(page.getByRole('option', { name: /巡警-07/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByRole('heading', { name: '巡警-07' })).toBeVisible();
  await expect(inspector(page).getByText('在岗')).toBeVisible();
  await expect(inspector(page).getByTestId('unit-age')).toHaveText(/^\d+秒前$/);
  await expect(inspector(page).getByText(/^29\.\d{5}, 117\.\d{5}$/)).toBeVisible();
  await expect(page).toHaveURL(/sel=unit:/);
  await page.keyboard.press('Escape');
  await expect(inspector(page)).toBeHidden();
});

test('arrows walk through the results of all kinds; a name that is nowhere says so', async ({ page }) => {
  await page.goto('/?view=table');
  const box = page.getByRole('combobox', { name: '搜索' });
  await box.fill('柳湾');
  const options = page.getByRole('listbox').getByRole('option');
  await expect(options.nth(2)).toBeVisible();
  await expect(options.nth(0)).toHaveAttribute('aria-selected', 'true');
  await box.press('ArrowDown');
  await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(box).toHaveAttribute('aria-activedescendant', (await options.nth(1).getAttribute('id')) ?? '');
  await box.press('ArrowUp');
  await box.press('ArrowUp');
  await expect(options.last()).toHaveAttribute('aria-selected', 'true');
  await box.fill('没有这个地方啊');
  await expect(page.getByText('没有找到“没有这个地方啊”')).toBeVisible();
});

test('a sentinel point shows its members by role', async ({ page }) => {
  await page.goto('/?view=table');
  await page.getByRole('button', { name: /^平安哨点/ }).click();
  const row = page.getByRole('row').nth(1);
  const name = (await row.getByRole('rowheader').textContent())?.trim() ?? '';
  await row.getByRole('button').click();
  await expect(inspector(page).getByRole('heading', { name })).toBeVisible();
  await expect(inspector(page).getByText(/成员 · \d+ 人/)).toBeVisible();
  await expect(inspector(page).getByText('志愿者').first()).toBeVisible();
});

test('a grid names its officer and tells which units are inside now', async ({ page }) => {
  await page.goto('/?view=table');
  await isLive(page);
  await page.getByRole('button', { name: /^警务网格/ }).click();
  await page.getByRole('button', { name: '在内单元' }).click();
  await page.getByRole('button', { name: '在内单元' }).click();
  await expect(page.getByRole('columnheader', { name: '在内单元' })).toHaveAttribute('aria-sort', 'descending');
  await page.getByRole('row').nth(1).getByRole('button').click();
  await expect(inspector(page).getByText('责任民警')).toBeVisible();
  await expect(inspector(page).getByTestId('units-inside')).toHaveText(/^[1-9]\d*$/);
});

test('the table is read, sorted and opened by keyboard alone', async ({ page, request }) => {
  await page.goto('/?view=table');
  const table = page.getByRole('table', { name: /巡逻单元/ });
  await expect(table.getByRole('row')).toHaveCount((await readUnits(request)).length + 1);
  const header = table.getByRole('columnheader', { name: '呼号' });
  await header.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  await page.keyboard.press('Enter');
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  const first = table.getByRole('rowheader').first();
  const callSign = (await first.textContent())?.trim() ?? '';
  await first.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByRole('heading', { name: callSign })).toBeVisible();
});

test('the recorded track of the last hour is shown with its length, and hidden again', async ({ page }) => {
  await page.goto('/?view=table');
  await isLive(page);
  await page.getByRole('rowheader', { name: '巡警-01' }).getByRole('button').click();
  await inspector(page).getByRole('button', { name: '显示最近 1 小时轨迹' }).click();
  const dialog = page.getByRole('dialog', { name: /^查看.*的轨迹$/ });
  await dialog.getByRole('button', { name: '查看轨迹' }).click();
  await expect(dialog.getByText('请填写事由。')).toBeVisible();
  await dialog.getByLabel('事由', { exact: true }).fill('核实 3 号楼报警');
  await dialog.getByRole('button', { name: '查看轨迹' }).click();
  await expect(inspector(page).getByText(/\d+ 个定位点，/)).toBeVisible();
  await inspector(page).getByRole('button', { name: '隐藏轨迹' }).click();
  await expect(inspector(page).getByText(/个定位点/)).toBeHidden();
});

test('a layer that is switched off is off in the address, and after a reload', async ({ page }) => {
  await page.goto('/?view=table');
  const grids = page.getByRole('switch', { name: '显示警务网格' });
  await expect(grids).toBeChecked();
  await grids.click();
  await expect(page).toHaveURL(/layers=sentinels,incidents,units,trails,labels/);
  await page.reload();
  await expect(page.getByRole('switch', { name: '显示警务网格' })).not.toBeChecked();
  await expect(page.getByRole('switch', { name: '显示平安哨点' })).toBeChecked();
});

test('the language changes every word and the page’s own, and stays chosen', async ({ page }) => {
  await page.goto('/?view=table');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await page.getByRole('button', { name: 'Switch to English' }).click();
  await expect(page.getByText('Units on duty')).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en-GB');
  await expect(page).toHaveTitle('柳湾派出所 · Shaodian');
  await page.reload();
  await expect(page.getByText('Units on duty')).toBeVisible();
});

test('the theme follows the system until one is chosen, and the choice is there before the first paint', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/?view=table');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: '外观' }).click();
  await page.getByRole('menuitemradio', { name: '浅色' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  // Only theme.js has run when the rest of the code is not delivered.
  await page.route('**/_app/**', (route) => route.abort());
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('the station switcher goes to another station and says so in the address', async ({ page, context }) => {
  // Of the demo's accounts it is the administrator who sees more than one station.
  await signInAs(context, 'administrator');
  await page.goto('/?view=table');
  await page.getByRole('button', { name: /^切换派出所/ }).click();
  await page.getByRole('menuitemradio', { name: /分局/ }).click();
  await expect(page.getByRole('button', { name: /^切换派出所: .*分局/ })).toBeVisible();
  await expect(page).toHaveURL(/station=[0-9a-f-]{36}/);
  await expect(page).toHaveTitle(/分局 · 哨点/);
});

test('a browser without WebGL 2 gets the table and is told why', async ({ page, request }) => {
  await page.addInitScript(() => {
    const getContext = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...more: unknown[]) {
      return kind.startsWith('webgl') ? null : getContext.call(this, kind as never, ...(more as []));
    } as typeof getContext;
  });
  await page.goto('/');
  await expect(page.getByText('此浏览器没有 WebGL 2')).toBeVisible();
  await expect(page.getByRole('table', { name: /巡逻单元/ }).getByRole('row')).toHaveCount(
    (await readUnits(request)).length + 1,
  );
  await expect(page.locator('canvas.maplibregl-canvas')).toHaveCount(0);
});

test('on a phone everything is within reach: search, sheets, details from below', async ({ page, request }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/?view=table');
  await isLive(page);
  await page.getByRole('button', { name: '概况' }).click();
  await expect(page.getByRole('dialog', { name: '在岗概况' }).getByTestId('on-duty')).toHaveText(
    await countOnDuty(request),
  );
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('combobox', { name: '搜索' }).fill('平安-05');
  await page.getByRole('option', { name: /平安-05/ }).click();
  const box = await inspector(page).boundingBox();
  expect(box?.width).toBe(390);
  expect(box!.y).toBeGreaterThan(250);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('nothing on the page breaks the Content-Security-Policy, and nothing comes from elsewhere', async ({
  page,
  baseURL,
}) => {
  const broken: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) broken.push(message.text());
  });
  page.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (origin !== new URL(baseURL!).origin && !/^(blob|data):/.test(request.url())) broken.push(request.url());
  });
  await page.goto('/?view=table');
  await isLive(page);
  await page.getByRole('button', { name: '外观' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('rowheader').first().getByRole('button').click();
  await expect(inspector(page)).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: '快捷键' })).toBeVisible();
  expect(broken).toEqual([]);
});

test('without a network the page still opens from what was kept, and says that nothing is live', async ({
  page,
  context,
}) => {
  await page.goto('/?view=table');
  await isLive(page);
  const version = await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    return (await caches.keys()).find((name) => name.startsWith('shell-'));
  });
  expect(version).toBeTruthy();
  // What the page asked of the API must not have been kept.
  const kept = await page.evaluate(
    async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url),
    version!,
  );
  expect(kept.filter((url) => url.includes('/api/'))).toEqual([]);
  expect(kept.length).toBeGreaterThan(10);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText('数据没有读到')).toBeVisible();
  await expect(page.getByText('服务器没有响应，请检查网络。')).toBeVisible();
  await context.setOffline(false);
  await isLive(page);
});

test('speed and battery of the unit that is looked at are read again, not left from the first read', async ({
  page,
}) => {
  let reads = 0;
  await page.route('**/api/units?*', async (route) => {
    reads++;
    const answer = await route.fetch();
    const { units } = (await answer.json()) as { units: { callSign: string; batteryPct: number }[] };
    for (const unit of units) if (unit.callSign === '巡警-01') unit.batteryPct = 100 - reads;
    await route.fulfill({ response: answer, json: { units } });
  });
  await page.goto('/?view=table');
  await isLive(page);
  await page.getByRole('rowheader', { name: '巡警-01' }).getByRole('button').click();
  const battery = inspector(page).getByText(/^\d+%$/);
  await expect(battery).toBeVisible();
  const before = await battery.textContent();
  await expect(battery).not.toHaveText(before ?? '');
});

test('when the server is gone the bar says how old the picture is, the last state stays, and it recovers alone', async ({
  page,
}) => {
  test.setTimeout(300_000);
  let server = await startServerProcess();
  const { port } = new URL(server.url);
  try {
    await signInAs(page.context(), 'commander', server.url);
    await page.goto(`${server.url}/?view=table`);
    await isLive(page);
    const rows = page.getByRole('table', { name: /巡逻单元/ }).getByRole('row');
    await expect(rows).toHaveCount(64);
    await server.end('SIGKILL');
    await expect(page.getByText(/连接中断：地图上是 \d+秒前的位置/)).toBeVisible({ timeout: 30_000 });
    await expect(rows).toHaveCount(64);
    // Without a live picture nobody can claim this.
    await expect(page.getByText('在岗单元都在按时上报。')).toBeHidden();
    const age = async () => Number(/(\d+)/.exec((await page.getByTestId('data-age').textContent()) ?? '')?.[1]);
    const before = await age();
    await expect.poll(age).toBeGreaterThan(before);
    const { dataDir } = server;
    server = await startServerProcess({ environment: { DATA_DIR: dataDir, PORT: port } });
    await page.getByRole('button', { name: '立即重试' }).click();
    await isLive(page);
    await expect(page.getByText(/连接中断/)).toBeHidden();
  } finally {
    await server.remove();
  }
});
