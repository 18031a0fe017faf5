import { readFileSync } from 'node:fs';
import { validateStyleMin, type StyleSpecification } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, test } from 'vitest';
import { palettes } from '../../../tiles/palette.ts';
import { tileSchema, type LayerName } from '../../../tiles/schema.ts';
import { anchorIds, baseStyle, type BaseStyleOptions } from '../../../tiles/style.ts';

const options = { tilesUrl: 'http://localhost:3000/api/tiles/base.json' };
const everyStyle: [string, BaseStyleOptions][] = (['light', 'dark'] as const).flatMap((theme) =>
  (['zh', 'en'] as const).map((language): [string, BaseStyleOptions] => [
    `${theme} ${language}`,
    { ...options, theme, language },
  ]),
);

describe.each(everyStyle)('the style %s', (_, given) => {
  const style = baseStyle(given);

  test('is valid by the style specification', () => {
    expect(validateStyleMin(style as unknown as StyleSpecification)).toEqual([]);
  });

  test('names no glyph server, no sprite and no host but that of its tiles', () => {
    expect(style).not.toHaveProperty('glyphs');
    expect(style).not.toHaveProperty('sprite');
    expect(JSON.stringify(style).match(/https?:\/\/[^"/]+/g)).toEqual(['http://localhost:3000']);
  });

  test('reads only layers and attributes that tiles carry', () => {
    for (const layer of style.layers) {
      if (!('source-layer' in layer)) continue;
      const schema = tileSchema[layer['source-layer'] as LayerName];
      expect(schema, layer.id).toBeDefined();
      for (const [, attribute] of JSON.stringify(layer).matchAll(/\["(?:get|has)","(\w+)"\]/g))
        expect(schema.attributes, `${layer.id} reads ${attribute}`).toContain(attribute);
    }
  });

  test('marks heights: areas under streets, lines under names, labels and units over all', () => {
    const order = style.layers.map(({ id }) => id);
    expect(new Set(order).size).toBe(order.length);
    const at = (id: string) => order.indexOf(id);
    expect(at('buildings')).toBeLessThan(at('anchor-areas'));
    expect(at('anchor-areas')).toBeLessThan(at('street-edges'));
    expect(at('street-edges')).toBeLessThan(at('streets'));
    expect(at('bridges')).toBeLessThan(at('anchor-lines'));
    expect(at('anchor-lines')).toBeLessThan(at('street-names'));
    expect(order.slice(-2)).toEqual(['anchor-labels', 'anchor-units']);
    for (const id of anchorIds)
      expect(style.layers[at(id)]).toMatchObject({ type: 'background', layout: { visibility: 'none' } });
  });
});

test('Chinese names come first in the one language, English in the other, the local one where there is neither', () => {
  const fieldOf = (language: 'zh' | 'en') => {
    const layer = baseStyle({ ...options, theme: 'light', language }).layers.find(({ id }) => id === 'street-names');
    return (layer as { layout: { 'text-field': unknown } }).layout['text-field'];
  };
  expect(fieldOf('zh')).toEqual(['coalesce', ['get', 'name_zh'], ['get', 'name']]);
  expect(fieldOf('en')).toEqual(['coalesce', ['get', 'name_en'], ['get', 'name']]);
});

test('a tile template brings its attribution with it', () => {
  const style = baseStyle({
    theme: 'light',
    language: 'zh',
    tilesUrl: 'http://localhost/{z}/{x}/{y}.mvt',
    attribution: '© 我们',
  });
  expect(style.sources['base']).toEqual({
    type: 'vector',
    tiles: ['http://localhost/{z}/{x}/{y}.mvt'],
    maxzoom: 16,
    attribution: '© 我们',
  });
});

/** WCAG 2.1 relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const contrast = (a: string, b: string): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};

/** Marks on the map, as the screen's tokens have them. */
const tokens = readFileSync(new URL('../../../src/lib/ui/tokens.css', import.meta.url), 'utf8');
const tokenOf = (theme: string, name: string): string => {
  const block = tokens.slice(tokens.indexOf(`:root[data-theme='${theme}']`));
  return new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(block)![1]!;
};

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const palette = palettes[theme];
  const grounds = [
    'land',
    'residential',
    'commercial',
    'industrial',
    'civic',
    'paved',
    'green',
    'wood',
    'water',
    'building',
  ] as const;

  test.each(grounds)('names are read on %s', (ground) => {
    expect(contrast(palette.label, palette[ground])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.labelStrong, palette[ground])).toBeGreaterThanOrEqual(7);
    expect(contrast(palette.labelSoft, palette[ground])).toBeGreaterThanOrEqual(3);
  });

  test.each(grounds)('marks of the live map stand out from %s', (ground) => {
    for (const mark of ['accent', 'danger'])
      expect(contrast(tokenOf(theme, mark), palette[ground]), mark).toBeGreaterThanOrEqual(3);
  });

  test('the ground is quiet: neighbouring surfaces differ less than any name from them', () => {
    for (const a of grounds) for (const b of grounds) expect(contrast(palette[a], palette[b])).toBeLessThan(1.5);
  });
});

test('under labels of ours the names one can do without step back, and those of main streets and quarters stay', () => {
  const opacities = (hasLabelsAbove: boolean) =>
    Object.fromEntries(
      baseStyle({ ...options, theme: 'dark', language: 'zh', hasLabelsAbove }).layers.flatMap((layer) =>
        layer.type === 'symbol' ? [[layer.id, layer.paint?.['text-opacity'] ?? 1]] : [],
      ),
    );
  const [alone, under] = [opacities(false), opacities(true)];
  const faded = Object.keys(alone).filter((id) => typeof under[id] === 'number' && under[id] !== alone[id]);
  expect(faded.sort()).toEqual(['compound-names', 'landmark-names', 'small-street-names']);
  for (const id of faded) expect(under[id]).toBeLessThan(alone[id] as number);
});
