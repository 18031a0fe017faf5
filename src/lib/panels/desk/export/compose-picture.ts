import type { MapPicture } from '$lib/map/map-extras.svelte.ts';
import type { Legend } from '../legend-rows.ts';

/** What is written on a picture besides the map. */
export interface PictureWords {
  title: string;
  time: string;
  legends: readonly Legend[];
  /** Where the map's data is from, and whose station it is. */
  attribution: string;
  /** In metres or kilometres, as the reader writes them. */
  sayLength(metres: number): string;
}

export interface PictureLook {
  ground: string;
  ink: string;
  faint: string;
  font: string;
}

/** A round length that is at most so many pixels long. */
export function scaleLength(metresPerPx: number, mostPx: number): number {
  const most = metresPerPx * mostPx;
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((step) => step * power).find((length) => length <= most)!;
}

/** Sizes on the page; the picture has `pixelRatio` as many. */
const edge = 14;
const lineHeight = 19;
const swatch = { width: 22, height: 12 };

/**
 * The map's picture between a line of what it is and one of what its colours mean, so that it can be understood by who
 * has nothing else. @returns a canvas of the map's size and more.
 */
export function composePicture(map: MapPicture, words: PictureWords, look: PictureLook): HTMLCanvasElement {
  const { pixelRatio } = map;
  const width = map.canvas.width / pixelRatio;
  const mapHeight = map.canvas.height / pixelRatio;
  const headHeight = 44;
  const measuring = document.createElement('canvas').getContext('2d')!;
  measuring.font = `13px ${look.font}`;
  const lines = words.legends.flatMap((legend) =>
    layOut(legend, width - 2 * edge, (text) => measuring.measureText(text).width),
  );
  const footHeight = 2 * edge + lineHeight * (lines.length + 1);
  const canvas = document.createElement('canvas');
  canvas.width = map.canvas.width;
  canvas.height = Math.round((headHeight + mapHeight + footHeight) * pixelRatio);
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = look.ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(map.canvas, 0, Math.round(headHeight * pixelRatio));
  pen.scale(pixelRatio, pixelRatio);
  pen.textBaseline = 'middle';

  pen.fillStyle = look.ink;
  pen.font = `600 17px ${look.font}`;
  pen.fillText(words.title, edge, headHeight / 2);
  pen.font = `13px ${look.font}`;
  pen.textAlign = 'right';
  pen.fillText(words.time, width - edge, headHeight / 2);
  pen.textAlign = 'left';

  drawScale(pen, { width, bottom: headHeight + mapHeight - 12 }, map.metresPerPx, words.sayLength, look);
  if (Math.abs(map.bearingDeg) > 0.05) drawNorth(pen, { x: width - 34, y: headHeight + 34 }, map.bearingDeg, look);

  let y = headHeight + mapHeight + edge + lineHeight / 2;
  for (const line of lines) {
    for (const part of line) {
      pen.globalAlpha = part.swatch?.opacity ?? 1;
      pen.fillStyle = part.swatch ? (part.swatch.color ?? look.ground) : part.isFaint ? look.faint : look.ink;
      if (part.swatch) pen.fillRect(edge + part.x, y - swatch.height / 2, swatch.width, swatch.height);
      else {
        pen.font = `${part.isStrong ? 600 : 400} 13px ${look.font}`;
        pen.fillText(part.text, edge + part.x, y);
      }
      pen.globalAlpha = 1;
      if (part.swatch && part.swatch.color === undefined) {
        pen.strokeStyle = look.faint;
        pen.strokeRect(edge + part.x + 0.5, y - swatch.height / 2 + 0.5, swatch.width - 1, swatch.height - 1);
      }
    }
    y += lineHeight;
  }
  pen.fillStyle = look.faint;
  pen.font = `12px ${look.font}`;
  pen.fillText(words.attribution, edge, y, width - 2 * edge);
  return canvas;
}

interface Part {
  x: number;
  text: string;
  isStrong?: boolean;
  isFaint?: boolean;
  swatch?: { color: string | undefined; opacity: number };
}

/** The legend in lines of this width; a swatch stays with its label. */
function layOut({ title, rows, hint }: Legend, width: number, widthOf: (text: string) => number): Part[][] {
  const lines: Part[][] = [[{ x: 0, text: title, isStrong: true }]];
  let x = widthOf(title) * 1.08 + 16;
  for (const { color, opacity, label, count } of rows) {
    const text = count === undefined ? label : `${label} ×${count}`;
    const taken = swatch.width + 6 + widthOf(text);
    if (x > 0 && x + taken > width) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)!.push({ x, text: '', swatch: { color, opacity } }, { x: x + swatch.width + 6, text });
    x += taken + 16;
  }
  if (hint !== '') lines.push([{ x: 0, text: hint, isFaint: true }]);
  return lines;
}

function drawScale(
  pen: CanvasRenderingContext2D,
  { width, bottom }: { width: number; bottom: number },
  metresPerPx: number,
  sayLength: (metres: number) => string,
  look: PictureLook,
): void {
  const metres = scaleLength(metresPerPx, Math.min(160, width / 4));
  const length = metres / metresPerPx;
  const text = sayLength(metres);
  pen.globalAlpha = 0.85;
  pen.fillStyle = look.ground;
  pen.fillRect(edge - 6, bottom - 24, Math.max(length, pen.measureText(text).width) + 14, 30);
  pen.globalAlpha = 1;
  pen.fillStyle = look.ink;
  pen.font = `12px ${look.font}`;
  pen.fillText(text, edge, bottom - 14);
  pen.strokeStyle = look.ink;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(edge, bottom - 6);
  pen.lineTo(edge, bottom);
  pen.lineTo(edge + length, bottom);
  pen.lineTo(edge + length, bottom - 6);
  pen.stroke();
}

/** Only where north is not up. */
function drawNorth(
  pen: CanvasRenderingContext2D,
  at: { x: number; y: number },
  bearingDeg: number,
  look: PictureLook,
): void {
  pen.save();
  pen.translate(at.x, at.y);
  pen.fillStyle = look.ground;
  pen.beginPath();
  pen.arc(0, 0, 20, 0, 2 * Math.PI);
  pen.fill();
  pen.rotate((-bearingDeg * Math.PI) / 180);
  pen.fillStyle = look.ink;
  pen.beginPath();
  pen.moveTo(0, -15);
  pen.lineTo(6, 0);
  pen.lineTo(-6, 0);
  pen.fill();
  pen.textAlign = 'center';
  pen.font = `600 12px ${look.font}`;
  pen.fillText('N', 0, 9);
  pen.restore();
}
