import { expect, test } from '@playwright/test';
import { countGpuObjects, readFootprint, type Footprint } from './soak/footprint.ts';
import { WallLife, type Lived } from './soak/wall-life.ts';
import { nobody, signInAs } from './sign-in.ts';

// A wall runs for weeks. What it holds may not grow with what it has seen.
test.use({ viewport: { width: 480, height: 270 }, storageState: nobody, contextOptions: { reducedMotion: 'reduce' } });

/** SOAK_S=1800 runs it for half an hour. */
const soakS = Number(process.env['SOAK_S'] ?? 32);
/**
 * A long one tours and flies to whoever calls for help too. The map then keeps tiles until its store is full, which takes
 * minutes in which nothing can be said.
 */
const isLong = soakS >= 300;
/** Trails are three minutes long: before that they grow. Every kind of alert was shown. */
const warmUpTicks = 260;
const warmUpS = isLong ? 120 : 15;
const parts = 4;

test('a wall that has seen many ticks, incidents and alerts holds no more than at first', async ({ page }) => {
  test.setTimeout((soakS + 300) * 1000);
  await signInAs(page.context(), 'wall');
  await page.addInitScript(countGpuObjects);
  const life = await WallLife.begin(page.request, page);
  try {
    await page.goto(`/wall?tour=${isLong ? 1 : 0}`);
    await expect(page.locator('canvas.maplibregl-canvas')).toBeVisible({ timeout: 90_000 });
    await expect(page.getByTestId('alert-strip')).toBeVisible({ timeout: 60_000 });
    const cdp = await page.context().newCDPSession(page);
    const samples: (Footprint & Lived)[] = [];
    const sample = async () => {
      const footprint = await readFootprint(page, cdp);
      samples.push({ ...footprint, ...life.lived });
    };
    const begunAt = life.lived.ticks;
    await page.waitForTimeout(warmUpS * 1000);
    await expect.poll(() => life.lived.ticks - begunAt, { timeout: 120_000 }).toBeGreaterThan(warmUpTicks);
    await sample();
    for (let part = 0; part < parts; part++) {
      await page.waitForTimeout((soakS / parts) * 1000);
      await sample();
    }
    // A tour that goes on fills caches for some minutes more: a long one is judged from its second sample on.
    const [first, last] = [samples[isLong ? 1 : 0]!, samples.at(-1)!];
    process.stdout.write(`wall soak, ${soakS} s:\n${samples.map((one) => JSON.stringify(one)).join('\n')}\n`);
    expect(last.taken - first.taken).toBeGreaterThan(soakS);
    expect(last.alerts - first.alerts).toBeGreaterThan(soakS / 5);
    // The least of the later half: a picture may be under way in one of them.
    const grown = (name: keyof Footprint): number =>
      Math.min(...samples.slice(1 + parts / 2).map((one) => one[name])) - first[name];
    // A frame kept with each tick is 0.3 MB and more; rows of feed and strip that stayed would be thousands of nodes, while those
    // of a call for help come and go.
    expect.soft(grown('heapBytes'), 'bytes of heap').toBeLessThan(1_500_000);
    expect.soft(grown('bufferBytes'), 'bytes of array buffers').toBeLessThan(280_000);
    expect.soft(grown('nodes'), 'DOM nodes').toBeLessThanOrEqual(400);
    expect.soft(grown('listeners'), 'event listeners').toBeLessThanOrEqual(20);
    expect.soft(grown('gpuBuffers'), 'GPU buffers').toBeLessThanOrEqual(12);
    expect.soft(grown('gpuBufferBytes'), 'bytes of GPU buffers').toBeLessThan(800_000);
    expect.soft(grown('gpuTextures'), 'GPU textures').toBeLessThanOrEqual(8);
    expect.soft(grown('gpuOthers'), 'other GPU objects').toBeLessThanOrEqual(12);
  } finally {
    await life.end();
  }
});
