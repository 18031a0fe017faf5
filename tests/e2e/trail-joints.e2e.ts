import { expect, test } from '@playwright/test';
import { palettes } from '../../src/lib/layers/palette.ts';
import { address, chooseSpot, putUnit, type LngLat } from './demo-units.ts';
import { readPixels } from './read-pixels.ts';

test.use({ viewport: { width: 760, height: 420 }, colorScheme: 'light', contextOptions: { reducedMotion: 'reduce' } });

/** CSS pixels from the middle of the map: a straight way, then bends; each step is long enough to be told as one. */
const way = [
  [-200, 60],
  [-140, 50],
  [-80, 40],
  [-20, 30],
  [10, -30],
  [40, 40],
  [100, 45],
  [100, -20],
  [150, 40],
] as const;
const zoom = 18;
/** As much as a step is opaque when it is new. */
const newAlpha = 0.75;

test('a trail is as opaque at its joints as between them, and fades evenly', async ({ page, request }) => {
  const { car, spot } = await chooseSpot(request, 1);
  const [lng, lat] = spot;
  const degreesPerPx = 360 / (512 * 2 ** zoom);
  const placeAt = ([x, y]: readonly [number, number]): LngLat => [
    lng + x * degreesPerPx,
    lat - y * degreesPerPx * Math.cos((lat * Math.PI) / 180),
  ];
  await page.goto(address(spot, zoom, '&layers=trails'));
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  const canvas = page.locator('canvas.maplibregl-canvas');
  await expect(canvas).toBeVisible();
  await putUnit(request, car, placeAt(way[0]), 60_000);
  // The base map is drawn, and the car was told there: before that it was too far away for a step.
  await page.waitForTimeout(6000);
  const box = (await canvas.boundingBox())!;
  const clip = { x: box.x + box.width / 2 - 220, y: box.y + box.height / 2 - 80, width: 390, height: 160 };
  const ground = await readPixels(page, clip);
  for (const [i, place] of way.slice(1).entries()) {
    await putUnit(request, car, placeAt(place), 60_000 + i * 100);
    // One step a tick.
    await page.waitForTimeout(2200);
  }
  await page.waitForTimeout(2000);
  const picture = await readPixels(page, clip);

  const ink = palettes.light.units.car;
  /** How much of the ink lies over the ground, whatever the ground is. */
  const alphaAt = (x: number, y: number): number => {
    const [under, seen] = [ground.at(x + 220, y + 80), picture.at(x + 220, y + 80)];
    const [over, whole] = [0, 1, 2].reduce(
      ([a, b], c) => {
        const towards = ink[c]! - under[c]!;
        return [a! + (seen[c]! - under[c]!) * towards, b! + towards * towards];
      },
      [0, 0],
    );
    return over! / whole!;
  };
  /**
   * Pixel for pixel along the way, from old to new, that far to the right of its middle. Not on the first step:
   * how the car came to its beginning is part of the ground.
   */
  const alphasBeside = (offsetPx: number): number[] =>
    way.slice(2).flatMap(([toX, toY], i) => {
      const [fromX, fromY] = way[i + 1]!;
      const lengthPx = Math.hypot(toX - fromX, toY - fromY);
      const [dx, dy] = [(toX - fromX) / lengthPx, (toY - fromY) / lengthPx];
      return Array.from({ length: Math.floor(lengthPx) }, (_, along) =>
        alphaAt(fromX + dx * along - dy * offsetPx, fromY + dy * along + dx * offsetPx),
      );
    });

  const alphas = alphasBeside(0);
  expect(Math.min(...alphas), 'no gap along the middle').toBeGreaterThan(0.4);
  expect(Math.max(...alphas), 'nothing is drawn twice along the middle').toBeLessThan(newAlpha + 0.03);
  const jumps = alphas.slice(1).map((alpha, i) => alpha - alphas[i]!);
  expect(Math.min(...jumps), 'fades evenly, without a stripe').toBeGreaterThan(-0.04);
  expect(Math.max(...jumps), 'fades evenly, without a stripe').toBeLessThan(0.04);
  // Bends overlap inside and gape outside unless they are joined: both sides of the line, at every joint.
  for (const offsetPx of [-1.5, 1.5]) {
    const beside = alphasBeside(offsetPx);
    expect(Math.max(...beside), `nothing is drawn twice ${offsetPx} px beside`).toBeLessThan(newAlpha + 0.03);
    expect(Math.min(...beside), `no notch ${offsetPx} px beside`).toBeGreaterThan(0.4);
  }
});
