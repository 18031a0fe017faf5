import { expect, test } from 'vitest';
import { createWayLayers, type DrawnWay } from '../../../src/lib/layers/way-layers.ts';
import { inOrder } from '../../../src/lib/layers/order.ts';
import { palettes } from '../../../src/lib/layers/palette.ts';

type Piece = { path: [number, number][]; kind: DrawnWay['kind']; isFirst: boolean };
const way = (more: Partial<DrawnWay> = {}): DrawnWay => ({
  unitId: 'a',
  kind: 'foot',
  lngLats: [
    [117, 29],
    [117.01, 29],
    [117.01, 29.01],
  ],
  isStraight: false,
  isFirst: false,
  ...more,
});
const piecesOf = (ways: DrawnWay[]) => createWayLayers(ways, palettes.light)[1]!.props.data as Piece[];

test('a way along streets is one line; one without is dashed from end to end', () => {
  expect(piecesOf([way()]).map(({ path }) => path)).toEqual([way().lngLats]);
  const dashes = piecesOf([way({ isStraight: true })]);
  expect(dashes.length).toBeGreaterThan(10);
  expect(dashes[0]?.path[0]).toEqual([117, 29]);
  const [lng, lat] = dashes.at(-1)!.path[1]!;
  expect(117.01 - lng).toBeLessThan(0.0005);
  expect(29.01 - lat).toBeLessThan(0.0005);
});

test('the one that is looked at lies on top, wider, each in the colour of its kind', () => {
  const ways = [way({ isFirst: true, kind: 'car' }), way({ unitId: 'b' })];
  expect(piecesOf(ways).map(({ kind }) => kind)).toEqual(['foot', 'car']);
  const [, layer] = createWayLayers(ways, palettes.dark);
  const { getWidth, getColor } = layer!.props as unknown as {
    getWidth(piece: Piece): number;
    getColor(piece: Piece): number[];
  };
  const [below, above] = piecesOf(ways) as [Piece, Piece];
  expect(getWidth(above)).toBeGreaterThan(getWidth(below));
  expect(getColor(above).slice(0, 3)).toEqual(palettes.dark.units.car);
});

test('the rims of all lie under the lines of all', () => {
  expect(inOrder(createWayLayers([way()], palettes.light)).map(({ id }) => id)).toEqual(['ways-rims', 'ways']);
});
