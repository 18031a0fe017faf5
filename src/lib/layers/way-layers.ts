import { PathLayer } from '@deck.gl/layers';
import type { LngLat, UnitKind } from '$api/positions/contract.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette } from './palette.ts';

/** The way of a unit to where it is sent, or would be. */
export interface DrawnWay {
  unitId: string;
  kind: UnitKind;
  lngLats: readonly LngLat[];
  /** No street: drawn in dashes, because nobody goes that way. */
  isStraight: boolean;
  /** Looked at just now, before the others. */
  isFirst: boolean;
}

interface Piece {
  path: LngLat[];
  kind: UnitKind;
  isFirst: boolean;
}

const dashes = 24;

/** Ways in the colour of their unit's kind, with a rim that sets them off from the streets; the one looked at is wider. */
export function createWayLayers(ways: readonly DrawnWay[], palette: MapPalette): PathLayer<Piece>[] {
  const pieces = ways.toSorted((a, b) => Number(a.isFirst) - Number(b.isFirst)).flatMap(piecesOf);
  const common = {
    data: pieces,
    getPath: ({ path }: Piece) => path,
    widthUnits: 'pixels',
    capRounded: true,
    jointRounded: true,
  } as const;
  return [
    new PathLayer<Piece>({
      ...placeOf('ways'),
      ...common,
      id: 'ways-rims',
      getColor: withAlpha(palette.rim, 230),
      getWidth: ({ isFirst }) => (isFirst ? 10 : 7),
      updateTriggers: { getColor: palette },
    }),
    new PathLayer<Piece>({
      ...placeOf('ways'),
      ...common,
      getColor: ({ kind, isFirst }) => withAlpha(palette.units[kind], isFirst ? 255 : 190),
      getWidth: ({ isFirst }) => (isFirst ? 6 : 3.5),
      updateTriggers: { getColor: palette },
    }),
  ];
}

function piecesOf({ lngLats, kind, isStraight, isFirst }: DrawnWay): Piece[] {
  const [from, to] = [lngLats[0], lngLats.at(-1)];
  if (!isStraight || !from || !to) return [{ path: [...lngLats], kind, isFirst }];
  const along = (part: number): LngLat => [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
  return Array.from({ length: dashes }, (_, i) => ({
    path: [along(i / dashes), along((i + 0.55) / dashes)],
    kind,
    isFirst,
  }));
}
