import { readFile } from 'node:fs/promises';
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import { drag, placeOnStage } from './draw-stage.ts';
import { nobody, signInAs } from './sign-in.ts';
import { startServerProcess, type ServerProcess } from './start-server.ts';

// One after another on a demo of their own and on one page: each begins with what the ones before it made.
test.describe.configure({ mode: 'serial' });

const stationName = '北坡派出所';
let server: ServerProcess;
let page: Page;
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  server = await startServerProcess();
  page = await openAs(browser, 'administrator');
});
test.afterAll(async () => {
  await page.context().close();
  await server.remove();
});

async function openAs(browser: Browser, role: 'administrator' | 'auditor'): Promise<Page> {
  const context = await browser.newContext({
    storageState: nobody,
    viewport: { width: 1000, height: 700 },
    reducedMotion: 'reduce',
  });
  await signInAs(context, role, server.url);
  return context.newPage();
}

const dialog = (): Locator => page.getByRole('dialog');
const button = (name: string, within: Locator | Page = dialog()): Locator =>
  within.getByRole('button', { name, exact: true });
const save = (): Promise<void> => button('保存').click();
const saved = async (): Promise<void> => {
  await save();
  await expect(dialog()).toBeHidden();
};

/** By the menu of administration; the first time by the address. */
async function open(section: string, title: string): Promise<Locator> {
  if (await dialog().isVisible()) await page.keyboard.press('Escape');
  if (page.url().startsWith(`${server.url}/admin`))
    await page.getByRole('navigation', { name: '管理' }).getByRole('link', { name: title, exact: true }).click();
  else await page.goto(`${server.url}/admin/${section}`);
  const list = page.getByRole('region', { name: title, exact: true }).first();
  await expect(list).toBeVisible();
  return list;
}
const rowOf = (name: string): Locator => page.getByRole('rowheader', { name, exact: true });
const openRow = async (name: string): Promise<void> => {
  await rowOf(name).first().getByRole('button').click();
  await expect(dialog()).toBeVisible();
};

/** As another administrator on another desk. */
async function changeElsewhere(kind: 'units', find: string, body: object): Promise<void> {
  const listed = (await (await page.request.get(`${server.url}/api/${kind}`)).json()) as {
    units: { id: string; callSign: string; version: number }[];
  };
  const { id, version } = listed[kind].find(({ callSign }) => callSign === find)!;
  const answer = await page.request.patch(`${server.url}/api/${kind}/${id}`, {
    data: body,
    headers: { 'If-Match': `"${version}"`, Origin: server.url },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** What a report of nothing is answered: 401 without a credential that holds. */
async function statusOfReport(token: string): Promise<number> {
  const answer = await fetch(`${server.url}/api/positions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: '[]',
  });
  return answer.status;
}

test('a station is made below another', async () => {
  await open('stations', '单位');
  await page.getByRole('button', { name: '新建单位' }).click();
  await dialog().getByLabel('名称').fill(stationName);
  await dialog().getByLabel('类型').selectOption({ label: '派出所' });
  await dialog().getByLabel('上级').selectOption({ index: 1 });
  await saved();
  await expect(rowOf(stationName)).toBeVisible();
  await page.reload();
  await expect(rowOf(stationName)).toBeVisible();
});

test('a station has its own limit for answers to dispatches', async () => {
  await open('stations', '单位');
  await openRow(stationName);
  const limit = dialog().getByLabel('派警应答时限（秒）');
  await expect(limit).toHaveValue('120');
  await limit.fill('90');
  await saved();
  await openRow(stationName);
  await expect(limit).toHaveValue('90');
  await page.keyboard.press('Escape');
});

test('a person gets a role and a one-time password that is shown once and signs in', async ({ browser }) => {
  await open('people', '账号');
  await page.getByRole('button', { name: '新建账号' }).click();
  await dialog().getByLabel('用户名').fill('zhou.min');
  await dialog().getByLabel('姓名').fill('周敏');
  await dialog().getByLabel('角色', { exact: true }).selectOption({ label: '指挥员' });
  await save();
  await expect(dialog()).toContainText('只显示这一次');
  const password = (await dialog().locator('code').textContent()) ?? '';
  expect(password.length).toBeGreaterThan(10);
  await dialog().getByRole('button', { name: '已保存好' }).click();
  await expect(page.getByRole('row', { name: /zhou\.min/ })).toContainText('指挥员');
  await openRow('zhou.min');
  await expect(dialog()).not.toContainText(password);
  const other = await browser.newContext({ storageState: nobody });
  const answer = await other.request.post(`${server.url}/api/session`, { data: { username: 'zhou.min', password } });
  expect(answer.status(), await answer.text()).toBe(200);
  await other.close();
});

test('a unit takes its equipment as lines', async () => {
  await open('units', '巡逻单元');
  await page.getByRole('button', { name: '新建单元' }).click();
  await dialog().getByLabel('呼号').fill('夜巡-01');
  await dialog().getByLabel('携带装备').fill('shield 2\nradio');
  await saved();
  await openRow('夜巡-01');
  await expect(dialog().getByLabel('携带装备')).toHaveValue('radio 1\nshield 2');
});

test('who saves after somebody else is told so, and finds the newer words when it is opened again', async () => {
  await open('units', '巡逻单元');
  await openRow('夜巡-01');
  await changeElsewhere('units', '夜巡-01', { callSign: '夜巡-02' });
  await dialog().getByLabel('呼号').fill('夜巡-03');
  await save();
  await expect(dialog().getByRole('alert')).toContainText('刚才有人改过这一条，您的修改没有保存');
  await dialog().getByRole('button', { name: '取消' }).click();
  await openRow('夜巡-02');
  await dialog().getByLabel('呼号').fill('夜巡-03');
  await saved();
  await expect(rowOf('夜巡-03')).toBeVisible();
});

test('a device’s token is shown once with what sets a phone up; a new one ends it; revoking asks first, and the form still saves', async () => {
  await open('devices', '终端');
  await page.getByRole('button', { name: '登记终端' }).click();
  await dialog().getByLabel('终端名').fill('phone-77');
  await dialog().getByLabel('巡逻单元').selectOption({ label: '夜巡-03' });
  await save();
  await expect(dialog()).toContainText('令牌只显示这一次');
  await expect(dialog().getByRole('img', { name: '用 Traccar Client 扫描' })).toBeVisible();
  const token = (await dialog().locator('code').first().textContent()) ?? '';
  await dialog().getByRole('button', { name: '已保存好' }).click();
  await openRow('phone-77');
  await expect(dialog()).not.toContainText(token);
  await button('换新令牌').click();
  await dialog().getByRole('checkbox').uncheck();
  await button('换新令牌').last().click();
  const next = (await dialog().locator('code').first().textContent()) ?? '';
  expect([await statusOfReport(token), await statusOfReport(next)]).toEqual([401, 200]);
  await button('已保存好').click();
  await openRow('phone-77');
  await button('吊销').click();
  await expect(dialog()).toContainText('“phone-77”立即不能再上报');
  await dialog().getByRole('status').getByRole('button', { name: '吊销' }).click();
  await expect(dialog().getByText('已吊销')).toBeVisible();
  expect(await statusOfReport(next)).toBe(401);
  await dialog().getByLabel('巡逻单元').selectOption({ label: '暂不配给单元' });
  await saved();
  await expect(page.getByRole('row', { name: /phone-77/ })).toContainText('已吊销');
});

test('a gateway’s token is shown once, is renewed without a break, and revoked', async () => {
  await open('gateways', '网关');
  await button('登记网关', page).click();
  await dialog().getByLabel('名称').fill('110-gateway');
  await save();
  await expect(dialog()).toContainText('令牌只显示这一次');
  const token = (await dialog().locator('code').first().textContent()) ?? '';
  await button('已保存好').click();
  await openRow('110-gateway');
  await expect(dialog()).not.toContainText(token);
  await button('换新令牌').click();
  // As offered: the old one goes on until the new one has been carried to it.
  await expect(dialog().getByRole('checkbox')).toBeChecked();
  await button('换新令牌').last().click();
  const next = (await dialog().locator('code').first().textContent()) ?? '';
  expect(next).not.toBe(token);
  expect([await statusOfReport(token), await statusOfReport(next)]).toEqual([200, 200]);
  await button('已保存好').click();
  await openRow('110-gateway');
  await button('吊销').click();
  await dialog().getByRole('status').getByRole('button', { name: '吊销' }).click();
  await expect(dialog().getByText('已吊销')).toBeVisible();
  expect([await statusOfReport(token), await statusOfReport(next)]).toEqual([401, 401]);
});

test('a volunteer is invited with a link and a code to scan, shown once; a withdrawn one lets nobody in', async () => {
  await open('invitations', '邀请');
  await button('邀请志愿者', page).click();
  await dialog().getByLabel('志愿者姓名（可不填）').fill('孙大爷');
  await button('生成邀请').click();
  await expect(dialog().getByRole('img', { name: '请志愿者用手机扫这个二维码' })).toBeVisible();
  const link = (await dialog().locator('code').textContent()) ?? '';
  expect(link).toMatch(new RegExp(`^${server.url}/join#[\\w-]{43}$`));
  await button('已保存好').click();
  const row = page.getByRole('row', { name: /孙大爷/ });
  await expect(row).toContainText('待接受');
  const look = () =>
    page.request.post(`${server.url}/api/invitations/look`, {
      data: { token: link.split('#')[1] },
      headers: { Origin: server.url },
    });
  expect((await look()).status()).toBe(200);
  await row.getByRole('button').click();
  await expect(dialog()).not.toContainText(link);
  await button('撤回邀请').click();
  await dialog().getByRole('status').getByRole('button', { name: '撤回邀请' }).click();
  await expect(row).toContainText('已撤回');
  expect((await look()).ok()).toBe(false);
});

test('a member is put on a sentinel point', async () => {
  await open('members', '成员');
  await page.getByRole('button', { name: '新建成员' }).click();
  await dialog().getByLabel('姓名').fill('方晓舟');
  await dialog().getByLabel('平安哨点').selectOption({ index: 1 });
  await dialog().getByLabel('特长').fill('急救、电工');
  await saved();
  await page.getByRole('searchbox').fill('方晓舟');
  await openRow('方晓舟');
  await expect(dialog().getByLabel('平安哨点')).not.toHaveValue('');
  await expect(dialog().getByLabel('特长')).toHaveValue('急救、电工');
});

test('a shift is planned for a unit with its member', async () => {
  await open('crews', '班次');
  await page.getByLabel('巡逻单元', { exact: true }).selectOption({ label: '夜巡-03' });
  await expect(page.getByText('这个单元最近没有班次')).toBeVisible();
  await page.getByRole('button', { name: '新排班次' }).click();
  await dialog().getByRole('searchbox').fill('方晓舟');
  await dialog().getByRole('checkbox').check();
  await saved();
  await expect(page.getByRole('row', { name: /方晓舟/ })).toBeVisible();
});

test('a corner of a grid that is taken elsewhere, by hand or by typing, tells what no longer fits, and is kept when it is saved', async () => {
  await open('grids', '警务网格');
  const first = page.getByRole('rowheader').first();
  const number = (await first.textContent())?.trim() ?? '';
  await openRow(number);
  const ring = dialog().getByLabel('边界坐标');
  const corners = (await ring.inputValue()).split('\n').map((line) => line.split(', ').map(Number));
  const mid = [0, 1].map((at) => corners.reduce((sum, corner) => sum + corner[at]!, 0) / corners.length);
  const stage = dialog().locator('.draw .map');
  const place = await placeOnStage(stage, corners, corners[0]!);
  const middle = await placeOnStage(stage, corners, mid);
  await drag(stage, place, { x: (place.x + middle.x) / 2, y: (place.y + middle.y) / 2 });
  const before = corners.map((corner) => corner.join(', ')).join('\n');
  await expect(ring).not.toHaveValue(before);
  // Only that corner: the others stay to the centimetre.
  expect((await ring.inputValue()).split('\n').slice(1)).toEqual(before.split('\n').slice(1));
  await expect(
    dialog()
      .getByRole('button', { name: /之间有 [\d,]+ m² 的缝/ })
      .first(),
  ).toBeVisible();
  await button('撤销一步').click();
  await expect(ring).toHaveValue(before);
  // The first corner goes out from the middle, over whoever is next to it.
  const moved = corners[0]!.map((value, at) => Number((value + (value - mid[at]!) * 0.6).toFixed(7)));
  await ring.fill([moved, ...corners.slice(1)].map((corner) => corner.join(', ')).join('\n'));
  await ring.press('Tab');
  await expect(
    dialog()
      .getByRole('button', { name: /重叠 [\d,]+ m²/ })
      .first(),
  ).toBeVisible();
  await ring.fill('117.1, 29.1\nhere\n117.2, 29.2');
  await ring.press('Tab');
  await expect(dialog()).toContainText('第 2 行不是坐标');
  await expect(dialog().getByRole('button', { name: '保存', exact: true })).toBeDisabled();
  const nudged = corners[0]!.map((value, at) => Number((value + (mid[at]! - value) * 0.05).toFixed(7)));
  await ring.fill([nudged, ...corners.slice(1)].map((corner) => corner.join(', ')).join('\n'));
  await ring.press('Tab');
  await saved();
  await openRow(number);
  await expect(dialog().getByLabel('边界坐标')).toHaveValue(new RegExp(nudged.join(', ')));
});

test('a grid is cut in two along a line, and is one again when that is taken back', async () => {
  await open('grids', '警务网格');
  const count = await page.getByRole('rowheader').count();
  const number = (await page.getByRole('rowheader').first().textContent())?.trim() ?? '';
  await openRow(number);
  const corners = (await dialog().getByLabel('边界坐标').inputValue())
    .split('\n')
    .map((line) => line.split(', ').map(Number));
  const lngs = corners.map(([lng = 0]) => lng);
  const lats = corners.map(([, lat = 0]) => lat);
  const middle = (Math.min(...lngs) + Math.max(...lngs)) / 2;
  await button('沿线拆分').click();
  await dialog()
    .getByLabel('拆分线坐标')
    .fill(`${middle}, ${Math.min(...lats) - 0.001}\n${middle}, ${Math.max(...lats) + 0.001}`);
  await dialog().getByLabel('新网格编号').fill(number);
  await button('沿线拆分').click();
  // Said in the language of the page, beside the field.
  await expect(dialog()).toContainText('已有同样的，请换一个');
  await dialog().getByLabel('新网格编号').fill('拆-1');
  await button('沿线拆分').click();
  await expect(dialog()).toBeHidden();
  await expect(rowOf('拆-1')).toBeVisible();
  await expect(page.getByRole('rowheader')).toHaveCount(count + 1);
  await button('撤回上次保存', page).click();
  await expect(page.getByText(`拆分网格（${number}、拆-1）`)).toBeVisible();
  await button('确认撤回', page).click();
  await expect(rowOf('拆-1')).toHaveCount(0);
  await expect(page.getByRole('rowheader')).toHaveCount(count);
});

test('a sentinel point is moved on the map', async () => {
  await open('sentinels', '平安哨点');
  const name = (await page.getByRole('rowheader').first().textContent())?.trim() ?? '';
  await openRow(name);
  const place = dialog().getByLabel('坐标（经度, 纬度）');
  const [lng = 0, lat = 0] = (await place.inputValue()).split(', ').map(Number);
  const stage = dialog().locator('.draw .map');
  const at = await placeOnStage(stage, [[lng, lat]], [lng, lat]);
  await drag(stage, at, { x: at.x + 80, y: at.y });
  const eastward = expect.poll(async () => Number((await place.inputValue()).split(', ')[0]) - lng);
  // A pixel at zoom 17 is 360 / 512 / 2 ** 17 degrees.
  await eastward.toBeCloseTo((80 * 360) / 512 / 2 ** 17, 5);
  const moved = await place.inputValue();
  await saved();
  await openRow(name);
  await expect(dialog().getByLabel('坐标（经度, 纬度）')).toHaveValue(moved);
});

test('retention is changed and stays so', async () => {
  await open('retention', '保存期限');
  const imports = page.getByLabel('导入记录');
  await imports.fill('45');
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await expect(page.getByText('已保存。')).toBeVisible();
  await page.reload();
  await expect(imports).toHaveValue('45');
});

test('deleting asks first, with what goes along', async () => {
  await open('units', '巡逻单元');
  await openRow('夜巡-03');
  await dialog().getByRole('button', { name: '删除' }).click();
  const asked = page.getByRole('alertdialog');
  await expect(asked).toContainText('确定删除“夜巡-03”吗？');
  await expect(asked).toContainText('班次 1');
  await asked.getByRole('button', { name: '取消' }).click();
  await expect(asked).toBeHidden();
  await dialog().getByRole('button', { name: '删除' }).click();
  await asked.getByRole('button', { name: '删除' }).click();
  await expect(dialog()).toBeHidden();
  await expect(rowOf('夜巡-03')).toHaveCount(0);
});

test('a personal token is revoked only after it was asked', async () => {
  await page.goto(`${server.url}/account`);
  await page.getByRole('button', { name: '新建令牌' }).click();
  await dialog().getByLabel('用途').fill('QGIS');
  await dialog().getByRole('button', { name: '生成' }).click();
  await page.getByRole('button', { name: '吊销' }).click();
  await expect(page.getByText('“QGIS”立即不能再读取数据。')).toBeVisible();
  await page.getByRole('button', { name: '取消' }).click();
  await expect(page.getByText('QGIS', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: '吊销' }).click();
  await page.getByRole('button', { name: '吊销' }).last().click();
  await expect(page.getByText('QGIS', { exact: true })).toBeHidden();
});

test('the auditor reads all of it in words, searches it and takes it along as a file', async ({ browser }) => {
  const desk = await openAs(browser, 'auditor');
  await desk.goto(`${server.url}/audit`);
  const entries = desk.getByRole('listitem');
  for (const words of [
    ['新建单位', stationName],
    ['新建账号', 'zhou.min'],
    ['新建单元', '夜巡-01'],
    ['修改单元', '夜巡-02'],
    ['登记终端', 'phone-77'],
    ['换终端令牌', 'phone-77'],
    ['吊销终端', 'phone-77'],
    ['换网关令牌', '110-gateway'],
    ['吊销网关', '110-gateway'],
    ['发出邀请'],
    ['撤回邀请'],
    ['新建成员', '方晓舟'],
    ['排班'],
    ['修改网格'],
    ['拆分网格'],
    ['撤回网格修改'],
    ['修改哨点'],
    ['修改保存期限'],
    ['删除单元', '夜巡-03'],
  ]) {
    const entry = words.reduce((found, hasText) => found.filter({ hasText }), entries);
    await expect(entry.first(), words.join(' ')).toBeVisible();
  }
  await desk.getByLabel('做了什么').selectOption({ label: '终端' });
  await button('查询', desk).click();
  await expect(entries).toHaveCount(4);
  await expect(entries.filter({ hasText: 'phone-77' })).toHaveCount(4);
  const began = desk.waitForEvent('download');
  await desk.getByRole('link', { name: '导出 CSV' }).click();
  const lines = (await readFile(await (await began).path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines.slice(1).every((line) => line.includes(',device.') && line.includes(',phone-77,'))).toBe(true);
  await button('清除条件', desk).click();
  await expect(entries.filter({ hasText: '导出审计日志' })).toHaveCount(1);
  await desk.context().close();
});
