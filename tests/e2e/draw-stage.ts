import { expect, type Locator } from '@playwright/test';

const tilePx = 512;
const maxFitZoom = 17;
const paddingPx = 40;

const mercator = ([lng = 0, lat = 0]: readonly number[]): [x: number, y: number] => [
  lng / 360 + 0.5,
  0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI),
];

/**
 * Where a place stands on the small map that an area is drawn on, which shows the whole area as long as nobody moved
 * it. Waits until that map takes the pointer.
 */
export async function placeOnStage(
  stage: Locator,
  ring: readonly (readonly number[])[],
  lngLat: readonly number[],
): Promise<{ x: number; y: number }> {
  await expect(stage).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
  const box = (await stage.boundingBox())!;
  const places = ring.map(mercator);
  const [west, east] = extremes(places.map(([x]) => x));
  const [north, south] = extremes(places.map(([, y]) => y));
  const perWorld = Math.min(
    (box.width - 2 * paddingPx) / (east - west),
    (box.height - 2 * paddingPx) / (south - north),
    tilePx * 2 ** maxFitZoom,
  );
  const [x, y] = mercator(lngLat);
  return {
    x: box.x + box.width / 2 + (x - (west + east) / 2) * perWorld,
    y: box.y + box.height / 2 + (y - (north + south) / 2) * perWorld,
  };
}

const extremes = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** Takes what stands in one place to another, as a hand does. */
export async function drag(
  stage: Locator,
  from: { x: number; y: number },
  to: { x: number; y: number },
): Promise<void> {
  const { mouse } = stage.page();
  await mouse.move(from.x, from.y);
  await mouse.down();
  // In steps: the map tells a drag from a click by the way it went.
  await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await mouse.move(to.x, to.y);
  await mouse.up();
}
