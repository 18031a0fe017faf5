import { expect, test, type Page } from '@playwright/test';
import { demoPassword, nobody, signInAs } from './sign-in.ts';

test.use({ viewport: { width: 1000, height: 600 } });

test.describe('who is not signed in', () => {
  test.use({ storageState: nobody });

  test('is asked to sign in, and is then where the address pointed to', async ({ page }) => {
    await page.goto('/?view=table&layers=grids');
    await expect(page.getByRole('heading', { name: '登录' })).toBeVisible();
    await expect(page.getByLabel('用户名')).toBeFocused();
    await page.keyboard.type('commander');
    await page.keyboard.press('Tab');
    await page.keyboard.type(demoPassword);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('table', { name: /巡逻单元/ })).toBeVisible();
    await expect(page).toHaveURL(/\/\?view=table&layers=grids/);
  });

  test('reads in plain words that name or password is wrong, and keeps the name', async ({ page }) => {
    await page.goto('/sign-in');
    await signIn(page, 'commander', 'not this one at all');
    await expect(page.getByRole('alert')).toContainText('用户名或密码不对');
    await expect(page.getByLabel('用户名')).toHaveValue('commander');
    await expect(page.getByLabel('密码', { exact: true })).toBeFocused();
  });

  test('reads what a button does where the pointer rests or the keyboard is, until Escape', async ({ page }) => {
    await page.goto('/sign-in');
    const button = page.getByRole('button', { name: '外观' });
    const said = page.locator('.hint', { hasText: '外观' });
    await expect(button).toBeVisible();
    await expect(said).toBeHidden();
    await button.hover();
    await expect(said).toBeInViewport({ ratio: 1 });
    await page.mouse.move(300, 300);
    await expect(said).toBeHidden();
    await page.getByRole('button', { name: 'English' }).focus();
    await page.keyboard.press('Tab');
    await expect(button).toBeFocused();
    await expect(said).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Escape');
    await expect(said).toBeHidden();
  });

  test('may look at the password that was typed', async ({ page }) => {
    await page.goto('/sign-in');
    const password = page.getByLabel('密码', { exact: true });
    await password.fill('abc');
    await expect(password).toHaveAttribute('type', 'password');
    await page.getByRole('button', { name: '显示密码' }).click();
    await expect(password).toHaveAttribute('type', 'text');
  });

  test('waits as long as the server says after too many tries', async ({ page }) => {
    await page.route('**/api/session', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 429,
            headers: { 'Retry-After': '3', 'Content-Type': 'application/problem+json' },
            body: JSON.stringify({ type: '/problems/too-many-tries', title: 'Too many tries', status: 429 }),
          })
        : route.fallback(),
    );
    await page.goto('/sign-in');
    await signIn(page, 'commander', demoPassword);
    await expect(page.getByText(/请等 [123] 秒再试/)).toBeVisible();
    await expect(page.getByRole('button', { name: '登录', exact: true })).toBeDisabled();
    await expect(page.getByRole('button', { name: '登录', exact: true })).toBeEnabled();
    await page.unroute('**/api/session');
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await expect(page.getByRole('button', { name: /^账号/ })).toBeVisible();
  });

  test('is never sent to another site by a link', async ({ page, baseURL }) => {
    await page.goto(`/sign-in?to=${encodeURIComponent('//example.com/?view=table')}`);
    await signIn(page, 'commander', demoPassword);
    await expect(page.getByRole('button', { name: /^账号/ })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(new URL(baseURL!).origin);
  });
});

test.describe('who is signed in', () => {
  test.use({ storageState: nobody });

  test('signs out, and nothing that was read stays with the browser', async ({ page, context }) => {
    await signInAs(context, 'commander');
    await page.goto('/?view=table');
    await expect(page.getByText('实时', { exact: true })).toBeVisible();
    await page.evaluate(async () => {
      const cache = await caches.open('tiles');
      await cache.put('/api/tiles/base/0/0/0.mvt?r=1', new Response('kept'));
    });
    await page.getByRole('button', { name: /^账号/ }).click();
    await page.getByRole('menuitem', { name: '退出登录' }).click();
    await expect(page.getByRole('heading', { name: '登录' })).toBeVisible();
    expect(await page.evaluate(() => caches.has('tiles'))).toBe(false);
    expect((await context.request.get('/api/units')).status()).toBe(401);
    await page.goto('/?view=table');
    await expect(page).toHaveURL(/\/sign-in\?to=/);
  });

  test('whose session is ended elsewhere is asked to sign in within seconds, and comes back to the same address', async ({
    page,
    context,
  }) => {
    await signInAs(context, 'commander');
    await page.goto('/?view=table&layers=grids');
    await expect(page.getByText('实时', { exact: true })).toBeVisible();
    expect((await context.request.delete('/api/session')).status()).toBe(204);
    await expect(page.getByRole('heading', { name: '登录' })).toBeVisible({ timeout: 8000 });
    await expect(page.getByText('巡警-01')).toHaveCount(0);
    await signIn(page, 'commander', demoPassword);
    await expect(page.getByText('实时', { exact: true })).toBeVisible();
    await expect(page).toHaveURL(/\/\?view=table&layers=grids/);
  });
});

async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('用户名').fill(username);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}
