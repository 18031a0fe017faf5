import { expect, test, type APIRequestContext, type Browser, type Page } from '@playwright/test';
import { v7 as uuidv7 } from 'uuid';
import type { Nearest } from '../../api/dispatches/contract.ts';
import type { Unit } from '../../api/units/contract.ts';
import { putUnit, type LngLat } from './demo-units.ts';
import { demoPassword, nobody, signInAs } from './sign-in.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({ viewport: { width: 900, height: 640 }, contextOptions: { reducedMotion: 'reduce' }, colorScheme: 'light' });
test.setTimeout(300_000);

interface Made {
  id: string;
  number: number;
  lngLat: LngLat;
}

/** A crew's phone: the demo's volunteer, who is on a foot patrol. */
async function takePhone(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    storageState: nobody,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  await signInAs(context, 'volunteer');
  return context.newPage();
}

/** The unit whose phone it is, carrying a life ring, whatever the demo gave it. */
async function equipOwnUnit(phone: Page): Promise<Unit> {
  const own = async () =>
    ((await (await phone.request.get('/api/units')).json()) as { units: Unit[] }).units.find(({ lngLat }) => lngLat)!;
  const unit = await own();
  const administrator = await phone.context().browser()!.newContext({ storageState: nobody });
  const url = process.env['E2E_URL'] ?? '';
  await administrator.request.post(`${url}/api/session`, {
    data: { username: 'administrator', password: demoPassword },
  });
  const answer = await administrator.request.patch(`${url}/api/units/${unit.id}`, {
    headers: { 'If-Match': '*' },
    data: {
      equipment: [{ kind: 'life-ring', quantity: 1 }, ...unit.equipment.filter(({ kind }) => kind !== 'life-ring')],
    },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  await administrator.close();
  return own();
}

/** An incident a step from the unit, which stays where it is for a while: not even the UAV is nearer. */
async function recordNear(request: APIRequestContext, unit: Unit, text: string): Promise<Made> {
  const lngLat = unit.lngLat!;
  await putUnit(request, unit as never, lngLat);
  const answer = await request.put(`/api/incidents/${uuidv7()}`, {
    data: {
      stationId: unit.stationId,
      category: 'drowning',
      source: 'citizen',
      occurredAt: new Date().toISOString(),
      lngLat: [lngLat[0] + 0.00003, lngLat[1]],
      text,
    },
  });
  expect(answer.status(), await answer.text()).toBeLessThan(300);
  return (await answer.json()) as Made;
}

const tool = (page: Page) => page.getByRole('complementary', { name: '派警' });
const running = (page: Page, { callSign }: Unit) =>
  tool(page).getByTestId('running-dispatch').filter({ hasText: callSign }).first();

test('the commander finds the nearest unit with a life ring and sends it; its crew goes step by step on a phone, and each is seen at once', async ({
  page,
  browser,
}) => {
  const phone = await takePhone(browser);
  await phone.goto('/duty');
  const unit = await equipOwnUnit(phone);
  await expect(phone.getByText(unit.callSign)).toBeVisible({ timeout: 60_000 });
  await expect(phone.getByText('暂无任务')).toBeVisible();
  const text = `有人落水 ${uuidv7()}`;
  const incident = await recordNear(page.request, unit, text);

  // Who is nearest, as the server says it.
  const nearest = (await (
    await page.request.get(`/api/incidents/${incident.id}/nearest?equipment=life-ring`)
  ).json()) as Nearest;
  expect(nearest.candidates[0]?.unit.callSign).toBe(unit.callSign);
  expect(nearest.candidates.slice(1).map(({ travel }) => travel?.by)).toContain('street');

  await page.goto(`/map?v=16/${incident.lngLat[1]}/${incident.lngLat[0]}&sel=incident:${incident.number}`);
  await expect(page.getByRole('toolbar', { name: '工具' })).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('d');
  await tool(page).getByRole('combobox').selectOption({ label: '救生圈' });
  const candidates = tool(page).getByRole('list', { name: /可派单元/ });
  await expect(candidates.getByRole('checkbox').first()).toHaveAccessibleName(unit.callSign, { timeout: 60_000 });
  await expect(candidates.getByRole('listitem').first()).toContainText(/1 分钟 · \d+ ?米/);
  await expect(candidates.getByRole('listitem').first()).toContainText('救生圈');
  // By keyboard: the box, the words, away.
  await candidates.getByRole('checkbox').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await tool(page).getByRole('textbox').fill('带上救生圈');
  await page.keyboard.press('Control+Enter');
  await expect(tool(page).getByText('已派出 1 个单元')).toBeVisible();
  await expect(running(page, unit)).toContainText('待应答');

  // The phone rings without being touched.
  const task = phone.getByRole('article', { name: '涉水警情' });
  await expect(task).toContainText('新任务');
  await expect(task).toContainText('带上救生圈');
  await expect(task).toContainText(text);
  await expect(phone).toHaveTitle(/新任务/);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await phone.getByRole('button', { name: '接受任务' }).tap();
  await expect(running(page, unit)).toContainText('已接受');

  // Without a network the answer is kept, and says so.
  await phone.context().setOffline(true);
  await phone.getByRole('button', { name: '已到达' }).tap();
  await expect(task).toContainText('没有网络：“已到达”已保存');
  await expect(running(page, unit)).toContainText('已接受');
  await phone.context().setOffline(false);
  await expect(running(page, unit)).toContainText('已到达', { timeout: 40_000 });
  await expect(task).not.toContainText('没有网络');

  await phone.getByRole('button', { name: '办结' }).tap();
  await phone.getByRole('textbox').fill('救起一人');
  await phone.getByRole('button', { name: '确定' }).tap();
  await expect(phone.getByText('暂无任务')).toBeVisible();
  // It lies among the finished ones now, which are folded away.
  await expect(running(page, unit)).toBeHidden();
  const told = (await (await page.request.get(`/api/incidents/${incident.id}`)).json()) as {
    timeline: { kind: string; unit?: { callSign: string } | null }[];
  };
  expect(told.timeline.map(({ kind }) => kind)).toEqual(['created', 'dispatched', 'accepted', 'arrived', 'closed']);
  await phone.context().close();
});

test('a crew that cannot go says why; the desk calls a unit back and answers for one by radio', async ({
  page,
  browser,
}) => {
  const phone = await takePhone(browser);
  // On the map screen, too, a crew is called.
  await phone.goto('/');
  const unit = await equipOwnUnit(phone);
  const incident = await recordNear(page.request, unit, `测试 ${uuidv7()}`);
  const send = async () => {
    const answer = await page.request.put(`/api/dispatches/${uuidv7()}`, {
      data: { incidentId: incident.id, unitIds: [unit.id] },
    });
    expect(answer.status(), await answer.text()).toBe(201);
  };
  await expect(phone.getByRole('region', { name: '我的巡逻单元' })).toBeVisible({ timeout: 60_000 });
  await send();
  await phone
    .getByRole('alert')
    .getByRole('link', { name: /新任务/ })
    .tap();
  await expect(phone).toHaveURL(/\/duty/);
  await phone.getByRole('button', { name: '无法前往' }).tap();
  await expect(phone.getByRole('button', { name: '确定' })).toBeDisabled();
  await phone.getByRole('button', { name: '缺少装备' }).tap();
  await phone.getByRole('button', { name: '确定' }).tap();
  await expect(phone.getByText('暂无任务')).toBeVisible();

  await page.goto('/map');
  await expect(page.getByRole('toolbar', { name: '工具' })).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('d');
  await tool(page).getByText('最近结束的').click();
  await expect(running(page, unit)).toContainText('缺少装备', { timeout: 60_000 });

  await send();
  await expect(running(page, unit)).toContainText('待应答');
  await running(page, unit).getByRole('button', { name: '电台应答' }).click();
  await running(page, unit).getByRole('button', { name: '已接受' }).click();
  await expect(running(page, unit)).toContainText('电台');
  await expect(phone.getByRole('button', { name: '已到达' })).toBeVisible();
  await running(page, unit).getByRole('button', { name: '召回' }).click();
  await running(page, unit).getByRole('button', { name: '确认召回' }).click();
  await expect(running(page, unit)).not.toContainText('电台应答');
  await expect(phone.getByText('暂无任务')).toBeVisible();
  await phone.context().close();
});
