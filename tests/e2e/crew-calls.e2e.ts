import { expect, test } from '@playwright/test';
import type { Alert } from '../../api/alerts/contract.ts';
import { readUnits } from './demo-units.ts';
import { kioskLaunch } from './kiosk.ts';
import { nobody, signInAs } from './sign-in.ts';

test.use({
  viewport: { width: 960, height: 540 },
  storageState: nobody,
  contextOptions: { reducedMotion: 'reduce' },
  launchOptions: kioskLaunch,
});
test.setTimeout(400_000);

test('a crew holds the button on its phone, and the wall rings and shows who it is until it is over', async ({
  page,
  browser,
}) => {
  // What is played is written down: there is no loudspeaker here.
  await page.addInitScript(() => {
    const played: number[] = ((globalThis as unknown as { played: number[] }).played = []);
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (this: OscillatorNode, when?: number) {
      played.push(this.frequency.value);
      start.call(this, when);
    };
  });
  const played = () => page.evaluate(() => (globalThis as unknown as { played: number[] }).played);
  await signInAs(page.context(), 'wall');
  await page.goto('/wall');
  await expect(page.getByTestId('data-age')).toHaveText('数据为最新', { timeout: 90_000 });

  const context = await browser.newContext({
    baseURL: process.env['E2E_URL']!,
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    storageState: nobody,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  });
  try {
    await signInAs(context, 'volunteer');
    const [own] = await readUnits(context.request);
    // Another test may have ended its shift.
    await context.request.post(`/api/units/${own!.id}/shift`, { data: { action: 'start' } });
    const phone = await context.newPage();
    await phone.goto('/duty');
    await expect(phone.getByRole('button', { name: '长按求助' })).toBeVisible({ timeout: 60_000 });
    // Its words change while it is held.
    const button = phone.locator('.sos button');
    const strip = page.getByTestId('alert-strip');
    const call = strip.getByText(`${own!.callSign} 求助 SOS`);
    await expect(call).toHaveCount(0);

    // Touched in passing it does nothing.
    await button.dispatchEvent('pointerdown');
    await button.dispatchEvent('pointerup');
    await expect(phone.locator('.sos')).toHaveAttribute('data-standing', 'none');
    await button.dispatchEvent('pointerdown');
    await expect(phone.getByText(/求助已送达指挥台|指挥台已看到/)).toBeVisible({ timeout: 60_000 });

    await expect(call).toBeVisible({ timeout: 60_000 });
    const { alerts } = (await (await page.request.get('/api/alerts')).json()) as { alerts: Alert[] };
    expect(alerts.filter(({ kind, callSign }) => kind === 'sos' && callSign === own!.callSign)).toMatchObject([
      { severity: 'critical' },
    ]);
    await expect(strip.locator('.alert').first()).toContainText('SOS');
    // Its own sound, again and again.
    await expect
      .poll(async () => (await played()).filter((hertz) => hertz === 960).length, { timeout: 90_000 })
      .toBeGreaterThan(8);

    await phone.getByRole('button', { name: '我安全，取消求助' }).click();
    await expect(call).toHaveCount(0, { timeout: 60_000 });
  } finally {
    await context.close();
  }
});
