import { expect, test, type Page } from '@playwright/test';
import type { Role } from '../../api/accounts/contract.ts';
import { countOnDuty } from './demo-units.ts';
import { demoPassword, nobody } from './sign-in.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({ viewport: { width: 760, height: 460 }, storageState: nobody, contextOptions: { reducedMotion: 'reduce' } });

/** Signs in by the form and notes what the page asks of the server from then on. */
async function signIn(page: Page, role: Role): Promise<{ asked: string[]; refused: string[]; sockets: string[] }> {
  const asked: string[] = [];
  const refused: string[] = [];
  const sockets: string[] = [];
  await page.goto('/sign-in');
  await page.getByLabel('用户名').fill(role);
  await page.getByLabel('密码', { exact: true }).fill(demoPassword);
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/')) asked.push(pathname);
  });
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith('/api/') && response.status() >= 400) refused.push(`${response.status()} ${pathname}`);
  });
  page.on('websocket', (socket) => sockets.push(new URL(socket.url()).pathname));
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/sign-in/);
  return { asked, refused, sockets };
}

/** The screens the account's menu offers besides the one that is open. */
async function menuOf(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: /^账号/ }).click();
  await expect(page.getByRole('menuitem', { name: '退出登录' })).toBeVisible();
  const names = await page.getByRole('menuitem').allInnerTexts();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menuitem')).toHaveCount(0);
  return names.map((name) => name.trim()).filter((name) => name !== '退出登录');
}

const isNotForAccount = async (page: Page, path: string): Promise<void> => {
  await page.goto(path);
  await expect(page.getByText('这个页面不对本账号开放')).toBeVisible();
};

/** As a script in the page would ask, past everything the screen offers. */
const statusOf = (page: Page, path: string): Promise<number> =>
  page.evaluate(async (address) => (await fetch(address)).status, path);

const isLive = (page: Page) => expect(page.getByText('实时', { exact: true })).toBeVisible({ timeout: 60_000 });

test('a commander lands on the live map of the whole station', async ({ page }) => {
  const { refused, sockets } = await signIn(page, 'commander');
  await isLive(page);
  await expect(page.getByRole('switch', { name: '显示巡逻单元' })).toBeVisible();
  await expect(page.getByTestId('on-duty')).toHaveText(await countOnDuty(page.request));
  expect(await menuOf(page)).toEqual(['回放', '大屏', '管理', '我的账号']);
  await isNotForAccount(page, '/audit');
  const { stations } = await page.evaluate(
    async () => (await (await fetch('/api/stations')).json()) as { stations: { id: string }[] },
  );
  expect(await statusOf(page, `/api/accounts?station=${stations[0]!.id}`)).toBe(403);
  expect(sockets).toEqual(['/api/live']);
  expect(refused).toEqual(['403 /api/accounts']);
});

test('an officer lands on the live map of the own station', async ({ page }) => {
  const { refused } = await signIn(page, 'officer');
  await isLive(page);
  await expect(page.getByTestId('on-duty')).toHaveText(await countOnDuty(page.request));
  expect(await menuOf(page)).toEqual(['值勤', '回放', '大屏', '管理', '我的账号']);
  await isNotForAccount(page, '/audit');
  expect(refused).toEqual([]);
});

test('a volunteer sees the own unit and nobody else’s, on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { refused } = await signIn(page, 'volunteer');
  await isLive(page);
  const own = page.getByRole('region', { name: '我的巡逻单元' });
  await expect(own.getByRole('button').first()).toBeVisible();
  expect(await menuOf(page)).toEqual(['值勤', '回放', '我的账号']);
  const units = await page.evaluate(
    async () => ((await (await fetch('/api/units')).json()) as { units: unknown[] }).units,
  );
  expect(units).toHaveLength(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await isNotForAccount(page, '/admin');
  await isNotForAccount(page, '/audit');
  expect(refused).toEqual([]);
});

test('an analyst sees the map without anybody on it, and is told so', async ({ page }) => {
  const { asked, refused, sockets } = await signIn(page, 'analyst');
  await expect(page.getByText('本账号不显示实时位置')).toBeVisible();
  await expect(page.getByRole('switch', { name: '显示警务网格' })).toBeVisible();
  await expect(page.getByRole('switch', { name: '显示巡逻单元' })).toHaveCount(0);
  await expect(page.getByText('连接中断')).toHaveCount(0);
  expect(await menuOf(page)).toEqual(['我的账号']);
  expect(sockets).toEqual([]);
  expect(asked.filter((path) => path.startsWith('/api/units'))).toEqual([]);
  expect(refused).toEqual([]);
  await page.goto('/?view=table');
  await expect(page.getByRole('button', { name: /^平安哨点/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /^巡逻单元/ })).toHaveCount(0);
  const units = await page.evaluate(async () => (await (await fetch('/api/units')).json()) as object);
  expect(units).toEqual({ units: [] });
  await isNotForAccount(page, '/admin');
});

test('a wall shows the map and nothing to click it away with', async ({ page }) => {
  const { refused } = await signIn(page, 'wall');
  await expect(page).toHaveURL(/\/wall/);
  await expect(page.getByTestId('data-age')).toHaveText('数据为最新', { timeout: 60_000 });
  await expect(page.locator('canvas.maplibregl-canvas')).toBeVisible();
  await expect(page.getByRole('button')).toHaveCount(0);
  await isNotForAccount(page, '/replay');
  await isNotForAccount(page, '/account');
  await isNotForAccount(page, '/admin');
  expect(refused).toEqual([]);
});

test('an administrator lands on administration and sees nobody’s whereabouts', async ({ page }) => {
  const { refused, sockets } = await signIn(page, 'administrator');
  await expect(page).toHaveURL(/\/admin/);
  expect(await menuOf(page)).toEqual(['地图', '我的账号']);
  await page.goto('/map');
  await expect(page.getByText('本账号不显示实时位置')).toBeVisible();
  await isNotForAccount(page, '/audit');
  expect(sockets).toEqual([]);
  expect(refused).toEqual([]);
});

test('an auditor lands on the audit log and sees nothing else', async ({ page }) => {
  const { asked, refused, sockets } = await signIn(page, 'auditor');
  await expect(page).toHaveURL(/\/audit/);
  expect(await menuOf(page)).toEqual(['我的账号']);
  await isNotForAccount(page, '/map');
  await isNotForAccount(page, '/admin');
  expect(asked.filter((path) => /\/(units|grids|sentinels|incidents|tiles)/.test(path))).toEqual([]);
  expect(sockets).toEqual([]);
  expect(refused).toEqual([]);
});
