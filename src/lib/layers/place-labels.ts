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
  /** Tried in turn where the first is taken. */
  otherOffsetsPx?: readonly (readonly [x: number, y: number])[];
  /** Higher ones are placed first. */
  priority: number;
}

/** Width of a text in CSS pixels: Chinese is as wide as high, Latin and digits about 0.56 of it. */
export function textWidthPx(text: string, sizePx: number): number {
  let ems = 0;
  for (const character of text) ems += character.codePointAt(0)! > 0x2e7f ? 1 : 0.56;
  return ems * sizePx;
}

/** What no label may cover, such as another's symbol. */
export interface Obstacle {
  /** Of the label that belongs to it and may touch it. */
  id: string;
  lngLat: LngLat;
  radiusPx: number;
}

const cellPx = 64;
const worldPx = 512;

/**
 * Those labels that can stand without covering one another, on a map of this zoom and bearing. Labels in `shown` come
 * before equals, so that they do not blink while things move.
 */
export function placeLabels<L extends LabelCandidate>(
  candidates: readonly L[],
  {
    zoom,
    bearingDeg = 0,
    shown = new Set(),
    obstacles = [],
  }: { zoom: number; bearingDeg?: number; shown?: ReadonlySet<string>; obstacles?: readonly Obstacle[] },
): L[] {
  const scale = worldPx * 2 ** zoom;
  const cos = scale * Math.cos((bearingDeg * Math.PI) / 180);
  const sin = scale * Math.sin((bearingDeg * Math.PI) / 180);
  const rank = (label: L): number => label.priority * 2 + (shown.has(label.id) ? 1 : 0);
  const toScreen = ([x, y]: [number, number]): [number, number] => [x * cos + y * sin, y * cos - x * sin];
  const cells = new Map<string, { id: string | undefined; box: Box }[]>();
  const take = (box: Box, id?: string): void => {
    for (const key of cellKeys(box)) {
      const cell = cells.get(key);
      if (cell) cell.push({ id, box });
      else cells.set(key, [{ id, box }]);
    }
  };
  for (const { id, lngLat, radiusPx } of obstacles) {
    const [x, y] = toScreen(mercatorOf(lngLat));
    take([x - radiusPx, y - radiusPx, x + radiusPx, y + radiusPx], id);
  }
  const placed: L[] = [];
  for (const label of candidates.toSorted((a, b) => rank(b) - rank(a))) {
    const [x, y] = toScreen(mercatorOf(label.lngLat));
    const halfWidth = textWidthPx(label.text, label.sizePx) / 2 + 4;
    const halfHeight = (label.text.split('\n').length * label.sizePx * 1.3) / 2 + 2;
    const isFree = (box: Box): boolean =>
      cellKeys(box).every((key) => !cells.get(key)?.some((other) => other.id !== label.id && doTouch(box, other.box)));
    for (const offsetPx of [label.offsetPx, ...(label.otherOffsetsPx ?? [])]) {
      const [middleX, middleY] = [x + offsetPx[0], y + offsetPx[1]];
      const box: Box = [middleX - halfWidth, middleY - halfHeight, middleX + halfWidth, middleY + halfHeight];
      if (!isFree(box)) continue;
      placed.push(offsetPx === label.offsetPx ? label : { ...label, offsetPx });
      take(box);
      break;
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
