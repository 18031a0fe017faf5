import { expect, test } from '@playwright/test';
import { nobody, signInAs } from './sign-in.ts';

test.use({ viewport: { width: 390, height: 844 }, storageState: nobody, contextOptions: { reducedMotion: 'reduce' } });

test('on a volunteer’s phone the legend of incidents stands clear of the scale bar', async ({ page, context }) => {
  await signInAs(context, 'volunteer');
  await page.goto('/');
  const legend = page.getByTestId('incident-legend');
  const scale = page.locator('.maplibregl-ctrl-scale');
  await expect(legend).toBeVisible({ timeout: 60_000 });
  await expect(scale).toBeVisible();
  const [above, below] = [(await legend.boundingBox())!, (await scale.boundingBox())!];
  expect(above.y + above.height).toBeLessThanOrEqual(below.y);
});
