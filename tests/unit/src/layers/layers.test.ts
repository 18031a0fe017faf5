import { describe, expect, test } from 'vitest';
import { createGridAreasLayer } from '../../../../src/lib/layers/grid-layers.ts';
import { inOrder, layerOrder } from '../../../../src/lib/layers/order.ts';
import { palettes, type Rgb } from '../../../../src/lib/layers/palette.ts';
import { unitRadiusPx } from '../../../../src/lib/layers/symbol-sizes.ts';
import { createUnitMarkersLayer } from '../../../../src/lib/layers/unit-layers.ts';
import { UnitRows } from '../../../../src/lib/layers/unit-rows.ts';
import { LiveUnits } from '../../../../src/lib/state/live-units.ts';
import { anchorIds } from '../../../../tiles/style.ts';
import { unitKinds } from '../../../../api/positions/contract.ts';

describe('layers', () => {
  test('are drawn from the ground up, whatever order they were made in; parts stand with their family', () => {
    const made = ['call-signs', 'trails-4', 'unit-markers', 'grid-areas', 'trails-3', 'sentinels'].map((id) => ({
      id,
    }));
    expect(inOrder(made).map(({ id }) => id)).toEqual([
      'grid-areas',
      'trails-4',
      'trails-3',
      'sentinels',
      'unit-markers',
      'call-signs',
    ]);
  });

  test('lie between the base map’s layers in the order of its anchors', () => {
    const heights = layerOrder.map(({ beforeId }) => anchorIds.indexOf(beforeId));
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    expect(heights).not.toContain(-1);
  });

  test('the same grids are the same data, so that they are cut into triangles once', () => {
    const grids = [] as const;
    expect(createGridAreasLayer(grids, palettes.light).props.data).toBe(
      createGridAreasLayer(grids, palettes.dark).props.data,
    );
  });

  test('the selected unit is found by its number, also after it changed its place in the columns', () => {
    const live = new LiveUnits();
    for (const number of [1, 2, 3]) live.put(number, 121, 31, 0);
    const selectedIndexOf = (selectedNumber: number | undefined): number =>
      createUnitMarkersLayer({
        live,
        readRows: () => new UnitRows(),
        palette: palettes.light,
        zoom: 15,
        pictograms: {} as OffscreenCanvas,
        selectedNumber,
        readFrameTime: () => ({ progress: 1, nowS: 0, tickS: 0 }),
      }).props.readSelectedIndex();
    expect(selectedIndexOf(3)).toBe(2);
    live.remove(1);
    expect(selectedIndexOf(3)).toBe(0);
    expect(selectedIndexOf(9)).toBe(-1);
    expect(selectedIndexOf(undefined)).toBe(-1);
  });

  test('units grow as the map comes nearer and never jump', () => {
    for (let zoom = 2; zoom < 20; zoom += 0.25) {
      expect(unitRadiusPx(zoom + 0.25)).toBeGreaterThanOrEqual(unitRadiusPx(zoom));
      expect(unitRadiusPx(zoom + 0.25) - unitRadiusPx(zoom)).toBeLessThan(1.5);
    }
  });
});

/** Relative luminance and contrast, WCAG 2.2. */
const luminance = (color: Rgb): number => {
  const [r, g, b] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: Rgb, b: Rgb): number => {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

/** What a person without red receptors, without green ones, sees: Machado, Oliveira and Fernandes (2009), severity 1. */
const blindness = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
};
const seenBy = (matrix: number[], color: Rgb): [number, number, number] => {
  const linear = color.map((value) => (value / 255) ** 2.2);
  return [0, 3, 6].map((row) => {
    const sum = linear.reduce((total, value, i) => total + value * matrix[row + i]!, 0);
    return 255 * Math.min(1, Math.max(0, sum)) ** (1 / 2.2);
  }) as [number, number, number];
};

describe.each(['light', 'dark'] as const)('the %s palette', (theme) => {
  const palette = palettes[theme];

  test('keeps pictograms on every kind of unit at 4.5 : 1', () => {
    for (const kind of unitKinds) expect(contrast(palette.units[kind], palette.unitInk)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.sentinelInk, palette.sentinelFill)).toBeGreaterThanOrEqual(7);
    expect(contrast(palette.clusterInk, palette.clusterFill)).toBeGreaterThanOrEqual(7);
    expect(contrast(palette.labelInk, palette.labelHalo)).toBeGreaterThanOrEqual(7);
    expect(contrast(palette.stale, palette.rim)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.gridInk, palette.labelHalo)).toBeGreaterThanOrEqual(7);
  });

  test.each(Object.entries(blindness))('keeps the kinds apart for %s eyes', (_name, matrix) => {
    const colors = unitKinds.map((kind) => seenBy(matrix, palette.units[kind]));
    for (const [i, a] of colors.entries())
      for (const b of colors.slice(i + 1))
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(40);
  });
});
