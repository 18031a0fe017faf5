import { expect, test } from 'vitest';
import { LocalHours } from '../../../src/lib/geo/local-hours.ts';
import { rankCategories, storedCategory } from '../../../src/lib/panels/record/rank-categories.ts';
import { rankSentinels } from '../../../src/lib/panels/record/rank-sentinels.ts';
import type { SentinelFeature } from '../../../src/lib/state/base-data-state.svelte.ts';
import { IncidentColumns } from '../../../src/lib/state/incident-columns.ts';

function columnsOf(names: readonly string[], codes: readonly number[]): IncidentColumns {
  const columns = new IncidentColumns(new LocalHours('Asia/Shanghai'));
  const count = codes.length;
  columns.append({
    numbers: Uint32Array.from(codes, (_, i) => i + 1),
    lngs: new Int32Array(count),
    lats: new Int32Array(count),
    minutes: new Int32Array(count),
    categories: Uint8Array.from(codes),
    sources: new Uint8Array(count),
    names,
  });
  return columns;
}

test('what a station records most comes first, then what others record', () => {
  const choices = rankCategories(columnsOf(['noise', '河道异味', 'theft'], [0, 1, 1, 1, 2, 2]), 'zh');
  expect(choices.slice(0, 3).map(({ label }) => label)).toEqual(['河道异味', '盗窃', '噪音扰民']);
  expect(choices.map(({ name }) => name)).toContain('drowning');
  expect(new Set(choices.map(({ name }) => name)).size).toBe(choices.length);
});

test('a label stands for the category that it names, other words for themselves', () => {
  const choices = rankCategories(columnsOf([], []), 'zh');
  expect(storedCategory(' 盗窃 ', choices)).toBe('theft');
  expect(storedCategory('fight', choices)).toBe('fight');
  expect(storedCategory('河道异味', choices)).toBe('河道异味');
});

test('sentinel points come nearest first, by name where there is no place', () => {
  const sentinels = [
    ['丙', 117.92],
    ['甲', 117.91],
    ['乙', 117.9],
  ].map(([name, lng]) => ({
    type: 'Feature',
    id: `id of ${name}`,
    properties: { name },
    geometry: { type: 'Point', coordinates: [lng, 29.6] },
  })) as unknown as SentinelFeature[];
  const ranked = rankSentinels(sentinels, [117.9, 29.6]);
  expect(ranked.map(({ name }) => name)).toEqual(['乙', '甲', '丙']);
  // A hundredth of a degree of longitude at 29.6° north: 111.2 km × cos(29.6°) / 100.
  expect(ranked[1]!.distanceM).toBeCloseTo(967, -1);
  expect(rankSentinels(sentinels, undefined).every(({ distanceM }) => distanceM === null)).toBe(true);
});
