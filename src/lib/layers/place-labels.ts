import type { LngLat } from '$api/positions/contract.ts';
import { mercatorOf } from '$lib/geo/mercator.ts';

export interface LabelCandidate {
  /** The same from one placing to the next. */
  id: string;
  text: string;
  lngLat: LngLat;
  sizePx: number;
  /** From the position to the middle of the text, CSS pixels, y down. */
  offsetPx: readonly [x: number, y: number];
  /** Higher ones are placed first. */
  priority: number;
}

/** Width of a text in CSS pixels: Chinese is as wide as high, Latin and digits about 0.56 of it. */
export function textWidthPx(text: string, sizePx: number): number {
  let ems = 0;
  for (const character of text) ems += character.codePointAt(0)! > 0x2e7f ? 1 : 0.56;
  return ems * sizePx;
}

const cellPx = 64;
const worldPx = 512;

/**
 * Those labels that can stand without covering one another, on a map of this zoom and bearing. Labels in `shown` come
 * before equals, so that they do not blink while things move.
 */
export function placeLabels<L extends LabelCandidate>(
  candidates: readonly L[],
  { zoom, bearingDeg = 0, shown = new Set() }: { zoom: number; bearingDeg?: number; shown?: ReadonlySet<string> },
): L[] {
  const scale = worldPx * 2 ** zoom;
  const cos = scale * Math.cos((bearingDeg * Math.PI) / 180);
  const sin = scale * Math.sin((bearingDeg * Math.PI) / 180);
  const rank = (label: L): number => label.priority * 2 + (shown.has(label.id) ? 1 : 0);
  const cells = new Map<string, [west: number, north: number, east: number, south: number][]>();
  const placed: L[] = [];
  for (const label of candidates.toSorted((a, b) => rank(b) - rank(a))) {
    const [x, y] = mercatorOf(label.lngLat);
    const halfWidth = textWidthPx(label.text, label.sizePx) / 2 + 4;
    const lines = label.text.split('\n').length;
    const halfHeight = (lines * label.sizePx * 1.3) / 2 + 2;
    const middleX = x * cos + y * sin + label.offsetPx[0];
    const middleY = y * cos - x * sin + label.offsetPx[1];
    const box = [middleX - halfWidth, middleY - halfHeight, middleX + halfWidth, middleY + halfHeight] as const;
    const keys = cellKeys(box);
    const isFree = keys.every((key) => !cells.get(key)?.some((other) => doTouch(box, other)));
    if (!isFree) continue;
    placed.push(label);
    for (const key of keys) {
      const cell = cells.get(key);
      if (cell) cell.push([...box]);
      else cells.set(key, [[...box]]);
    }
  }
  return placed;
}

type Box = readonly [west: number, north: number, east: number, south: number];

const doTouch = (a: Box, b: Box): boolean => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

function cellKeys([west, north, east, south]: Box): string[] {
  const keys: string[] = [];
  for (let column = Math.floor(west / cellPx); column <= Math.floor(east / cellPx); column++)
    for (let row = Math.floor(north / cellPx); row <= Math.floor(south / cellPx); row++) keys.push(`${column}/${row}`);
  return keys;
}
