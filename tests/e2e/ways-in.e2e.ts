import { expect, test, type Page } from '@playwright/test';
import type { NewInvitation, Session } from '../../api/accounts/contract.ts';
import { codeAt, stepSeconds } from '../../api/accounts/second-factor/totp.ts';
import { fromBase32 } from '../fixtures/from-base32.ts';
import { nobody, signInAs } from './sign-in.ts';
import { startServerProcess } from './start-server.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({
  viewport: { width: 900, height: 600 },
  actionTimeout: 20_000,
  storageState: nobody,
  contextOptions: { reducedMotion: 'reduce' },
});

const password = 'seven lanterns over the canal';
const newPassword = 'eight herons under the bridge';

/** As an authenticator shows it. Each holds once, so the next one is `ahead` of the last. */
const codeOf = (secret: string, ahead = 0): string =>
  codeAt(fromBase32(secret), Math.floor(Date.now() / 1000 / stepSeconds) + ahead);

/** A phone's or laptop's own authenticator, whose owner always agrees. */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Gives the own password in the dialog that asks who sits there. */
async function confirmBy(page: Page, own: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/确认是本人操作/).fill(own);
  await dialog.getByRole('button', { name: '继续' }).click();
  await expect(dialog).toHaveCount(0);
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test('the printed link makes the first administrator, who sets up a code and a passkey and comes back with either', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const server = await startServerProcess({ args: ['--no-demo'] });
  try {
    await addAuthenticator(page);
    await page.goto(`${server.url}/sign-in`);
    await expect(page.getByText('还没有管理员账号')).toBeVisible();

    const link = /http:\/\/\S+\/setup#[\w-]{43}/.exec(server.output())?.[0];
    await page.goto(link!);
    await page.getByLabel('最上级单位名称').fill('桥西派出所');
    await page.getByLabel('姓名').fill('赵所长');
    await page.getByLabel('用户名').fill('zhao');
    await page.getByLabel('密码', { exact: true }).fill(password);
    await button(page, '建立管理员').click();

    // Nothing else opens before there is a second factor.
    await expect(page.getByText('您的角色必须有第二步验证')).toBeVisible();
    await page.goto(`${server.url}/admin`);
    await expect(page).toHaveURL(/\/account$/);

    await button(page, '开启第二步验证').click();
    await confirmBy(page, password);
    const factor = section(page, '第二步验证');
    const secret = (await factor.locator('code').innerText()).trim();
    await factor.getByLabel('验证码').fill(codeOf(secret));
    await factor.getByRole('button', { name: '开启', exact: true }).click();
    await expect(factor.getByRole('listitem')).toHaveCount(10);
    await factor.getByRole('button', { name: '已保存好' }).click();
    await expect(factor.getByText('还有 10 个恢复码可用')).toBeVisible();
    await expect(page.getByText('您的角色必须有第二步验证')).toHaveCount(0);

    await button(page, '添加通行密钥').click();
    await confirmBy(page, password);
    await expect(section(page, '通行密钥').getByRole('listitem')).toHaveCount(1);
    const devices = section(page, '登录中的设备');
    await expect(devices.getByText('当前设备')).toBeVisible();

    await button(page, '退出登录').click();
    await page.getByLabel('用户名').fill('zhao');
    await page.getByLabel('密码', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByLabel('验证码').fill('000000');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toBeVisible();
    await page.getByLabel('验证码').fill(codeOf(secret, 1));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/admin/);

    await page.goto(`${server.url}/account`);
    await page.getByLabel('现在的密码').fill('not this one at all');
    await page.getByLabel('新密码').fill(newPassword);
    await button(page, '修改密码').click();
    await expect(page.getByText('密码不对')).toBeVisible();
    await page.getByLabel('现在的密码').fill(password);
    await page.getByLabel('新密码').fill(newPassword);
    await button(page, '修改密码').click();
    await expect(page.getByText('密码已修改')).toBeVisible();
    await expect(devices.getByRole('listitem')).toHaveCount(1);
    await expect(devices.getByText('当前设备')).toBeVisible();

    await button(page, '退出登录').click();
    await button(page, '用通行密钥登录').click();
    await expect(page).toHaveURL(/\/admin/);

    await page.goto(`${server.url}/account`);
    await section(page, '通行密钥').getByRole('button', { name: '移除' }).click();
    await confirmBy(page, newPassword);
    await expect(section(page, '通行密钥').getByRole('listitem')).toHaveCount(0);

    await page.context().clearCookies();
    await page.goto(link!);
    await expect(page.getByText('这个链接无效、已用过或已过期')).toBeVisible();
  } finally {
    await server.remove();
  }
});

test('an officer’s invitation, opened on a phone, makes a volunteer who sees their own first screen', async ({
  page,
  browser,
}) => {
  const desk = await browser.newContext({ storageState: nobody, baseURL: process.env['E2E_URL']! });
  await signInAs(desk, 'officer');
  const { features } = (await (await desk.request.get('/api/sentinels')).json()) as { features: { id: string }[] };
  let invitation: NewInvitation | undefined;
  // An officer invites to the points of the own grid only.
  for (const { id } of features) {
    const answer = await desk.request.post('/api/invitations', { data: { sentinelId: id, displayName: '王阿姨' } });
    if (answer.status() !== 201) continue;
    invitation = (await answer.json()) as NewInvitation;
    break;
  }
  await desk.close();

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(invitation!.link);
  await expect(page.getByText(`您受邀成为哨点“${invitation!.sentinelName}”的志愿者`)).toBeVisible();
  expect(page.url()).not.toContain('#');
  await expect(page.getByLabel('姓名')).toHaveValue('王阿姨');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.getByLabel('用户名').fill(`aunt-${Date.now()}`);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await button(page, '加入').click();
  const own = page.getByRole('region', { name: '我的巡逻单元' });
  await expect(own.getByText('您现在不在任何巡逻单元的班次里')).toBeVisible({ timeout: 60_000 });
  const session = await page.evaluate(async () => (await (await fetch('/api/session')).json()) as Session);
  expect(session).toMatchObject({ mainRole: 'volunteer', account: { displayName: '王阿姨' } });

  await page.context().clearCookies();
  await page.goto(invitation!.link);
  await expect(page.getByText('这个链接无效、已用过或已过期')).toBeVisible();
});

test('a wall link signs a screen in, once', async ({ page, browser, baseURL }) => {
  const desk = await browser.newContext({ storageState: nobody, baseURL: baseURL! });
  await signInAs(desk, 'administrator');
  const { stations } = (await (await desk.request.get('/api/stations')).json()) as { stations: { id: string }[] };
  const { accounts } = (await (await desk.request.get(`/api/accounts?station=${stations[0]!.id}`)).json()) as {
    accounts: { id: string; username: string }[];
  };
  const { id } = accounts.find(({ username }) => username === 'wall')!;
  const answer = await desk.request.post(`/api/accounts/${id}/wall-link`);
  const { url } = (await answer.json()) as { url: string };
  await desk.close();

  await page.goto(url);
  await expect
    .poll(() => page.evaluate(async () => ((await (await fetch('/api/session')).json()) as Partial<Session>).mainRole))
    .toBe('wall');
  await expect(page.getByRole('heading', { name: '大屏登录' })).toHaveCount(0);
  // The token is in nobody's history.
  expect(page.url()).not.toContain('#');
  await page.context().clearCookies();
  await page.goto(url);
  await expect(page.getByText('这个链接无效、已用过或已过期')).toBeVisible();
});

test('who comes back from an identity provider refused reads why, and nothing that the address says', async ({
  page,
}) => {
  await page.goto('/sign-in?refused=unknown-identity');
  await expect(page.getByText('这个统一身份还没有关联本系统的账号')).toBeVisible();
  await page.goto('/sign-in?refused=Call+this+number');
  await expect(page.getByText('统一身份登录没有成功')).toBeVisible();
  await expect(page.getByText('Call this number')).toHaveCount(0);
});
