import { unitKinds } from '$api/positions/contract.ts';
import { sentinelKinds, type SentinelKind } from '$api/sentinels/contract.ts';
import { cssColor, type MapPalette } from './palette.ts';
import { sentinelPictograms, unitPictograms, type Pictogram } from './pictograms.ts';

/** Side of one cell of an atlas in texels: twice the largest size on the screen at two texels a pixel. */
export const cellPx = 96;

function makeCanvas(cells: number): [OffscreenCanvas, OffscreenCanvasRenderingContext2D] {
  const canvas = new OffscreenCanvas(cells * cellPx, cellPx);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser gives no 2D canvas to draw symbols on.');
  return [canvas, pen];
}

/** Strokes a pictogram into a square of side `sizePx` whose middle is (x, y). */
function strokePictogram(
  pen: OffscreenCanvasRenderingContext2D,
  pictogram: Pictogram,
  x: number,
  y: number,
  sizePx: number,
): void {
  pen.save();
  pen.translate(x - sizePx / 2, y - sizePx / 2);
  pen.scale(sizePx / 24, sizePx / 24);
  pen.lineWidth = 2.2;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  for (const path of pictogram) pen.stroke(new Path2D(path));
  pen.restore();
}

/** White pictograms of the unit kinds in a row, in the order of `unitKinds`; the GPU reads their alpha as a mask. */
export function drawUnitPictograms(): OffscreenCanvas {
  const [canvas, pen] = makeCanvas(unitKinds.length);
  pen.strokeStyle = '#fff';
  for (const [i, kind] of unitKinds.entries())
    strokePictogram(pen, unitPictograms[kind], (i + 0.5) * cellPx, cellPx / 2, cellPx * 0.92);
  return canvas;
}

export interface IconCell {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where each sentinel symbol lies in the canvas of `drawSentinelSymbols`; the cluster's is the last. */
export const sentinelSymbolCells = Object.fromEntries(
  [...sentinelKinds, 'cluster' as const].map((name, i) => [
    name,
    { x: i * cellPx, y: 0, width: cellPx, height: cellPx },
  ]),
) as Record<SentinelKind | 'cluster', IconCell>;

/** Sentinel points as tiles with the pictogram of their kind, clusters as discs: units are filled, these are framed. */
export function drawSentinelSymbols(palette: MapPalette): OffscreenCanvas {
  const [canvas, pen] = makeCanvas(sentinelKinds.length + 1);
  for (const kind of sentinelKinds) {
    const { x } = sentinelSymbolCells[kind];
    pen.beginPath();
    pen.roundRect(x + 8, 8, cellPx - 16, cellPx - 16, 20);
    outline(pen, palette);
    pen.strokeStyle = cssColor(palette.sentinelInk);
    strokePictogram(pen, sentinelPictograms[kind], x + cellPx / 2, cellPx / 2, cellPx * 0.52);
  }
  const { x } = sentinelSymbolCells.cluster;
  pen.beginPath();
  pen.arc(x + cellPx / 2, cellPx / 2, cellPx / 2 - 8, 0, 2 * Math.PI);
  pen.fillStyle = cssColor(palette.clusterFill);
  pen.fill();
  pen.lineWidth = 6;
  pen.strokeStyle = cssColor(palette.rim);
  pen.stroke();
  return canvas;
}

function outline(pen: OffscreenCanvasRenderingContext2D, palette: MapPalette): void {
  pen.lineWidth = 14;
  pen.strokeStyle = cssColor(palette.rim);
  pen.stroke();
  pen.lineWidth = 6;
  pen.strokeStyle = cssColor(palette.sentinelInk);
  pen.fillStyle = cssColor(palette.sentinelFill);
  pen.fill();
  pen.stroke();
}
