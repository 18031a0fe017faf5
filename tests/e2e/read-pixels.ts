import type { Page } from '@playwright/test';

/** A picture of a part of the page: red, green, blue at a place in CSS pixels from its left upper corner. */
export interface Pixels {
  width: number;
  height: number;
  at(x: number, y: number): [r: number, g: number, b: number];
}

export async function readPixels(
  page: Page,
  clip: { x: number; y: number; width: number; height: number },
): Promise<Pixels> {
  const png = await page.screenshot({ clip, timeout: 60_000 });
  const { width, height, base64 } = await page.evaluate(async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = '';
    for (let i = 0; i < data.length; i += 32_768) text += String.fromCharCode(...data.subarray(i, i + 32_768));
    return { width: bitmap.width, height: bitmap.height, base64: btoa(text) };
  }, png.toString('base64'));
  const data = Buffer.from(base64, 'base64');
  return {
    width,
    height,
    at(x, y) {
      const at = 4 * (Math.round(y) * width + Math.round(x));
      return [data[at]!, data[at + 1]!, data[at + 2]!];
    },
  };
}
