import { expect, test, type Locator, type Page } from '@playwright/test';
import { nobody, signInAs } from './sign-in.ts';
import { startServerProcess, type ServerProcess } from './start-server.ts';

// One after another on a demo of their own: each begins with what the ones before it made.
test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1000, height: 700 }, storageState: nobody, contextOptions: { reducedMotion: 'reduce' } });

const stationName = '北坡派出所';
let server: ServerProcess;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await startServerProcess();
});
test.afterAll(async () => server.remove());
test.beforeEach(({ context }) => signInAs(context, 'administrator', server.url));

const dialog = (page: Page): Locator => page.getByRole('dialog');
const save = (page: Page): Promise<void> => dialog(page).getByRole('button', { name: '保存', exact: true }).click();

async function open(page: Page, section: string, title: string): Promise<Locator> {
  await page.goto(`${server.url}/admin/${section}`);
  const list = page.getByRole('region', { name: title, exact: true }).first();
  await expect(list).toBeVisible();
  return list;
}
const rowOf = (page: Page, name: string): Locator => page.getByRole('rowheader', { name, exact: true });
const openRow = async (page: Page, name: string): Promise<void> => {
  await rowOf(page, name).getByRole('button').click();
  await expect(dialog(page)).toBeVisible();
};

test('a station is made below another', async ({ page }) => {
  await open(page, 'stations', '单位');
  await page.getByRole('button', { name: '新建单位' }).click();
  await dialog(page).getByLabel('名称').fill(stationName);
  await dialog(page).getByLabel('类型').selectOption({ label: '派出所' });
  await dialog(page).getByLabel('上级').selectOption({ index: 1 });
  await save(page);
  await expect(dialog(page)).toBeHidden();
  await expect(rowOf(page, stationName)).toBeVisible();
  await page.reload();
  await expect(rowOf(page, stationName)).toBeVisible();
});

test('a person gets a role and a one-time password that is shown once and signs in', async ({ page, browser }) => {
  await open(page, 'people', '账号');
  await page.getByRole('button', { name: '新建账号' }).click();
  await dialog(page).getByLabel('用户名').fill('zhou.min');
  await dialog(page).getByLabel('姓名').fill('周敏');
  await dialog(page).getByLabel('角色', { exact: true }).selectOption({ label: '指挥员' });
  await save(page);
  await expect(dialog(page)).toContainText('只显示这一次');
  const password = (await dialog(page).locator('code').textContent()) ?? '';
  expect(password.length).toBeGreaterThan(10);
  await dialog(page).getByRole('button', { name: '已保存好' }).click();
  await expect(page.getByRole('row', { name: /zhou\.min/ })).toContainText('指挥员');
  await openRow(page, 'zhou.min');
  await expect(dialog(page)).not.toContainText(password);
  const other = await browser.newContext({ storageState: nobody });
  const answer = await other.request.post(`${server.url}/api/session`, { data: { username: 'zhou.min', password } });
  expect(answer.status(), await answer.text()).toBe(200);
  await other.close();
});

test('a unit takes its equipment as lines', async ({ page }) => {
  await open(page, 'units', '巡逻单元');
  await page.getByRole('button', { name: '新建单元' }).click();
  await dialog(page).getByLabel('呼号').fill('夜巡-01');
  await dialog(page).getByLabel('携带装备').fill('shield 2\nradio');
  await save(page);
  await expect(dialog(page)).toBeHidden();
  await page.reload();
  await openRow(page, '夜巡-01');
  await expect(dialog(page).getByLabel('携带装备')).toHaveValue('radio 1\nshield 2');
});
