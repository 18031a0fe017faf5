import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { writeOsmPbf } from '../fixtures/write-osm-pbf.ts';

test.use({ viewport: { width: 900, height: 520 }, contextOptions: { reducedMotion: 'reduce' } });

/** Characters that are in no text of the screen and in no name that is shipped ahead, so only the map asks for them. */
const name = '赟鼋彧';
const place: [lng: number, lat: number] = [121.3, 31.2];

test('an imported town is named in its own rare characters, not in boxes, on a machine without a Chinese font', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const dataDir = process.env['E2E_DATA_DIR'];
  if (!dataDir) throw new Error('E2E_URL names a server whose data directory E2E_DATA_DIR has to name too.');
  const kept = mkdtempSync(join(tmpdir(), 'sd-'));
  try {
    const extract = join(kept, 'town.osm.pbf');
    writeFileSync(extract, writeOsmPbf({ nodes: [{ id: 1, lngLat: place, tags: { place: 'city', name } }] }));
    await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, '../../api/commands/import.ts'), 'osm', extract, '--station', '柳湾派出所'],
      { env: { ...process.env, DATABASE_URL: '', DATA_DIR: dataDir } },
    );
    const slices: string[] = [];
    page.on('response', (response) => {
      if (/noto-sans-sc-\d+-600.*\.woff2$/.test(response.url()) && response.ok()) slices.push(response.url());
    });
    await page.goto(`/?v=14/${place[1]}/${place[0]}&layers=`);
    const canvas = page.locator('canvas.maplibregl-canvas');
    await expect(canvas).toBeVisible();
    const box = (await canvas.boundingBox())!;
    const shot = async () => (await page.screenshot({ clip })).toString('base64');
    const clip = { x: box.x + box.width / 2 - 100, y: box.y + box.height / 2 - 40, width: 200, height: 80 };
    // Only the map may ask for these characters: comparing needs them too, and so waits until the name is drawn.
    await expect.poll(async () => inkOf(page, await shot()), { timeout: 120_000 }).toBeGreaterThan(0.004);
    expect(slices.length, 'slices of the font that the map asked for').toBeGreaterThan(0);
    await expect(async () => {
      const likeness = await compare(page, await shot());
      // The name against itself is near 1, against boxes far below.
      expect(likeness.name, JSON.stringify(likeness)).toBeGreaterThan(0.75);
      expect(likeness.boxes, JSON.stringify(likeness)).toBeLessThan(0.6);
    }).toPass({ timeout: 30_000 });
  } finally {
    rmSync(kept, { recursive: true, force: true });
  }
});

/** Share of a picture that is far from the colour of most of it. */
async function inkOf(page: Page, png: string): Promise<number> {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    const greens = data.filter((_, index) => index % 4 === 1);
    const ground = greens.toSorted()[greens.length >> 1]!;
    return greens.filter((green) => Math.abs(green - ground) > 60).length / greens.length;
  }, png);
}

/**
 * How like the picture is to the name and to as many boxes of the machine's own font: the best correlation of the
 * brightness anywhere in it, at the sizes the map may draw at.
 */
async function compare(page: Page, png: string): Promise<{ name: number; boxes: number }> {
  return page.evaluate(
    async ({ png, name }) => {
      const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const { width, height } = bitmap;
      const penOf = (w: number, h: number) => new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true })!;
      const inkOf = (pen: OffscreenCanvasRenderingContext2D, w: number, h: number): Float32Array => {
        const { data } = pen.getImageData(0, 0, w, h);
        const ink = new Float32Array(w * h);
        for (let i = 0; i < ink.length; i++) ink[i] = data[4 * i]! + data[4 * i + 1]! + data[4 * i + 2]!;
        return ink;
      };
      const shown = penOf(width, height);
      shown.drawImage(bitmap, 0, 0);
      const picture = inkOf(shown, width, height);

      const bestOf = (text: string, font: string): number => {
        let best = 0;
        for (let size = 20; size <= 24; size += 0.5) {
          const [w, h] = [Math.ceil(size * 3.4), Math.ceil(size * 1.2)];
          const pen = penOf(w, h);
          pen.fillStyle = '#fff';
          pen.fillRect(0, 0, w, h);
          pen.fillStyle = '#000';
          pen.font = `600 ${size}px ${font}`;
          pen.letterSpacing = `${size * 0.06}px`;
          pen.textBaseline = 'middle';
          pen.fillText(text, size * 0.1, h / 2);
          const wanted = inkOf(pen, w, h);
          for (let y = 0; y + h <= height; y++)
            for (let x = 0; x + w <= width; x++) best = Math.max(best, correlate(wanted, w, h, x, y));
        }
        return best;
      };
      const correlate = (wanted: Float32Array, w: number, h: number, left: number, top: number): number => {
        let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
        for (let y = 0; y < h; y++)
          for (let x = 0; x < w; x++) {
            const p = picture[(top + y) * width + left + x]!;
            const q = wanted[y * w + x]!;
            a += p;
            b += q;
            aa += p * p;
            bb += q * q;
            ab += p * q;
          }
        const n = w * h;
        const spread = (aa - (a * a) / n) * (bb - (b * b) / n);
        return spread > 0 ? Math.abs(ab - (a * b) / n) / Math.sqrt(spread) : 0;
      };
      // Asked for here so that the comparison has them; the map was drawn before.
      await document.fonts.load("600 24px 'Noto Sans SC'", name);
      // A private character is in no font: what the machine draws for it is its box.
      return { name: bestOf(name, "'Noto Sans SC'"), boxes: bestOf('\u{e000}\u{e001}\u{e002}', 'sans-serif') };
    },
    { png, name },
  );
}
